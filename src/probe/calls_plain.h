/* calls_plain.h - calls that may block and that the probe only times, one a line:
 *
 *   CALL(result, symbol, name in call_name.h, parameters, arguments)
 *
 * Shape   names that begin with __ are what a compiler puts in the place of others: *_chk with checked sizes, *_2 without
 *         a mode, __xstat and its kin in programs built before glibc 2.33. */
#ifndef LOOPSAFE_PROBE_CALLS_PLAIN_H
#define LOOPSAFE_PROBE_CALLS_PLAIN_H

/* clang-format off */
#define PROBE_PLAIN_CALLS(CALL)                                                                                              \
    /* descriptors */                                                                                                        \
    CALL(ssize_t, read, READ, (int fd, void *data, size_t size), (fd, data, size))                                           \
    CALL(ssize_t, __read_chk, READ, (int fd, void *data, size_t size, size_t room), (fd, data, size, room))                  \
    CALL(ssize_t, pread, PREAD, (int fd, void *data, size_t size, off_t at), (fd, data, size, at))                           \
    CALL(ssize_t, pread64, PREAD, (int fd, void *data, size_t size, off64_t at), (fd, data, size, at))                       \
    CALL(ssize_t, __pread_chk, PREAD, (int fd, void *data, size_t size, off_t at, size_t room), (fd, data, size, at, room))  \
    CALL(ssize_t, __pread64_chk, PREAD, (int fd, void *data, size_t size, off64_t at, size_t room), (fd, data, size, at, room)) \
    CALL(ssize_t, readv, READV, (int fd, const struct iovec *parts, int count), (fd, parts, count))                          \
    CALL(ssize_t, preadv, PREADV, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))          \
    CALL(ssize_t, preadv64, PREADV, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))      \
    CALL(ssize_t, preadv64v2, PREADV, (int fd, const struct iovec *parts, int count, off64_t at, int flags), (fd, parts, count, at, flags)) \
    CALL(ssize_t, write, WRITE, (int fd, const void *data, size_t size), (fd, data, size))                                   \
    CALL(ssize_t, pwrite, PWRITE, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))                   \
    CALL(ssize_t, pwrite64, PWRITE, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))               \
    CALL(ssize_t, writev, WRITEV, (int fd, const struct iovec *parts, int count), (fd, parts, count))                        \
    CALL(ssize_t, pwritev, PWRITEV, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))        \
    CALL(ssize_t, pwritev64, PWRITEV, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))    \
    CALL(ssize_t, pwritev64v2, PWRITEV, (int fd, const struct iovec *parts, int count, off64_t at, int flags), (fd, parts, count, at, flags)) \
    CALL(int, close, CLOSE, (int fd), (fd))                                                                                  \
    CALL(ssize_t, sendfile, SENDFILE, (int to, int from, off_t *at, size_t size), (to, from, at, size))                      \
    CALL(ssize_t, sendfile64, SENDFILE, (int to, int from, off64_t *at, size_t size), (to, from, at, size))                  \
    CALL(ssize_t, copy_file_range, COPY_FILE_RANGE, (int from, off64_t *at, int to, off64_t *to_at, size_t size, unsigned flags), (from, at, to, to_at, size, flags)) \
    CALL(ssize_t, splice, SPLICE, (int from, off64_t *at, int to, off64_t *to_at, size_t size, unsigned flags), (from, at, to, to_at, size, flags)) \
    /* sockets */                                                                                                            \
    CALL(ssize_t, recv, RECV, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))                         \
    CALL(ssize_t, __recv_chk, RECV, (int fd, void *data, size_t size, size_t room, int flags), (fd, data, size, room, flags)) \
    CALL(ssize_t, recvmsg, RECVMSG, (int fd, struct msghdr *message, int flags), (fd, message, flags))                       \
    CALL(int, recvmmsg, RECVMMSG, (int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *time), (fd, messages, count, flags, time)) \
    CALL(ssize_t, send, SEND, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags))                   \
    CALL(int, accept, ACCEPT, (int fd, struct sockaddr *from, socklen_t *length), (fd, from, length))                        \
    CALL(int, accept4, ACCEPT, (int fd, struct sockaddr *from, socklen_t *length, int flags), (fd, from, length, flags))     \
    /* waiting for descriptors, time, signals */                                                                             \
    CALL(int, poll, POLL, (struct pollfd *list, nfds_t count, int ms), (list, count, ms))                                    \
    CALL(int, __poll_chk, POLL, (struct pollfd *list, nfds_t count, int ms, size_t room), (list, count, ms, room))           \
    CALL(int, ppoll, PPOLL, (struct pollfd *list, nfds_t count, const struct timespec *time, const sigset_t *mask), (list, count, time, mask)) \
    CALL(int, __ppoll_chk, PPOLL, (struct pollfd *list, nfds_t count, const struct timespec *time, const sigset_t *mask, size_t room), (list, count, time, mask, room)) \
    CALL(int, select, SELECT, (int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time), (count, in, out, other, time)) \
    CALL(int, pselect, PSELECT, (int count, fd_set *in, fd_set *out, fd_set *other, const struct timespec *time, const sigset_t *mask), (count, in, out, other, time, mask)) \
    CALL(int, nanosleep, NANOSLEEP, (const struct timespec *time, struct timespec *left), (time, left))                      \
    CALL(int, clock_nanosleep, CLOCK_NANOSLEEP, (clockid_t clock, int flags, const struct timespec *time, struct timespec *left), (clock, flags, time, left)) \
    CALL(int, usleep, USLEEP, (useconds_t us), (us))                                                                         \
    CALL(unsigned, sleep, SLEEP, (unsigned seconds), (seconds))                                                              \
    CALL(int, pause, PAUSE, (void), ())                                                                                      \
    CALL(int, sigwait, SIGWAIT, (const sigset_t *mask, int *number), (mask, number))                                         \
    CALL(int, sigwaitinfo, SIGWAIT, (const sigset_t *mask, siginfo_t *info), (mask, info))                                   \
    CALL(int, sigtimedwait, SIGWAIT, (const sigset_t *mask, siginfo_t *info, const struct timespec *time), (mask, info, time)) \
    CALL(int, sigsuspend, PAUSE, (const sigset_t *mask), (mask))                                                             \
    /* other threads and processes */                                                                                        \
    CALL(int, sem_wait, SEM_WAIT, (sem_t *sem), (sem))                                                                       \
    CALL(int, sem_timedwait, SEM_WAIT, (sem_t *sem, const struct timespec *time), (sem, time))                               \
    CALL(int, sem_clockwait, SEM_WAIT, (sem_t *sem, clockid_t clock, const struct timespec *time), (sem, clock, time))       \
    CALL(int, pthread_join, JOIN, (pthread_t thread, void **result), (thread, result))                                       \
    CALL(int, pthread_timedjoin_np, JOIN, (pthread_t thread, void **result, const struct timespec *time), (thread, result, time)) \
    CALL(int, pthread_clockjoin_np, JOIN, (pthread_t thread, void **result, clockid_t clock, const struct timespec *time), (thread, result, clock, time)) \
    CALL(pid_t, wait, WAITPID, (int *status), (status))                                                                      \
    CALL(pid_t, wait3, WAITPID, (int *status, int options, struct rusage *usage), (status, options, usage))                  \
    CALL(pid_t, wait4, WAITPID, (pid_t pid, int *status, int options, struct rusage *usage), (pid, status, options, usage))  \
    CALL(pid_t, waitpid, WAITPID, (pid_t pid, int *status, int options), (pid, status, options))                             \
    CALL(int, waitid, WAITID, (idtype_t type, id_t id, siginfo_t *info, int options), (type, id, info, options))             \
    CALL(pid_t, fork, FORK, (void), ())                                                                                      \
    CALL(int, posix_spawn, POSIX_SPAWN, (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]), (pid, path, actions, attributes, arguments, environment)) \
    CALL(int, posix_spawnp, POSIX_SPAWN, (pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]), (pid, file, actions, attributes, arguments, environment)) \
    CALL(int, system, SYSTEM, (const char *command), (command))                                                              \
    CALL(ssize_t, mq_receive, MQ_RECEIVE, (mqd_t queue, char *data, size_t size, unsigned *priority), (queue, data, size, priority)) \
    CALL(ssize_t, mq_timedreceive, MQ_RECEIVE, (mqd_t queue, char *data, size_t size, unsigned *priority, const struct timespec *time), (queue, data, size, priority, time)) \
    CALL(int, mq_send, MQ_SEND, (mqd_t queue, const char *data, size_t size, unsigned priority), (queue, data, size, priority)) \
    CALL(int, mq_timedsend, MQ_SEND, (mqd_t queue, const char *data, size_t size, unsigned priority, const struct timespec *time), (queue, data, size, priority, time)) \
    CALL(ssize_t, msgrcv, MSGRCV, (int queue, void *data, size_t size, long type, int flags), (queue, data, size, type, flags)) \
    CALL(int, msgsnd, MSGSND, (int queue, const void *data, size_t size, int flags), (queue, data, size, flags))             \
    CALL(int, semop, SEMOP, (int set, struct sembuf *operations, size_t count), (set, operations, count))                    \
    CALL(int, semtimedop, SEMOP, (int set, struct sembuf *operations, size_t count, const struct timespec *time), (set, operations, count, time)) \
    /* files */                                                                                                              \
    CALL(int, __open_2, OPEN, (const char *path, int flags), (path, flags))                                                  \
    CALL(int, __open64_2, OPEN, (const char *path, int flags), (path, flags))                                                \
    CALL(int, __openat_2, OPEN, (int folder, const char *path, int flags), (folder, path, flags))                            \
    CALL(int, __openat64_2, OPEN, (int folder, const char *path, int flags), (folder, path, flags))                          \
    CALL(int, creat, OPEN, (const char *path, mode_t mode), (path, mode))                                                    \
    CALL(int, creat64, OPEN, (const char *path, mode_t mode), (path, mode))                                                  \
    CALL(FILE *, fopen, FOPEN, (const char *path, const char *mode), (path, mode))                                           \
    CALL(FILE *, fopen64, FOPEN, (const char *path, const char *mode), (path, mode))                                         \
    CALL(size_t, fread, FREAD, (void *data, size_t size, size_t count, FILE *file), (data, size, count, file))               \
    CALL(size_t, __fread_chk, FREAD, (void *data, size_t room, size_t size, size_t count, FILE *file), (data, room, size, count, file)) \
    CALL(char *, fgets, FGETS, (char *text, int size, FILE *file), (text, size, file))                                       \
    CALL(char *, __fgets_chk, FGETS, (char *text, size_t room, int size, FILE *file), (text, room, size, file))              \
    CALL(int, fflush, FFLUSH, (FILE *file), (file))                                                                          \
    CALL(int, fclose, CLOSE, (FILE *file), (file))                                                                           \
    CALL(int, flock, FLOCK, (int fd, int operation), (fd, operation))                                                        \
    CALL(int, lockf, LOCKF, (int fd, int command, off_t size), (fd, command, size))                                          \
    CALL(int, lockf64, LOCKF, (int fd, int command, off64_t size), (fd, command, size))                                      \
    CALL(int, fsync, FSYNC, (int fd), (fd))                                                                                  \
    CALL(int, fdatasync, FDATASYNC, (int fd), (fd))                                                                          \
    CALL(int, syncfs, SYNC, (int fd), (fd))                                                                                  \
    CALL(int, sync_file_range, SYNC, (int fd, off64_t at, off64_t size, unsigned flags), (fd, at, size, flags))              \
    CALL(int, msync, MSYNC, (void *address, size_t size, int flags), (address, size, flags))                                 \
    CALL(int, stat, STAT, (const char *path, struct stat *status), (path, status))                                           \
    CALL(int, stat64, STAT, (const char *path, struct stat64 *status), (path, status))                                       \
    CALL(int, lstat, STAT, (const char *path, struct stat *status), (path, status))                                          \
    CALL(int, lstat64, STAT, (const char *path, struct stat64 *status), (path, status))                                      \
    CALL(int, fstat, STAT, (int fd, struct stat *status), (fd, status))                                                      \
    CALL(int, fstat64, STAT, (int fd, struct stat64 *status), (fd, status))                                                  \
    CALL(int, fstatat, STAT, (int folder, const char *path, struct stat *status, int flags), (folder, path, status, flags))  \
    CALL(int, fstatat64, STAT, (int folder, const char *path, struct stat64 *status, int flags), (folder, path, status, flags)) \
    CALL(int, __xstat, STAT, (int version, const char *path, struct stat *status), (version, path, status))                  \
    CALL(int, __xstat64, STAT, (int version, const char *path, struct stat64 *status), (version, path, status))              \
    CALL(int, __lxstat, STAT, (int version, const char *path, struct stat *status), (version, path, status))                 \
    CALL(int, __lxstat64, STAT, (int version, const char *path, struct stat64 *status), (version, path, status))             \
    CALL(int, __fxstat, STAT, (int version, int fd, struct stat *status), (version, fd, status))                             \
    CALL(int, __fxstat64, STAT, (int version, int fd, struct stat64 *status), (version, fd, status))                         \
    CALL(int, statx, STAT, (int folder, const char *path, int flags, unsigned mask, struct statx *status), (folder, path, flags, mask, status)) \
    CALL(int, access, ACCESS, (const char *path, int mode), (path, mode))                                                    \
    CALL(int, faccessat, ACCESS, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags))           \
    CALL(int, statvfs, STATVFS, (const char *path, struct statvfs *status), (path, status))                                  \
    CALL(int, statvfs64, STATVFS, (const char *path, struct statvfs64 *status), (path, status))                              \
    CALL(ssize_t, readlink, READLINK, (const char *path, char *text, size_t size), (path, text, size))                       \
    CALL(ssize_t, readlinkat, READLINK, (int folder, const char *path, char *text, size_t size), (folder, path, text, size)) \
    CALL(char *, realpath, REALPATH, (const char *path, char *text), (path, text))                                           \
    CALL(char *, __realpath_chk, REALPATH, (const char *path, char *text, size_t room), (path, text, room))                  \
    CALL(DIR *, opendir, OPENDIR, (const char *path), (path))                                                                \
    CALL(DIR *, fdopendir, OPENDIR, (int fd), (fd))                                                                          \
    CALL(struct dirent *, readdir, READDIR, (DIR *folder), (folder))                                                         \
    CALL(struct dirent64 *, readdir64, READDIR, (DIR *folder), (folder))                                                     \
    CALL(int, mkdir, MKDIR, (const char *path, mode_t mode), (path, mode))                                                   \
    CALL(int, mkdirat, MKDIR, (int folder, const char *path, mode_t mode), (folder, path, mode))                             \
    CALL(int, rmdir, RMDIR, (const char *path), (path))                                                                      \
    CALL(int, unlink, UNLINK, (const char *path), (path))                                                                    \
    CALL(int, unlinkat, UNLINK, (int folder, const char *path, int flags), (folder, path, flags))                            \
    CALL(int, rename, RENAME, (const char *from, const char *to), (from, to))                                                \
    CALL(int, renameat, RENAME, (int from_folder, const char *from, int to_folder, const char *to), (from_folder, from, to_folder, to)) \
    CALL(int, renameat2, RENAME, (int from_folder, const char *from, int to_folder, const char *to, unsigned flags), (from_folder, from, to_folder, to, flags)) \
    CALL(int, link, LINK, (const char *from, const char *to), (from, to))                                                    \
    CALL(int, linkat, LINK, (int from_folder, const char *from, int to_folder, const char *to, int flags), (from_folder, from, to_folder, to, flags)) \
    CALL(int, symlink, LINK, (const char *to, const char *path), (to, path))                                                 \
    CALL(int, symlinkat, LINK, (const char *to, int folder, const char *path), (to, folder, path))                           \
    CALL(int, truncate, TRUNCATE, (const char *path, off_t size), (path, size))                                              \
    CALL(int, truncate64, TRUNCATE, (const char *path, off64_t size), (path, size))                                          \
    CALL(int, ftruncate, TRUNCATE, (int fd, off_t size), (fd, size))                                                         \
    CALL(int, ftruncate64, TRUNCATE, (int fd, off64_t size), (fd, size))                                                     \
    CALL(int, posix_fallocate, FALLOCATE, (int fd, off_t at, off_t size), (fd, at, size))                                    \
    CALL(int, posix_fallocate64, FALLOCATE, (int fd, off64_t at, off64_t size), (fd, at, size))                              \
    CALL(int, tcdrain, TCDRAIN, (int fd), (fd))                                                                              \
    /* what asks servers for names */                                                                                        \
    CALL(struct hostent *, gethostbyaddr, GETHOSTBYADDR, (const void *address, socklen_t length, int type), (address, length, type)) \
    CALL(int, gethostbyaddr_r, GETHOSTBYADDR, (const void *address, socklen_t length, int type, struct hostent *entry, char *room, size_t size, struct hostent **result, int *trouble), (address, length, type, entry, room, size, result, trouble)) \
    CALL(int, getpwnam_r, GETPWNAM, (const char *name, struct passwd *entry, char *room, size_t size, struct passwd **result), (name, entry, room, size, result)) \
    CALL(int, getpwuid_r, GETPWNAM, (uid_t id, struct passwd *entry, char *room, size_t size, struct passwd **result), (id, entry, room, size, result)) \
    CALL(int, getgrnam_r, GETGRNAM, (const char *name, struct group *entry, char *room, size_t size, struct group **result), (name, entry, room, size, result)) \
    CALL(int, getgrgid_r, GETGRNAM, (gid_t id, struct group *entry, char *room, size_t size, struct group **result), (id, entry, room, size, result)) \
    CALL(int, getgrouplist, GETGRNAM, (const char *user, gid_t group, gid_t *groups, int *count), (user, group, groups, count))
/* clang-format on */

#endif
