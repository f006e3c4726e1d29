/* call_name.h - the names behind the numbers of PROBE_CALL records.
 *
 * Shape   one a thing that blocks, not one a symbol: read, __read_chk and the like are all "read". Number 0 is none.
 * Order   new ones at the end: a record's number keeps its meaning. */
#ifndef LOOPSAFE_PROBE_CALL_NAME_H
#define LOOPSAFE_PROBE_CALL_NAME_H

/* clang-format off */
#define PROBE_CALL_NAMES(NAME) \
    NAME(NONE, "") NAME(READ, "read") NAME(PREAD, "pread") NAME(READV, "readv") NAME(PREADV, "preadv") \
    NAME(WRITE, "write") NAME(PWRITE, "pwrite") NAME(WRITEV, "writev") NAME(PWRITEV, "pwritev") \
    NAME(RECV, "recv") NAME(RECVFROM, "recvfrom") NAME(RECVMSG, "recvmsg") NAME(RECVMMSG, "recvmmsg") \
    NAME(SEND, "send") NAME(SENDTO, "sendto") NAME(SENDMSG, "sendmsg") NAME(SENDMMSG, "sendmmsg") \
    NAME(CONNECT, "connect") NAME(ACCEPT, "accept") NAME(CLOSE, "close") NAME(POLL, "poll") \
    NAME(PPOLL, "ppoll") NAME(SELECT, "select") NAME(PSELECT, "pselect") NAME(EPOLL_WAIT, "epoll_wait") \
    NAME(NANOSLEEP, "nanosleep") NAME(CLOCK_NANOSLEEP, "clock_nanosleep") NAME(USLEEP, "usleep") \
    NAME(SLEEP, "sleep") NAME(SEM_WAIT, "sem_wait") NAME(COND_WAIT, "pthread_cond_wait") \
    NAME(JOIN, "pthread_join") NAME(FUTEX, "futex") NAME(FLOCK, "flock") NAME(LOCKF, "lockf") \
    NAME(FCNTL, "fcntl") NAME(FSYNC, "fsync") NAME(FDATASYNC, "fdatasync") NAME(SYNC, "sync") \
    NAME(MSYNC, "msync") NAME(OPEN, "open") NAME(FOPEN, "fopen") NAME(FREAD, "fread") \
    NAME(FGETS, "fgets") NAME(FFLUSH, "fflush") NAME(STAT, "stat") NAME(ACCESS, "access") \
    NAME(STATVFS, "statvfs") NAME(READLINK, "readlink") NAME(REALPATH, "realpath") \
    NAME(OPENDIR, "opendir") NAME(READDIR, "readdir") NAME(MKDIR, "mkdir") NAME(RMDIR, "rmdir") \
    NAME(UNLINK, "unlink") NAME(RENAME, "rename") NAME(LINK, "link") NAME(TRUNCATE, "truncate") \
    NAME(FALLOCATE, "posix_fallocate") NAME(SENDFILE, "sendfile") \
    NAME(COPY_FILE_RANGE, "copy_file_range") NAME(SPLICE, "splice") NAME(GETADDRINFO, "getaddrinfo") \
    NAME(GETNAMEINFO, "getnameinfo") NAME(GETHOSTBYNAME, "gethostbyname") \
    NAME(GETHOSTBYADDR, "gethostbyaddr") NAME(GETPWNAM, "getpwnam") NAME(GETGRNAM, "getgrnam") \
    NAME(WAITPID, "waitpid") NAME(WAITID, "waitid") NAME(FORK, "fork") NAME(POSIX_SPAWN, "posix_spawn") \
    NAME(SYSTEM, "system") NAME(SIGWAIT, "sigwait") NAME(PAUSE, "pause") NAME(MQ_RECEIVE, "mq_receive") \
    NAME(MQ_SEND, "mq_send") NAME(MSGRCV, "msgrcv") NAME(MSGSND, "msgsnd") NAME(SEMOP, "semop") \
    NAME(TCDRAIN, "tcdrain")
/* clang-format on */

#define PROBE_CALL_ENUM(symbol, text) PROBE_CALLED_##symbol,
typedef enum ProbeCall { PROBE_CALL_NAMES(PROBE_CALL_ENUM) PROBE_CALL_COUNT } ProbeCall;
#undef PROBE_CALL_ENUM

/* "recv"; "" for a number that is none. */
static inline const char *probe_call_name(unsigned call)
{
#define PROBE_CALL_TEXT(symbol, text) text,
    static const char *const names[] = {PROBE_CALL_NAMES(PROBE_CALL_TEXT)};
#undef PROBE_CALL_TEXT
    return call < PROBE_CALL_COUNT ? names[call] : "";
}

#endif
