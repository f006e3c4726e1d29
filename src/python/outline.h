/* outline.h - a file cut into regions without a grammar: indentation, brackets, strings, comments.
 *
 *   import os            ─┐ run of statements
 *   LIMIT = 3            ─┘
 *   class Shop(Base):    ── class: header, members (runs and functions, recursively)
 *       async def sell(  ── function: decorators, header, body
 *
 * Shape   regions in the order of the text; `parent` names the class a region stands in. Functions inside functions
 *         belong to the outermost one. An unclosed bracket or string ends at the next line of column 0 that starts a
 *         definition, so that one broken region cannot swallow the rest.
 * Owner   the file's arena.
 * Threads none kept.
 * Source  an optimisation only: parsing slices must give the facts of parsing the whole (tests/slices). */
#ifndef LOOPSAFE_PYTHON_OUTLINE_H
#define LOOPSAFE_PYTHON_OUTLINE_H

#include <stdbool.h>

#include "base/str.h"
#include "source/span.h"

#define REGION_NONE UINT32_MAX

typedef enum RegionKind {
    REGION_RUN,     /* statements that are neither def nor class */
    REGION_CLASS,   /* header: decorators to the colon; body: the members */
    REGION_FUNCTION /* header: decorators to the colon; body: the rest */
} RegionKind;

typedef struct Region {
    RegionKind kind;
    Span
        span; /* from the first decorator (or the first byte of the line's text) to the end of the code in its
                        last line */
    Span header;     /* FUNCTION, CLASS: up to and with the colon that opens the body */
    Span body;       /* FUNCTION, CLASS: after that colon */
    uint32_t parent; /* index of the class it stands in, or REGION_NONE */
    uint32_t indent; /* bytes of indentation of its first line */
    Str name;        /* FUNCTION, CLASS */
    bool is_async;   /* `async def` */
    bool has_async;  /* the word `async` stands in it outside strings and comments */
    bool has_yield;  /* FUNCTION: the word `yield` stands in it (may be in a nested function) */
    bool broken;     /* an unclosed bracket or string was cut off in it */
} Region;

typedef struct Comment {
    Span span;     /* '#' to the end of the line, without the line end */
    bool own_line; /* nothing but blanks before it */
} Comment;

typedef struct Outline {
    Str text; /* as handed in; a copy with newlines when lone carriage returns end its lines */
    Region *regions;
    uint32_t region_count;
    Comment *markers; /* comments with "loopsafe:" or "noqa" in them, any case */
    uint32_t marker_count;
    Span *comments; /* all of them, in order; what the parser reads has blanks there */
    uint32_t comment_count;
    bool has_main_guard; /* `if __name__ == "__main__"` at module level */
} Outline;

Outline outline_scan(Arena *arena, Str text);
/* The text itself, or a copy in which lone carriage returns are newlines, as Python reads them. */
Str outline_text(Arena *arena, Str text);

#endif
