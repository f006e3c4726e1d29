/* overlay.h - texts that stand in for files on the disk: what an editor holds unsaved, what fixes would write.
 *
 *   overlay_read(path):  a text of that file? ─▶ it   else ─▶ the disk
 *
 * Shape   bytes as they would stand on the disk, one text a file. A file is known by the path it was put under, or as
 *         the same file of the disk: links and relative paths lead to it too. The path "-" is standard input's.
 * Owner   paths and bytes are copied into the arena handed in.
 * Threads overlay_find and overlay_read: any, while nobody puts. */
#ifndef LOOPSAFE_SOURCE_OVERLAY_H
#define LOOPSAFE_SOURCE_OVERLAY_H

#include "base/io.h"

typedef struct OverlayText {
    Str path;  /* as it was put; ends in NUL */
    Str bytes; /* followed by a NUL that is not counted */
    uint32_t hash;
    uint64_t device, inode; /* both 0: no such file on the disk */
} OverlayText;

typedef struct Overlay {
    Arena *arena;
    OverlayText *texts;
    size_t count, capacity;
} Overlay;

void overlay_init(Overlay *overlay, Arena *arena);
/* Puts a text, or another one instead of that path's. */
void overlay_put(Overlay *overlay, Str path, Str bytes);
/* NULL: the file on the disk stands for itself. overlay may be NULL. */
const OverlayText *overlay_find(const Overlay *overlay, const char *path);
/* io_read_file, but for the files of the overlay. */
IoStatus overlay_read(const Overlay *overlay, Arena *arena, const char *path, size_t limit_bytes, Str *bytes)
    __attribute__((warn_unused_result));

#endif
