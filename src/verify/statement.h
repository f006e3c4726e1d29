/* statement.h - the rows of the whole statement around a row: what brackets, strings and backslashes hold together; and
 * of the function.
 *
 * Shape   Python's logical lines and their indents, by its lexical rules alone: a text that does not parse gives some
 *         rows, too. */
#ifndef LOOPSAFE_VERIFY_STATEMENT_H
#define LOOPSAFE_VERIFY_STATEMENT_H

#include "verify/line_map.h"

/* The rows of all logical lines that hold one of the rows; the rows themselves when the text ends before. */
LineRows statement_rows(Str text, LineRows rows);
/* The rows of the innermost function around a row, from its `def` on; outside of all: those of its statement. */
LineRows function_rows(Str text, uint32_t row1);

#endif
