/* sql_log.h - statements out of the log of PostgreSQL, with the values that they were given.
 *
 *   loopsafe|1700000000.123|run_1|LOG:  execute <unnamed>: SELECT $1
 *   loopsafe|1700000000.123|run_1|DETAIL:  parameters: $1 = 'x'          ─▶ SELECT 'x'
 *
 * Shape   only statements of one database; blanks outside of quotes become one.
 * Errors  lines of another shape are left out. */
#ifndef LOOPSAFE_RUNTIME_SQL_LOG_H
#define LOOPSAFE_RUNTIME_SQL_LOG_H

#include "runtime/calls.h"

#define SQL_LOG_PREFIX "loopsafe|%n|%d|" /* of PostgreSQL's log_line_prefix */

/* behind_ns: what CLOCK_REALTIME is ahead of CLOCK_MONOTONIC. */
void sql_log_read(Calls *calls, Str lines, Str database, uint64_t behind_ns);

#endif
