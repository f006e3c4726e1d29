/* twin_files.h - files of the project that nothing on the loop led to: their code is not analysed, but it may use the
 * same names.
 *
 * Shape   reads them from the disk, as text.
 * Errors  one that cannot be read counts as one that has the words.
 * Threads any; nothing is kept. */
#ifndef LOOPSAFE_FIXES_TWIN_FILES_H
#define LOOPSAFE_FIXES_TWIN_FILES_H

#include "fixes/draft.h"

/* Some file that is not analysed has all of the words; empty ones count as found. */
bool unread_files_mention(const Draft *draft, const Str *words, size_t count);

#endif
