/* stamp.h - what the file system says of a file, to know without reading it that it is the same.
 *
 * Times count in steps: a file that changes twice within one looks unchanged. So a stamp is believed only when the file
 * was at rest for a while when its content was looked at; else the content itself is compared. */
#ifndef LOOPSAFE_SESSION_STAMP_H
#define LOOPSAFE_SESSION_STAMP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct FileStamp {
    uint64_t bytes;
    uint64_t inode;
    int64_t modified_ns; /* of the content */
    int64_t changed_ns;  /* of the file's entry: renamed, linked, written */
} FileStamp;

typedef enum StampKind { STAMP_FILE, STAMP_DIRECTORY } StampKind;

/* False: there is no such file, or it is of another kind. */
bool stamp_read(const char *path, StampKind kind, FileStamp *stamp);
bool stamp_equal(const FileStamp *left, const FileStamp *right);
/* Whether the file was at rest when somebody looked at its content. */
bool stamp_is_settled(const FileStamp *stamp, int64_t looked_ns);
/* The time as the file system's stamps count it. */
int64_t stamp_now_ns(void);

#endif
