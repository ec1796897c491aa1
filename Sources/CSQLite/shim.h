#ifndef CHATIFY_CSQLITE_SHIM_H
#define CHATIFY_CSQLITE_SHIM_H

#include <sqlite3.h>

#endif
