#define _GNU_SOURCE
#include "session/stamp.h"

#include <sys/stat.h>
#include <time.h>

#include "base/banned.h"

/* The coarsest steps of file systems in use (FAT) are 2 s. */
#define SECOND_NS INT64_C(1000000000)
#define SETTLED_NS (2 * SECOND_NS)

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * SECOND_NS + time.tv_nsec;
}

bool stamp_read(const char *path, StampKind kind, FileStamp *stamp)
{
    struct stat info;
    *stamp = (FileStamp){0};
    if (stat(path, &info) != 0) return false;
    if (kind == STAMP_FILE ? !S_ISREG(info.st_mode) : !S_ISDIR(info.st_mode)) return false;
    *stamp = (FileStamp){(uint64_t)info.st_size, (uint64_t)info.st_ino, nanoseconds(info.st_mtim),
                         nanoseconds(info.st_ctim)};
    return true;
}

bool stamp_equal(const FileStamp *left, const FileStamp *right)
{
    return left->bytes == right->bytes && left->inode == right->inode &&
           left->modified_ns == right->modified_ns && left->changed_ns == right->changed_ns;
}

bool stamp_is_settled(const FileStamp *stamp, int64_t looked_ns)
{
    int64_t last = stamp->modified_ns > stamp->changed_ns ? stamp->modified_ns : stamp->changed_ns;
    return looked_ns > SETTLED_NS && last < looked_ns - SETTLED_NS;
}

int64_t stamp_now_ns(void)
{
    struct timespec now;
    return clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 ? nanoseconds(now) : 0;
}
