/* fixed_path.h - whether a call writes a file that every call of its function writes: two threads may then do so at once.
 *
 *   open(self.path, "w") · STATE.write_text(x)      one file
 *   make_archive("backup", "zip", folder)           one file
 *   open(folder / name, "w") of a parameter         any
 *
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_FIXED_PATH_H
#define LOOPSAFE_FIXES_FIXED_PATH_H

#include "program/program.h"

/* traits: of what is called (rules/trait.h). */
bool writes_fixed_file(const FunctionInfo *function, NodeId call, uint32_t traits);
/* A mode such as "wb" stands among the arguments. */
bool opens_to_write(const Unit *unit, NodeId call);

#endif
