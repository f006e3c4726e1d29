/* versions.h - the files of both trees, and what became of their lines.
 *
 * Shape   a file is read when it is first asked for; one that a tree does not have, or that is too large, is empty there.
 * Owner   the arena it was made in. */
#ifndef LOOPSAFE_VERIFY_VERSIONS_H
#define LOOPSAFE_VERIFY_VERSIONS_H

#include "verify/line_map.h"
#include "verify/verdict.h"

typedef struct Version {
    Str path; /* relative to the trees */
    Str texts[TREES];
    LineMap map; /* from A to B */
} Version;

typedef struct Versions Versions;

/* folders: of the trees; a folder that is NULL has no file. */
Versions *versions_new(Arena *arena, const char *const folders[TREES]);
const Version *versions_file(Versions *versions, Str path);
/* The function of B around this row has a line that A does not have, or lost one. */
bool versions_changed(Versions *versions, Str path, uint32_t after_row1);

#endif
