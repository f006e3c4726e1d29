/* rule.h - what the tables say of one callable: the records that the look-ups of catalogue.h fill.
 *
 * Shape   paths are dotted, as Python spells them ("requests.Session.get", "builtins.open"), and canonical.
 * Owner   texts live as long as the catalogue. */
#ifndef LOOPSAFE_RULES_RULE_H
#define LOOPSAFE_RULES_RULE_H

#include "rules/condition.h"
#include "rules/trait.h"

/* What a call does to the thread that runs it. */
typedef enum Effect {
    EFFECT_NONE, /* looks like a blocking call and is none */
    EFFECT_SLEEP,
    EFFECT_HTTP,
    EFFECT_DB,
    EFFECT_CACHE,
    EFFECT_QUEUE,
    EFFECT_FILE,
    EFFECT_FS_METADATA,
    EFFECT_PROCESS,
    EFFECT_SOCKET,
    EFFECT_DNS,
    EFFECT_IPC,
    EFFECT_LOCK,
    EFFECT_THREAD_WAIT,
    EFFECT_CLOUD,
    EFFECT_MAIL,
    EFFECT_SSH,
    EFFECT_INPUT,
    EFFECT_IMPORT,
    EFFECT_CPU,
    EFFECT_LONG_LOOP, /* passes of a loop that are counted: no entry of a table, found in the text */
    EFFECT_BUSY_WAIT, /* a loop that asks over and over: found in the text */
    EFFECT_LOOP_MISUSE,
    EFFECT_COUNT
} Effect;

typedef enum Gil { GIL_UNKNOWN, GIL_RELEASED, GIL_HELD, GIL_MIXED } Gil;
typedef enum Severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH } Severity;

/* How a call is written: what in the source text makes it happen. */
typedef enum CallKind {
    CALL_FUNCTION,
    CALL_METHOD,
    CALL_CONSTRUCTOR,
    CALL_ITERATION, /* `for x in value`; path ends in __iter__, or names the call whose result is iterated */
    CALL_CONTEXT,   /* `with value:`; path ends in __enter__ or __exit__, or names the call */
    CALL_PROPERTY   /* reading the attribute */
} CallKind;

/* How the replacement is written. */
typedef enum Form {
    FORM_NONE,
    FORM_AWAIT_CALL,
    FORM_ASYNC_WITH,
    FORM_ASYNC_FOR,
    FORM_OFFLOAD_THREAD,
    FORM_OFFLOAD_PROCESS,
    FORM_REMOVE
} Form;

typedef struct Rule {
    Str path; /* canonical; of the class that has it when inherited, in ".*" when a wildcard says it */
    CallKind kind;
    Effect effect;
    Weight weight;
    Gil gil;
    Severity severity; /* of a call in a request handler */
    Str returns;       /* type path, or tuple[A, B], list[A], A | None; empty: unknown */
    Str replacement;   /* dotted path of what to call instead; empty: none known */
    Str package;       /* what to install for it; empty: nothing */
    Form form;
    Str evidence;
    Str why; /* EFFECT_NONE: why it does not block; else advice that is no dotted path, or empty */
    uint32_t unless_first, unless_count; /* for catalogue_unless */
    bool quiets_receiver; /* when its `unless` conditions hold, later calls on the receiver do not block */
} Rule;

/* Where a function runs that is handed to a call, decorated, or is a method of a known class. */
typedef enum Placement {
    PLACE_UNKNOWN,
    PLACE_LOOP,         /* on the event loop's thread */
    PLACE_THREAD,       /* in a thread or pool: cuts the flow */
    PLACE_PROCESS,      /* in another process or interpreter */
    PLACE_INLINE,       /* at once, in the caller: sorted(key=…), functools.reduce, Context.run */
    PLACE_LATER,        /* stored, run somewhere that is not known */
    PLACE_COMMAND_LINE, /* once, from a command: click, typer, argparse, management commands */
    PLACE_START_UP      /* once, before requests are served or after the last: lifespan, on_startup */
} Placement;

/* A call or decorator that takes a function. */
typedef struct Handover {
    Str path;                 /* canonical path of the call or decorator */
    int position;             /* of the function among the positional arguments; -1: by keyword only */
    Str keyword;              /* empty: none */
    Placement def_runs;       /* where a plain function runs */
    Placement coroutine_runs; /* where an `async def` runs */
    bool is_decorator;        /* also, or only, written as @path or @path(...) */
    bool is_wrapper; /* returns a callable that behaves so when it is called: partial, sync_to_async */
    bool injects;    /* as a parameter's default or in its Annotated: the parameter holds what it gives */
    Str hands; /* the function is called with an object of this class first, whose calls do not block; or empty */
    bool is_conditional; /* holds only when the condition does; such rows come before those without */
    Condition condition; /* on an argument of the call or of the decorator: sync_to_thread=True */
    Str evidence;
} Handover;

/* Methods of subclasses that a framework calls. */
typedef struct MethodPlacement {
    Str base; /* canonical path of the base class */
    Placement def_runs;
    Placement coroutine_runs;
} MethodPlacement;

/* A code, its texts and the effects it stands for. */
typedef struct CodeRule {
    Str code;         /* LS101 */
    Str name;         /* blocking-sleep */
    Str summary;      /* one line */
    Str why, instead; /* a paragraph each */
    Str bad;          /* Python; fires exactly this code; empty for LS9xx that have none */
    Str good, limits; /* Python, silent; what is not found */
    bool is_opt_in;   /* reported with --strict, or when it is selected by its whole name */
} CodeRule;

const char *effect_text(Effect effect); /* these: the words of the tables */
const char *severity_text(Severity severity);
const char *form_text(Form form); /* "await-call" … */

#endif
