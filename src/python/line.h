/* line.h - logical lines of Python text: what brackets, strings and backslashes hold together.
 *
 *   x = f(1,        # depth 1: the newline does not count
 *         """a
 *   b""")           # the logical line ends here
 *
 * Shape   a scanner over bytes that moves forward only; every byte is looked at a bounded number of times.
 * Errors  an unclosed string ends at its line, an unclosed bracket or triple-quoted string at the next line that
 *         starts a definition; `broken` says that it happened.
 * Owner   the vectors belong to whoever made the scanner. */
#ifndef LOOPSAFE_PYTHON_LINE_H
#define LOOPSAFE_PYTHON_LINE_H

#include "base/vec.h"
#include "python/outline.h"

typedef VEC(Comment) Comments;
typedef VEC(Span) Spans;

typedef struct LineScan {
    Str text;
    size_t at;            /* next byte */
    size_t code_end;      /* end of the code of the last logical line, without blanks and comment */
    size_t comment_start; /* of the comment in the current physical line, or SIZE_MAX */
    size_t decorator;     /* line start of a decorator seen inside brackets, or SIZE_MAX */
    uint32_t depth;       /* open brackets */
    bool seen_async;      /* since the flags were last cleared */
    bool seen_yield;
    bool broken;
    bool unclosed[2];         /* no end was found for a ''' or """ string: later ones are not searched */
    uint32_t format_failures; /* f-strings whose replacement fields did not add up */
    Comments markers;
    Spans comments;
} LineScan;

/* Width of the blanks at `at` as the grammar counts it (a tab is 8); moves behind them and behind blank lines
 * joined by a backslash. */
uint32_t line_indent(LineScan *scan);
/* Moves behind the rest of the logical line and its line end; code_end is set. */
void line_rest(LineScan *scan);
/* Moves behind the first colon outside brackets; false when the logical line ended without one. */
bool line_colon(LineScan *scan);
/* Notes a comment that starts at `at` and moves to its line end. */
void line_comment(LineScan *scan, bool own_line);
/* Behind the word and what separates it from the next one, or SIZE_MAX when the text at `at` is another word. */
size_t line_word(Str text, size_t at, Str word);
bool line_starts_definition(Str text, size_t at);
/* Behind blanks and backslash line joins. */
size_t line_skip_blanks(Str text, size_t at);

/* Behind the string whose quote stands at `at`. */
size_t string_skip(LineScan *scan, size_t at);

#endif
