/* fix_summary.h - what became of fixes, for people.
 *
 *   Fixed 3 findings (2 left; 1 more with --unsafe-fixes).
 *   Install for the fixes: uv add httpx
 */
#ifndef LOOPSAFE_CLI_FIX_SUMMARY_H
#define LOOPSAFE_CLI_FIX_SUMMARY_H

#include "base/buf.h"
#include "session/fixing.h"

/* The last lines. only_shown: nothing was written. */
void fix_summary_add(Buf *buf, const Fixed *fixed, bool only_shown);
/* The applied fixes by file, and how often which reason stood against one. */
void fix_summary_add_list(Buf *buf, const Fixed *fixed);

#endif
