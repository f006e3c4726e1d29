/* manifest.h - what a run looked at, so that a later one can tell that looking again would show the same.
 *
 * Shape   files by what the file system says of them and by their content; directories that were searched for modules
 *         by what an import could find in them; whether a directory holds `__init__.py`.
 * Owner   the arena handed in.
 * Errors  bytes that do not fit give false.
 * Threads manifest_holds looks with as many as it is told. */
#ifndef LOOPSAFE_SESSION_MANIFEST_H
#define LOOPSAFE_SESSION_MANIFEST_H

#include "session/bytes.h"
#include "session/stamp.h"

typedef enum SeenKind {
    SEEN_FILE,
    SEEN_DIRECTORY, /* content: of what imports can find in it */
    SEEN_INIT,      /* a directory with `__init__.py` */
    SEEN_NO_INIT,
    SEEN_KIND_COUNT
} SeenKind;

typedef struct Seen {
    SeenKind kind;
    Str path; /* ends in NUL */
    FileStamp stamp;
    int64_t looked_ns; /* when the content was looked at, or before */
    StoreKey content;
} Seen;

typedef struct Manifest {
    Seen *items;
    size_t count;
} Manifest;

/* What imports can find in a directory, whatever the order of its entries; false: it cannot be read. */
bool manifest_list(const char *directory, StoreKey *content);
void manifest_save(const Manifest *manifest, Buf *out);
bool manifest_load(Arena *arena, ByteReader *reader, Manifest *manifest) __attribute__((warn_unused_result));
/* Everything is as it was. Stamps of what was touched, but is the same, are brought up to date; *renewed: some were,
 * so that saving it spares the next run a look. */
bool manifest_holds(Manifest *manifest, size_t threads, int64_t now_ns, bool *renewed)
    __attribute__((warn_unused_result));

#endif
