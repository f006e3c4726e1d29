/* passage.h - a part of a file that moves to another place of it: its lines, comments, indentation.
 *
 * Shape   offsets and spans are those of the unit's decoded text.
 * Owner   texts live in the draft's arena.
 * Errors  none: what is not there is an empty span.
 * Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_PASSAGE_H
#define LOOPSAFE_FIXES_PASSAGE_H

#include "fixes/draft.h"

enum { PASSAGE_COLUMNS = 88 }; /* what a written line has room for */

/* The text of the span. */
Str passage_text(const Unit *unit, Span span);
/* Offset at which the line of the offset begins; at which it ends, without its line end. */
uint32_t passage_line_start(const Unit *unit, uint32_t offset);
uint32_t passage_line_end(const Unit *unit, uint32_t offset);
/* Behind the line end. */
uint32_t passage_next_line(const Unit *unit, uint32_t offset);
/* Nothing but blanks before it on its first line, nothing but blanks and a comment behind it on its last. */
bool passage_owns_lines(const Unit *unit, Span span);
/* The same of what stands before it. */
bool passage_starts_line(const Unit *unit, uint32_t offset);

/* The first comment that begins in the span; empty: none. */
Span passage_comment(const Unit *unit, Span span);
/* Some comment of the outer span does not stand in the inner one. */
bool passage_comment_between(const Unit *unit, Span outer, Span inner);
/* The offset stands in a comment. */
bool passage_in_comment(const Unit *unit, uint32_t offset);
/* The comment behind the offset on its line; empty: none. */
Span passage_trailing_comment(const Unit *unit, uint32_t offset);

/* The span's text with the indentation of its further lines changed; lines of longer strings stay as they are. */
Str passage_indented(const Draft *draft, const Unit *unit, Span span, Str from, Str to);
/* The line of the offset starts inside a string that spans lines: what stands before its words is part of the value. */
bool passage_in_text(const Unit *unit, uint32_t offset);
/* Moves the lines of whole statements to the right by so much, but for those that stand in a string. */
void passage_push(Draft *draft, const Unit *unit, Span statements, Str by);
/* One line of it: line ends and the blanks around them become one blank. Empty: a string or a comment is in the way. */
Str passage_joined(const Draft *draft, const Unit *unit, Span span);
/* What one level of the function's body is indented by. */
Str passage_step(const Draft *draft, const FunctionInfo *function);
/* The text of an assignment's target as an item among others: `(first, second)`. */
Str passage_target(const Draft *draft, const Unit *unit, NodeId target);
/* What stands between `for` and the colon, without blanks around it; empty: a comment is in the way. */
Span passage_loop_head(const Unit *unit, NodeId loop);
/* The expression with the brackets right around it that only group it. */
Span passage_grouped(const Unit *unit, const Around *around);

#endif
