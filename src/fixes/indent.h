/* indent.h - lines moved one level to the right, so that a block can stand around them.
 *
 * Shape   what stands in a string keeps its place: its value would change.
 * Threads read-only on the unit. */
#ifndef LOOPSAFE_FIXES_INDENT_H
#define LOOPSAFE_FIXES_INDENT_H

#include "fixes/draft.h"

/* One level of indentation, as the function writes it. */
Str indent_unit(const Draft *draft, const FunctionInfo *function);
/* The statements from the first byte to the last have their lines for themselves, but for comments behind them. */
bool indent_is_alone(const Unit *unit, Span statements);
/* Moves the lines of the span. */
void indent_lines(Draft *draft, const Unit *unit, Span statements, Str by);
/* Where the line of the offset starts. */
uint32_t indent_line_start(const Unit *unit, uint32_t offset);

#endif
