#ifndef CHATIFY_CLIBRDKAFKA_SHIM_H
#define CHATIFY_CLIBRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>

#endif
