/* offload_name.h - what the local function is called that a block becomes: read_config, write_file. */
#ifndef LOOPSAFE_FIXES_OFFLOAD_NAME_H
#define LOOPSAFE_FIXES_OFFLOAD_NAME_H

#include "fixes/block.h"

/* A name that the function does not have. */
Str offload_function_name(const Draft *draft, const Block *block);

#endif
