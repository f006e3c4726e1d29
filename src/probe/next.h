/* next.h - libc's functions behind those that the probe stands in front of.
 *
 *   PLAIN(result, symbol, CALL, parameters, arguments)   timed as CALL and nothing else: written by calls.c
 *   OWN(result, symbol, parameters)                      with a function of its own: selector.c, calls_own.c
 *
 * Shape   one pointer a symbol, found when the library is loaded: looking for them later could meet a lock that a fork
 *         has left closed. A symbol that this libc does not have is NULL, and nobody can call it. What another library's
 *         start calls earlier is looked for alone: looking for what is not there calls malloc, which may be just that
 *         library, starting.
 * Threads any, once next_find_all has run. */
#ifndef LOOPSAFE_PROBE_NEXT_H
#define LOOPSAFE_PROBE_NEXT_H

#include <dirent.h>
#include <grp.h>
#include <mqueue.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "probe/calls_plain.h"

#define PROBE_OWN_CALLS(OWN)                                                                                 \
    OWN(int, epoll_wait, (int, struct epoll_event *, int, int))                                              \
    OWN(int, epoll_pwait, (int, struct epoll_event *, int, int, const sigset_t *))                           \
    OWN(int, epoll_pwait2, (int, struct epoll_event *, int, const struct timespec *, const sigset_t *))      \
    OWN(int, open, (const char *, int, ...))                                                                 \
    OWN(int, open64, (const char *, int, ...))                                                               \
    OWN(int, openat, (int, const char *, int, ...))                                                          \
    OWN(int, openat64, (int, const char *, int, ...))                                                        \
    OWN(int, fcntl, (int, int, ...))                                                                         \
    OWN(int, fcntl64, (int, int, ...))                                                                       \
    OWN(long, syscall, (long, ...))                                                                          \
    OWN(int, pthread_cond_wait, (pthread_cond_t *, pthread_mutex_t *))                                       \
    OWN(int, pthread_cond_timedwait, (pthread_cond_t *, pthread_mutex_t *, const struct timespec *))         \
    OWN(int, pthread_cond_clockwait,                                                                         \
        (pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *))                           \
    OWN(int, connect, (int, const struct sockaddr *, socklen_t))                                             \
    OWN(ssize_t, sendto, (int, const void *, size_t, int, const struct sockaddr *, socklen_t))               \
    OWN(ssize_t, recvfrom, (int, void *, size_t, int, struct sockaddr *, socklen_t *))                       \
    OWN(ssize_t, __recvfrom_chk, (int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *))         \
    OWN(ssize_t, sendmsg, (int, const struct msghdr *, int))                                                 \
    OWN(int, getaddrinfo, (const char *, const char *, const struct addrinfo *, struct addrinfo **))         \
    OWN(struct hostent *, gethostbyname, (const char *))                                                     \
    OWN(void, sync, (void))

typedef struct Next {
#define NEXT_PLAIN(result, symbol, call, parameters, arguments) result(*symbol) parameters;
    PROBE_PLAIN_CALLS(NEXT_PLAIN)
#undef NEXT_PLAIN
#define NEXT_OWN(result, symbol, parameters) result(*symbol) parameters;
    PROBE_OWN_CALLS(NEXT_OWN)
#undef NEXT_OWN
    bool found;
} Next;

void next_find_all(void);
/* Finds that one first when another library's start calls it before ours. */
const Next *next_get(size_t offset, const char *name);

#define NEXT(symbol) (next_get(offsetof(Next, symbol), #symbol)->symbol)

#endif
