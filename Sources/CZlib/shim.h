#ifndef CHATIFY_CZLIB_SHIM_H
#define CHATIFY_CZLIB_SHIM_H

#include <zlib.h>

// Macros in zlib.h. Negative window bits mean raw deflate, without zlib's own header and checksum (RFC 7692 section 7.2).
static inline int chatify_deflate_begin(z_streamp stream, int level, int window_bits) {
    return deflateInit2(stream, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY);
}
static inline int chatify_inflate_begin(z_streamp stream, int window_bits) {
    return inflateInit2(stream, -window_bits);
}

#endif
