/* lines_around.h - the lines that a piece of code stands on: whether it shares them, what else they hold.
 *
 * Shape   spans are of the unit's decoded text.
 * Owner   nothing is kept.   Errors  none.   Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_LINES_AROUND_H
#define LOOPSAFE_FIXES_LINES_AROUND_H

#include <stdbool.h>

#include "program/unit.h"

/* Nothing but blanks stands before it on its first line, nothing but a comment behind it on its last. */
bool line_is_own(const Unit *unit, Span span);
/* Where the line ends on which the offset stands: before its line end. */
uint32_t line_end(const Unit *unit, uint32_t offset);
/* Where the line starts on which the offset stands. */
uint32_t line_start(const Unit *unit, uint32_t offset);
/* A comment starts in it. */
bool span_has_comment(const Unit *unit, Span span);
/* The offset stands in a comment. */
bool is_in_comment(const Unit *unit, uint32_t offset);

#endif
