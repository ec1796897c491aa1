#ifndef CHATIFY_CHIREDIS_SHIM_H
#define CHATIFY_CHIREDIS_SHIM_H

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#endif
