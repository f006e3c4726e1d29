/* fix.h - one way to mend a finding: edits, and how sure they are.
 *
 *   safe      the meaning is kept, and nothing new has to be installed: `--fix`
 *   unsafe    another library, another signature, another order: `--unsafe-fixes`
 *   display   advice for a reader: no edits
 *
 * Shape   edits of one fix belong together, in as many files as it takes: all of them or none.
 * Owner   the session's arena; a fix outlives the files it came from.
 * Order   edits by path and offset; none overlap, insertions at one offset stand in their order. */
#ifndef LOOPSAFE_CHECKS_FIX_H
#define LOOPSAFE_CHECKS_FIX_H

#include <stddef.h>

#include "base/str.h"
#include "source/span.h"

/* A place in a file that may be printed after the file's text is gone. */
typedef struct Place {
    Str path;
    Position start;
    Position end;
} Place;

typedef enum Applicability { APPLICABILITY_DISPLAY, APPLICABILITY_UNSAFE, APPLICABILITY_SAFE } Applicability;

/* The text that stands at the place afterwards. */
typedef struct FixEdit {
    Place place;
    Span span; /* the same place: byte offsets of the decoded text (text.h) */
    Str text;
} FixEdit;

/* What must stay as it is for the edits to be right: a fix that changes something in it is for another round. */
typedef struct FixClaim {
    Str path;
    Span span;
} FixClaim;

typedef struct Fix {
    Str shape; /* "offload": the name of its shape (fixes/shape.h) */
    Str title; /* one line, says what to do: "Await `asyncio.sleep`" */
    Str note;  /* what changes besides, what stands in the way; one line, or empty */
    Applicability applicability;
    FixEdit *edits;
    size_t edit_count;
    FixClaim *claims;
    size_t claim_count;
    Str *packages; /* to be installed for it, as an installer names them */
    size_t package_count;
} Fix;

/* "safe", "unsafe", "display" */
const char *applicability_text(Applicability applicability);

#endif
