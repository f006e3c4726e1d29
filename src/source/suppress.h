/* suppress.h - the comments with which a user silences findings.
 *
 *   # loopsafe: ignore[LS110, LS130] reason     this line's statement (alone on a line: the next statement)
 *   # loopsafe: ignore reason                   every code
 *   # loopsafe: off-loop reason                 on a def/class line: that definition never runs on a loop
 *   # loopsafe: ignore-file[LS130] reason       whole file (own line, anywhere)
 *   # noqa: LS110                               as flake8 and ruff read it; a bare `# noqa` silences every code here
 *   # ruff: noqa: LS110 / # flake8: noqa: LS110 whole file (own line), when it names codes of ours
 *
 * Shape   found among the comments that the outline lists; one record a comment. A comment may hold several
 *         tools' markers (`# type: ignore # noqa: LS110`): a `loopsafe:` marker comes before a noqa beside it.
 *         `# noqa: words` with no code in front is a bare noqa, as in flake8; the codes of a noqa end at the first
 *         word that is none.
 * Owner   the file's arena. */
#ifndef LOOPSAFE_SOURCE_SUPPRESS_H
#define LOOPSAFE_SOURCE_SUPPRESS_H

#include "base/str.h"
#include "source/span.h"

typedef enum SuppressKind { SUPPRESS_LINE, SUPPRESS_NEXT, SUPPRESS_FILE, SUPPRESS_OFF_LOOP } SuppressKind;

typedef struct Suppression {
    SuppressKind kind;
    Span span;     /* the comment */
    uint32_t row1; /* its line */
    bool is_noqa;  /* written as noqa: never reported as unused unless it names our codes */
    bool
        malformed; /* `ignore[` without `]`, an empty list, an unknown word after `loopsafe:`, a code that is not LS
                     * and digits, or ignore-file behind code; such a marker silences nothing */
    Str *codes;        /* as written, prefixes allowed ("LS1"); a noqa's also those of other tools */
    size_t code_count; /* 0: every code */
    Str reason;
    bool used; /* set by whoever applied it */
} Suppression;

/* Reads one comment (text from '#' to the end of the line); false: it is no marker. own_line: nothing but blanks
 * stands before it. */
bool suppress_parse(Arena *arena, Str comment, Span span, uint32_t row1, bool own_line, Suppression *marker);
/* Whether the marker's codes take in this one; a prefix takes in its family. False for off-loop and for a malformed
 * marker. */
bool suppress_covers(const Suppression *marker, Str code);
/* LS and at least one digit, nothing else. */
bool suppress_is_code(Str text);

#endif
