#ifndef CHATIFY_CLIBUV_SHIM_H
#define CHATIFY_CLIBUV_SHIM_H

#include <uv.h>

#endif
