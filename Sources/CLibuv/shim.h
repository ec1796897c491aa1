#ifndef CHATIFY_CLIBUV_SHIM_H
#define CHATIFY_CLIBUV_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>
#ifdef __linux__
#include <sys/prctl.h>
// Declared here because _GNU_SOURCE would make this module's system headers differ from those of Swift's Glibc module.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
#endif

// Why these are in C: pthread_t is an integer on Linux and a pointer on macOS, the SOCK_* flags and accept4 are
// Linux's, and fcntl and sigset_t macros do not reach Swift the same way on both. Results below zero are libuv errors.

// The calling thread as a number; 0 is never a thread.
static inline uintptr_t chatify_thread_id(void) { return (uintptr_t)uv_thread_self(); }

// Names the calling thread and keeps SIGPIPE from it, so that writing to a closed socket is the error EPIPE.
static inline void chatify_begin_loop_thread(const char *name) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
#ifdef __linux__
    prctl(PR_SET_NAME, name, 0, 0, 0);
#else
    pthread_setname_np(name);
#endif
}

static inline int chatify_prepare_socket(int fd) {
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return uv_translate_sys_error(errno);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) return uv_translate_sys_error(errno);
    return 0;
}

static inline int chatify_bind_and_listen(int fd, const struct sockaddr *address, int backlog, int shares_port) {
    int on = 1;
    socklen_t length = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int error = chatify_prepare_socket(fd);
    if (error != 0) return error;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0) return uv_translate_sys_error(errno);
    if (shares_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)
        return uv_translate_sys_error(errno);
    if (bind(fd, address, length) != 0) return uv_translate_sys_error(errno);
    if (listen(fd, backlog) != 0) return uv_translate_sys_error(errno);
    return 0;
}

// A listening, non-blocking TCP socket.
static inline int chatify_listen(const struct sockaddr *address, int backlog, int shares_port) {
    int fd = socket(address->sa_family, SOCK_STREAM, 0);
    if (fd < 0) return uv_translate_sys_error(errno);
    int error = chatify_bind_and_listen(fd, address, backlog, shares_port);
    if (error == 0) return fd;
    close(fd);
    return error;
}

// The next waiting connection as a non-blocking socket.
static inline int chatify_accept(int listener) {
#ifdef __linux__
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return fd < 0 ? uv_translate_sys_error(errno) : fd;
#else
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return uv_translate_sys_error(errno);
    int error = chatify_prepare_socket(fd);
    if (error == 0) return fd;
    close(fd);
    return error;
#endif
}

// The port a socket is bound to.
static inline int chatify_local_port(int fd) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof(storage);
    if (getsockname(fd, (struct sockaddr *)&storage, &length) != 0) return uv_translate_sys_error(errno);
    if (storage.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&storage)->sin6_port);
    return ntohs(((struct sockaddr_in *)&storage)->sin_port);
}

// SOCK_STREAM, which is an enumeration on Linux and a macro on macOS.
static inline int chatify_stream_socket_type(void) { return SOCK_STREAM; }

static inline void chatify_close_socket(int fd) { close(fd); }

#endif
