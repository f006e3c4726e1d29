/* block_names.h - which names a block hands back, when it becomes a function of its own.
 *
 * Shape   for block.c alone: fills bound and results, and refuses where a name means two things. */
#ifndef LOOPSAFE_FIXES_BLOCK_NAMES_H
#define LOOPSAFE_FIXES_BLOCK_NAMES_H

#include "fixes/block.h"

void block_names(Block *block, const Around *around);

#endif
