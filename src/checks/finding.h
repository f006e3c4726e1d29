/* finding.h - one reported stall; every output format is a view on it and adds nothing.
 *
 * Shape   the statement on the loop side, the sink that blocks there, the chain between them, what to write.
 * Owner   the session's arena; a finding outlives the file it came from.
 * Order   finding_compare: path, row, column, code. */
#ifndef LOOPSAFE_CHECKS_FINDING_H
#define LOOPSAFE_CHECKS_FINDING_H

#include "checks/fix.h"
#include "program/confidence.h"
#include "rules/catalogue.h"

/* One call on the way from the loop to the sink. */
typedef struct Hop {
    Place place;
    Str function; /* qualified name of the function that makes the call */
    Str callee;   /* what is called, as a reader would name it */
    Str source;   /* the line at the place, without indentation */
} Hop;

/* Source lines around the place, for the code frame. */
typedef struct FrameLine {
    uint32_t row1;
    Str text;
} FrameLine;

/* What a run of `loopsafe verify` said of it. */
typedef struct Confirmation {
    Str seen; /* "confirmed", "not reproduced", "not exercised"; empty: no run was asked, or it does not know the finding */
    Str verdict;       /* of its fix: "FIXED", "NOT FIXED", …; empty: none was judged */
    uint64_t stall_us; /* longest that was measured; 0: none */
} Confirmation;

typedef struct Finding {
    Str code;    /* LS110; borrowed from the catalogue */
    Str message; /* one line */
    Str advice;  /* what to write instead, one line; empty: none */
    Str why;     /* why it stalls, one line */
    Severity severity;
    Confidence confidence;
    Effect effect;
    Place place;       /* the blocking call or statement */
    uint32_t noqa_row; /* where a `# noqa` comment must stand */
    Str function;      /* qualified name of the function it stands in */
    Str sink;          /* catalogue path of the primitive */
    Place sink_place;  /* where the primitive is called */
    Str sink_function; /* qualified name of the function that calls the primitive */
    Str sink_source;   /* the line at sink_place, without indentation */
    Hop *chain;        /* first hop starts at place; count 0: the call itself blocks */
    size_t chain_count;
    FrameLine *frame;
    size_t frame_count;
    Fix *fixes; /* the one that is preferred first */
    size_t fix_count;
    Str *refused; /* "offload: stands in a lambda": shapes that fit, and why they have no edits */
    size_t refused_count;
    Str unfixed; /* why none of them has edits, one line; empty: some has, or no shape of a fix fits */
    char fingerprint[33]; /* 128 bits in hexadecimal, independent of line numbers; ends in NUL */
    char group
        [33]; /* the same of the sink: file, function, name; findings on one sink share it; "": no sink */
    Confirmation run;
} Finding;

/* The first fix that has edits and is at least that sure, or NULL. */
const Fix *finding_fix(const Finding *finding, Applicability least);
/* Negative, 0 or positive, for sorting. */
int finding_compare(const Finding *left, const Finding *right);

#endif
