/* catalogue.h - what blocks, what offloads, what runs where: the compiled rule tables, and a user's own.
 *
 * Shape   every lookup takes a dotted path as Python spells it ("requests.Session.get", "builtins.open"); paths
 *         through a re-export ("requests.sessions.Session.get") are made canonical first. Strings of a result
 *         live as long as the catalogue.
 * Owner   catalogue_new / catalogue_free; the compiled part is read-only data of the binary.
 * Errors  a bad user table is a Fail with path and line, and the catalogue stays as it was.
 * Threads read-only after catalogue_load, so shared by all workers.
 * Source  rules/ (tables), rules/schema.json (their shape). */
#ifndef LOOPSAFE_RULES_CATALOGUE_H
#define LOOPSAFE_RULES_CATALOGUE_H

#include "base/fail.h"
#include "base/str.h"

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
    EFFECT_LOOP_MISUSE,
    EFFECT_COUNT
} Effect;

typedef enum Weight { WEIGHT_NONE, WEIGHT_CHEAP, WEIGHT_OFTEN, WEIGHT_ALWAYS } Weight;
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

/* One test on an argument of the call (or of the call that made the receiver). */
typedef enum ConditionTest {
    TEST_IS,      /* the argument is this literal: False, 0, None, "text" (number compares by value) */
    TEST_AT_MOST, /* a number literal not above the value */
    TEST_NAMES,   /* the expression mentions this dotted name, as in `os.WNOHANG | flags` */
    TEST_TYPE,    /* the argument's type is this path or a subtype: io.BytesIO, io.StringIO … */
    TEST_PREFIX,  /* a string literal that starts so */
    TEST_PRESENT,
    TEST_ABSENT
} ConditionTest;

typedef struct Condition {
    ConditionTest test;
    bool of_receiver; /* look at the call that made the receiver instead */
    int position;     /* 0-based among the positional arguments, without the receiver; -1: by keyword only */
    Str keyword;      /* empty: by position only */
    Str value;        /* as written in Python: False, None, 0, 0.005, or the bare text for TEST_NAMES, TYPE, PREFIX */
} Condition;

/* All conditions hold -> the call has this weight instead (WEIGHT_NONE: it does not block). */
typedef struct Unless {
    Weight weight;
    size_t count;
    Condition conditions[4];
} Unless;

typedef struct Rule {
    Str path; /* canonical */
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
    Str why; /* EFFECT_NONE: why it does not block */
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
    bool is_wrapper;          /* returns a callable that behaves so when it is called: partial, sync_to_async */
    bool is_conditional;      /* holds only when the condition does; such rows come before those without */
    Condition condition;      /* on an argument of the call or of the decorator: sync_to_thread=True */
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
    Str code;    /* LS101 */
    Str name;    /* blocking-sleep */
    Str summary; /* one line */
    Str why;     /* a paragraph */
    Str instead; /* a paragraph */
    Str bad;     /* Python; fires exactly this code; empty for LS9xx that have none */
    Str good;    /* Python; silent */
    Str limits;  /* known limits */
} CodeRule;

typedef struct Catalogue Catalogue;

/* The compiled tables alone. */
Catalogue *catalogue_new(void);
void catalogue_free(Catalogue *catalogue);
/* Adds a user's table: its entries add, change (same path) and remove ("effect": "none") entries. */
bool catalogue_load(Catalogue *catalogue, const char *path, Fail *fail) __attribute__((warn_unused_result));
/* The same from a text in memory; path is for messages. */
bool catalogue_load_text(Catalogue *catalogue, Str text, const char *path, Fail *fail)
    __attribute__((warn_unused_result));

/* The path with re-exports resolved; a path that is unknown comes back as it was. */
Str catalogue_canonical(const Catalogue *catalogue, Str path);
/* The entry of a function, constructor or method named in full; base classes and wildcards are looked through.
 * False: nothing is known about it. A type with both gives its CALL_CONSTRUCTOR entry. */
bool catalogue_find(const Catalogue *catalogue, Str path, Rule *rule);
/* The entry for `type.member`, through the bases of type and wildcards ("Type.*"). */
bool catalogue_member(const Catalogue *catalogue, Str type, Str member, Rule *rule);
/* Some entry or table knows this path as a class. */
bool catalogue_is_type(const Catalogue *catalogue, Str path);
/* True when type is base or derives from it as far as the tables know. */
bool catalogue_derives(const Catalogue *catalogue, Str type, Str base);
/* True when some entry stands below this dotted prefix ("requests", "os.path"). */
bool catalogue_has_prefix(const Catalogue *catalogue, Str prefix);
/* What a call of path returns (factories, constructors, methods; a class returns itself); empty: unknown. */
Str catalogue_returns(const Catalogue *catalogue, Str path);
/* Type of an attribute or constant read (not called): `socketserver.Server.socket`, `sys.stdin`; empty: unknown. */
Str catalogue_attribute(const Catalogue *catalogue, Str path);
/* What `async with value` or `with value as x` binds, when that is not the value itself; empty: the value. */
Str catalogue_enter(const Catalogue *catalogue, Str type);
/* What iterating a value of this type gives; empty: unknown. */
Str catalogue_item(const Catalogue *catalogue, Str type);
const Unless *catalogue_unless(const Catalogue *catalogue, const Rule *rule, size_t index);

/* Rule of a call that takes a function; index counts from 0 because one call may have several. */
bool catalogue_handover(const Catalogue *catalogue, Str path, size_t index, Handover *handover);
bool catalogue_method_placement(const Catalogue *catalogue, Str base, Str method, MethodPlacement *placement);

/* The code that stands for an effect; NULL: no check for it yet. */
const CodeRule *catalogue_code_of(const Catalogue *catalogue, Effect effect);
size_t catalogue_code_count(const Catalogue *catalogue);
const CodeRule *catalogue_code(const Catalogue *catalogue, size_t index); /* ordered by code */
const CodeRule *catalogue_code_find(const Catalogue *catalogue, Str code);

/* Byte strings one of which a file must contain to hold on-loop code ("async", "tornado" …). */
size_t catalogue_trigger_count(const Catalogue *catalogue);
Str catalogue_trigger(const Catalogue *catalogue, size_t index);

/* Last words of the calls that hand a function to a loop (call_later, create_task …): a plain function whose text
 * holds none of them puts nothing on a loop. */
size_t catalogue_registrar_count(const Catalogue *catalogue);
Str catalogue_registrar(const Catalogue *catalogue, size_t index);

const char *effect_text(Effect effect); /* "http", "fs-metadata" … as in the tables */
const char *severity_text(Severity severity);
const char *form_text(Form form); /* "await-call" … */

#endif
