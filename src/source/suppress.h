/* suppress.h - the comments with which a user silences findings.
 *
 *   # loopsafe: ignore[LS110, LS130] reason     this line's statement (alone on a line: the next statement)
 *   # loopsafe: ignore reason                   every code
 *   # loopsafe: off-loop reason                 on a def/class line: that definition never runs on a loop
 *   # loopsafe: ignore-file[LS130] reason       whole file (own line, anywhere)
 *   # noqa: LS110                               as flake8 and ruff read it; a bare `# noqa` silences every code here
 *   # ruff: noqa: LS110 / # flake8: noqa: LS110 whole file, when it names codes of ours
 *
 * Shape   found among the comments that the outline lists; one record a marker.
 * Owner   the file's arena. */
#ifndef LOOPSAFE_SOURCE_SUPPRESS_H
#define LOOPSAFE_SOURCE_SUPPRESS_H

#include "base/str.h"
#include "source/span.h"

typedef enum SuppressKind { SUPPRESS_LINE, SUPPRESS_NEXT, SUPPRESS_FILE, SUPPRESS_OFF_LOOP } SuppressKind;

typedef struct Suppression {
    SuppressKind kind;
    Span span;       /* the comment */
    uint32_t row1;   /* its line */
    bool is_noqa;    /* written as noqa: never reported as unused unless it names our codes */
    bool malformed;  /* `ignore[` without `]`, an unknown word after `loopsafe:`, or a code that does not exist */
    Str *codes;      /* as written, prefixes allowed ("LS1"); count 0: every code */
    size_t code_count;
    Str reason;
    bool used;       /* set by whoever applied it */
} Suppression;

/* Reads one comment (text from '#' to the end of the line); false: it is no marker. own_line: nothing but blanks
 * stands before it. */
bool suppress_parse(Arena *arena, Str comment, Span span, uint32_t row1, bool own_line, Suppression *marker);
bool suppress_covers(const Suppression *marker, Str code);

#endif
