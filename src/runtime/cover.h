/* cover.h - a folder that one program alone sees at another one's place: a mount namespace of its own.
 *
 *   loopsafe   RUN/app/NAME  empty
 *   program 1  RUN/app/NAME  = RUN/copy-1      both live at once and believe to be at the same place
 *   program 2  RUN/app/NAME  = RUN/copy-2
 *
 * Errors  errno of the kernel that refuses it: it needs rights of a user namespace of one's own, or root's.
 * Threads folder_cover belongs between fork and exec, and calls only what is safe there; exec drops the rights. */
#ifndef LOOPSAFE_RUNTIME_COVER_H
#define LOOPSAFE_RUNTIME_COVER_H

#include <stdbool.h>

/* From now on this process and its children see `folder` at `place`, which is a folder, too. */
bool folder_cover(const char *folder, const char *place);
/* A child has tried it. */
bool folder_can_cover(const char *folder, const char *place);

#endif
