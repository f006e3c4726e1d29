/* explanation.h - why something is reported or is not: a function, or the calls on one line.
 *
 * Shape   where it runs and how the loop gets there, what it does, where knowledge ended. Of a line: its steps.
 * Owner   the session's arena.
 * Order   steps as they stand in the text, effects strongest first, unknown calls nearest first. */
#ifndef LOOPSAFE_CHECKS_EXPLANATION_H
#define LOOPSAFE_CHECKS_EXPLANATION_H

#include "checks/finding.h"

typedef enum ReasonKind {
    REASON_COROUTINE,   /* on the loop: it is one */
    REASON_HANDED_OVER, /* on the loop: a call hands it to one */
    REASON_DECORATED,   /* on the loop: a decorator puts it there */
    REASON_FRAMEWORK,   /* on the loop: a framework calls the method */
    REASON_CALLED,      /* on the loop: code that runs there calls it; way */
    REASON_ONCE,        /* runs once: findings are of severity info */
    REASON_OFF_LOOP,    /* a comment says that it never runs on a loop; place: the comment */
    REASON_ELSEWHERE,   /* reached, but by nothing that runs on a loop; way */
    REASON_NOT_REACHED, /* nothing that was followed calls it */
    REASON_NO_FUNCTION, /* the line stands in no function: it runs on import */
    REASON_OUT_OF_SCOPE /* tests, examples, documentation, scripts */
} ReasonKind;

/* Why a function runs where it runs. */
typedef struct Reason {
    ReasonKind kind;
    Str text;    /* one line */
    Place place; /* row1 0: none */
    Str source;  /* the line there */
    Hop *way;    /* from the root, nearest root first */
    size_t way_count;
} Reason;

typedef enum LineVerdict {
    LINE_VERDICT_REPORTED,    /* as `code` */
    LINE_VERDICT_ELSEWHERE,   /* judged where on-loop code makes the call, or in the coroutine it runs */
    LINE_VERDICT_STRONGER,    /* another finding of the statement is stronger */
    LINE_VERDICT_CHEAP,       /* --strict shows it */
    LINE_VERDICT_INFO,        /* --show-info shows it */
    LINE_VERDICT_SILENCED,    /* by a comment */
    LINE_VERDICT_DESELECTED,  /* by --select or --ignore */
    LINE_VERDICT_OFFLOADED,   /* runs in a thread or process */
    LINE_VERDICT_OFF_LOOP,    /* a comment takes the callee or the function off the loop */
    LINE_VERDICT_NOT_ON_LOOP, /* the function does not run on a loop */
    LINE_VERDICT_NOT_RUN,     /* a coroutine or generator that is made here and runs elsewhere */
    LINE_VERDICT_HARMLESS,    /* nothing in it blocks, as far as known */
    LINE_VERDICT_UNKNOWN,     /* what it calls is not known */
    LINE_VERDICT_COUNT
} LineVerdict;

/* One call, or one thing that blocks, on a line. */
typedef struct LineStep {
    Str name;    /* what is called, as a reader would name it */
    bool blocks; /* finding holds effect, severity, confidence, chain and sink */
    Weight weight;
    LineVerdict verdict;
    Str text;        /* the verdict in words */
    Finding finding; /* place is always set; code when it blocks */
} LineStep;

/* What a function may do, by its shortest way. */
typedef struct FunctionEffect {
    Weight weight;
    Finding finding; /* code, effect, severity, confidence, chain, sink */
} FunctionEffect;

/* A call of which nothing is known. */
typedef struct UnknownCall {
    Place place;
    Str function; /* that makes it */
    Str name;     /* as it is written; empty: one of several in the statement */
    Str source;
} UnknownCall;

typedef struct Explanation {
    Str module;   /* dotted name of the file's module */
    Str function; /* qualified name; empty: a line outside functions */
    Place place;  /* of the definition, or of the line that was asked for */
    Str source;   /* the line there */
    bool is_line;
    bool is_followed; /* the function's body was: else nothing is known of what it does */
    Reason *reasons;
    size_t reason_count;
    LineStep *steps; /* of a line */
    size_t step_count;
    FunctionEffect *effects; /* of a function */
    size_t effect_count;
    UnknownCall *unknown; /* the first few */
    size_t unknown_listed;
    size_t unknown_count; /* statements that call something unknown, in it and in what it runs */
} Explanation;

const char *reason_text(ReasonKind kind);      /* "coroutine", as in JSON */
const char *verdict_text(LineVerdict verdict); /* "reported", as in JSON */
const char *weight_text(Weight weight);        /* "always" */

#endif
