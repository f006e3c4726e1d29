/* untouched.h - files and lines that no fix changes, however right it would be. */
#ifndef LOOPSAFE_FIXES_UNTOUCHED_H
#define LOOPSAFE_FIXES_UNTOUCHED_H

#include "fixes/draft.h"

/* Why the draft's edits may not be, or NULL: generated files; lines with a comment that silences findings, ours or another
 * linter's; texts that could not be written back as they were read. */
const char *untouched_reason(const Draft *draft);

#endif
