/* step.h - what one walk of a function leaves behind: its calls, what stalls in it, what else checks ask for.
 *
 * Shape   places are nodes of the unit of the function that holds them; `report` and `statement` belong to the instance's
 *         own function, for code that is nested in it.
 * Owner   the program's arena.   Order  as met by the walk, each place once. */
#ifndef LOOPSAFE_PROGRAM_STEP_H
#define LOOPSAFE_PROGRAM_STEP_H

#include "program/unit.h"

/* A call as it is written: what is called, and the values handed over as they were there. */
typedef struct Invocation {
    uint32_t function;
    Frame *closure;
    const Value *bound;             /* the receiver, or NULL */
    const Value *const *positional; /* NULL: a value that is not known */
    uint32_t positional_count;
    const Name *keywords;
    const Value *const *named; /* values of the keywords */
    uint32_t keyword_count;
    bool complete;         /* nothing is handed over by `*` or `**` */
    Instance *instance;    /* once somebody asked for it */
    Query binding, giving; /* which instance it is, what it gives */
    Name called_as;        /* when it is not the function's own name: `__radd__ = __add__`; or NULL */
} Invocation;

/* One thing that an instance does at a place: it blocks there (call NULL), or it calls. */
typedef struct Step {
    NodeId node;   /* the expression that blocks or calls, in the unit of `function` */
    NodeId report; /* where it is reported in the instance's own function: node, or what enters nested code */
    NodeId statement;  /* of the instance's function; holds `report` */
    uint32_t function; /* that holds node: the instance's own, or one nested in it */
    Invocation *call;
    Rule rule;     /* when call is NULL */
    Weight weight; /* after its conditions; of a call: WEIGHT_ALWAYS */
    Confidence confidence;
    bool in_loop;   /* repeated: a loop or comprehension stands around it */
    bool guarded;   /* runs once: behind `if self.x is None`, in a memoised function */
    bool outside;   /* the amount of data is decided outside the function */
    bool awaited;   /* a coroutine that runs here */
    bool elsewhere; /* not run here: kept for who calls whom */
    uint32_t loop;  /* number of the CountedLoop around it + 1, or 0 */
    bool asked;     /* the function asks whether a loop runs; filled by reach_solve */
    NodeId branch;  /* the innermost part of the function around it that may not run, or 0 */
    bool
        handed_on; /* stands inside an await, or is what a plain function returns: whoever gets it awaits it */
} Step;

/* A loop whose passes are known, and which nothing leaves or suspends: see loops.h. */
typedef struct CountedLoop {
    NodeId node, report, statement; /* as of a Step: what it iterates, or its test */
    uint32_t function;
    uint32_t around; /* number of the counted loop around it + 1, or 0 */
    double passes;
    double steps; /* statements of one pass, those of counted loops in it left out */
    bool guarded;
    Str text; /* "for _ in range(10**8)" */
} CountedLoop;

/* What else an instance does that some check asks for. Steps say what stalls or calls; the rest is said here. */
typedef enum ObservationKind {
    OBSERVED_THREAD,    /* it hands a function to a thread: call, or path of a callable of a library */
    OBSERVED_TASK,      /* it makes a task: path of what makes it; use */
    OBSERVED_COROUTINE, /* it makes a coroutine and does not await it there: call, or path of a library's; use */
    OBSERVED_LOOP_ASKED, /* it asks whether a loop runs in its thread: path */
    OBSERVED_JOB,        /* it hands call to the loop as a task, or to run after the response: path, traits */
    OBSERVED_CALL,       /* it calls path, which has some of TRAITS_OBSERVED */
    OBSERVED_WAIT, /* it awaits something that is no function of the program: waits; path, or empty: unknown */
    OBSERVED_HELD,  /* it enters a lock or a limiter: statement */
    OBSERVED_SHARED /* receiver or argument of an awaited call that does one thing at a time: node; own */
} ObservationKind;

/* What becomes of what a call gives. */
typedef enum Outcome {
    OUTCOME_SOME,   /* something, or it is not known */
    OUTCOME_NONE,   /* nothing: a statement of its own, a name that is never read */
    OUTCOME_TEST,   /* it is asked whether it is true */
    OUTCOME_MEMBER, /* a member of it is read */
    OUTCOME_RETURN  /* the function gives it to its caller, and keeps nothing */
} Outcome;

typedef struct Observation {
    ObservationKind kind;
    NodeId node;       /* as of a Step: the expression, in the unit of `function` */
    NodeId report;     /* where it is reported in the instance's own function */
    NodeId statement;  /* of the instance's function */
    uint32_t function; /* that holds node */
    Confidence confidence;
    Outcome use;
    bool in_loop, guarded;
    NodeId branch;       /* as of a Step */
    bool own;            /* OBSERVED_SHARED: the function itself made it, or was not seen to get it */
    uint32_t waits;      /* OBSERVED_WAIT: bits of Trait, and WAITS_ of waits.h */
    bool in_handler;     /* of an exception */
    bool blocks;         /* OBSERVED_CALL: it stops its thread */
    bool is_own;         /* OBSERVED_CALL: the receiver was made by the same function */
    bool endless;        /* in a loop without an end */
    double seconds;      /* OBSERVED_CALL of what sleeps: all passes of its loops together; 0: not known */
    double most_seconds; /* the same when no loop around it is left early */
    uint32_t traits;     /* of path */
    Str path;            /* catalogue path, or empty */
    Invocation *call;    /* or NULL */
} Observation;

/* The strongest thing of one effect that an instance may do, and the way there. Never changed, only replaced, so that a
 * way leads to its end. */
typedef struct Reach {
    Weight weight;
    Severity severity; /* lowered for guarded ways */
    Confidence confidence;
    uint32_t hops;            /* calls to the primitive */
    const Step *step;         /* of the instance */
    const struct Reach *next; /* of the instance that the step calls; NULL: the step is the primitive */
} Reach;

#endif
