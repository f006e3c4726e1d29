/* trait.h - what else the tables say of a callable or a class, beside its rule: for checks and walks that ask.
 *
 * Shape   a set of bits, one a Trait. */
#ifndef LOOPSAFE_RULES_TRAIT_H
#define LOOPSAFE_RULES_TRAIT_H

/* What the tables say of a class holds for its objects. */
typedef enum Trait {
    TRAIT_WAITS_NETWORK,  /* awaiting what it gives waits for the network */
    TRAIT_WAITS_DB,       /* … for a database, over a connection that others may need too */
    TRAIT_WAITS_EXECUTOR, /* … for a thread or a process of a pool */
    TRAIT_WAITS_PROCESS,  /* … for another program */
    TRAIT_WAITS_FILE,     /* … for the disk */
    TRAIT_WAITS_OTHER,    /* … for time, a lock, an event, another task: no input or output of its own */
    TRAIT_ONE_THREAD,     /* what runs in threads for it runs in one of them, one after the other */
    TRAIT_SESSION,        /* a class whose objects do one thing at a time: a connection, a page, a stream */
    TRAIT_LONG_LIVED,     /* making one is costly: a process makes one and keeps it */
    TRAIT_MAKES_TASK,     /* the loop holds the task that it gives weakly */
    TRAIT_LOOP_BOUND,     /* must be called on the loop's own thread */
    TRAIT_MAKES_LOOP,     /* the loop that it gives has to be closed */
    TRAIT_AFTER_RESPONSE, /* runs a function in the same process once the response was sent */
    TRAIT_PROPERTY,       /* a decorator: the function is called by reading it as an attribute */
    TRAIT_MEMO,           /* a decorator: the function runs the first time only */
    TRAIT_CONSTRUCTOR,    /* a decorator: the class has a constructor made of its fields */
    TRAIT_BULK,           /* what it gives is of any size: the body of a response, the content of a file */
    TRAIT_KEEPS_SIZE,     /* what it gives is about as large as what it is given, or works on */
    TRAIT_POLLS,          /* asks whether something has happened, or what time it is, and does nothing else */
    TRAIT_PAUSES,         /* awaiting what it gives lets a time pass and nothing else */
    TRAIT_COMPUTES,       /* beside the file that it reads or writes, it is work for the processor */
    TRAIT_COROUTINE,      /* does nothing until what it gives is awaited */
    TRAIT_ASKS_LOOP,      /* tells whether a loop runs in this thread */
    TRAIT_NESTS_LOOPS,    /* from then on a loop may be run inside a running one */
    TRAIT_SERVES_REQUESTS,   /* the function that it takes, or the method, runs once for each request */
    TRAIT_FORTY_THREADS,     /* a plain function runs in a pool of 40 threads that all such functions share */
    TRAIT_SLEEPS,            /* waits as many seconds as its first argument says */
    TRAIT_KEEPS_CONNECTIONS, /* it is the object that keeps connections open: a new one opens new ones */
    TRAIT_LONG_JOB,          /* takes minutes: training, transcription */
    TRAIT_THREAD_BOUND,  /* a class, a call: works in the thread that made it, or acts on its own thread */
    TRAIT_WRITES_FIRST,  /* makes, fills or removes the file or folder that its first argument names */
    TRAIT_WRITES_SECOND, /* … its second argument */
    TRAIT_COUNT
} Trait;

_Static_assert(TRAIT_COUNT <= 32, "the traits of a path are bits of one word");

#define TRAIT_BIT(trait) (1u << (trait))
#define TRAITS_OF_SERVERS (TRAIT_BIT(TRAIT_SERVES_REQUESTS) | TRAIT_BIT(TRAIT_FORTY_THREADS))
#define TRAITS_OF_TASKS (TRAIT_BIT(TRAIT_MAKES_TASK) | TRAIT_BIT(TRAIT_AFTER_RESPONSE))
/* Those whose calls are known by their words, see catalogue_words. */
#define TRAITS_WITH_WORDS                                                                                    \
    (TRAIT_BIT(TRAIT_SLEEPS) | TRAIT_BIT(TRAIT_LOOP_BOUND) | TRAIT_BIT(TRAIT_MAKES_LOOP) |                   \
     TRAIT_BIT(TRAIT_LONG_JOB) | TRAIT_BIT(TRAIT_ASKS_LOOP))
/* Those whose calls a walk notes for checks. */
#define TRAITS_OBSERVED                                                                                      \
    (TRAIT_BIT(TRAIT_LONG_LIVED) | TRAIT_BIT(TRAIT_KEEPS_CONNECTIONS) | TRAIT_BIT(TRAIT_LOOP_BOUND) |        \
     TRAIT_BIT(TRAIT_MAKES_LOOP) | TRAIT_BIT(TRAIT_SLEEPS) | TRAIT_BIT(TRAIT_LONG_JOB) |                     \
     TRAIT_BIT(TRAIT_THREAD_BOUND))
#define TRAITS_OF_WAITING (TRAIT_BIT(TRAIT_WAITS_OTHER + 1) - 1)

const char *trait_text(Trait trait); /* "session" … */

#endif
