/* unit.h - one module while a program is analysed: its names, functions and classes.
 *
 * Shape   unit_define walks the module's own statements and looks at no other module: what stands for something of
 *         another module stays a promise (value.h). So a unit depends on its text alone.
 * Owner   the arena that its facts live in; functions and classes are numbered by the program.
 * Threads unit_new and the facts: any thread, one at a time. The rest: the program's thread. */
#ifndef LOOPSAFE_PROGRAM_UNIT_H
#define LOOPSAFE_PROGRAM_UNIT_H

#include "base/vec.h"
#include "program/frame.h"
#include "project/modules.h"
#include "source/text.h"

#define ID_NONE UINT32_MAX

typedef struct Program Program;
typedef struct Unit Unit;
typedef struct Instance Instance;
typedef struct Contribution Contribution;

/* A question that may lead back to itself: where on the stack of questions it stands, 0: nowhere. */
typedef struct Query {
    uint32_t depth;
    uint32_t outer_cut; /* least depth at which something around it was cut off before it began */
} Query;

/* Why a function runs where it runs; several may hold. */
typedef struct Contexts {
    bool loop;         /* on the loop while requests are served, as far as can be told */
    bool command_line; /* once, for a command or a script */
    bool start_up;     /* once, before or after requests are served */
    bool run_alone;    /* handed to asyncio.run and the like */
    bool thread;       /* in a thread or a pool */
    bool request;      /* once for each request */
    bool few_threads;  /* a plain function: in one of few threads that requests share */
    bool reached;      /* some instance of it runs on the loop */
    bool exposed;      /* handed to something: a framework, a registry, a decorator */
    bool pooled;       /* a coroutine handed to something that would run a plain function in a thread */
    bool
        as_coroutine; /* a coroutine handed to something that would not, or to a decorator that is not known */
} Contexts;

/* A value that is worked out when somebody asks. */
typedef struct Lazy {
    const Value *value;
    Query query;
    bool known;
} Lazy;

typedef struct FunctionInfo {
    Unit *unit;
    NodeId node;       /* STMT_FUNCTION or EXPR_LAMBDA */
    Str name;          /* qualified: Shop.sell, Shop.sell.<locals>.inner, <lambda> */
    Frame *closure;    /* the scope it was last defined in */
    uint32_t class_id; /* of a method; else ID_NONE */
    uint32_t outer;    /* the function it stands in, or ID_NONE */
    bool is_async, is_generator, is_lambda, is_static, is_class_method, is_property, is_abstract;
    bool is_overload;            /* @typing.overload: a signature without a body */
    bool is_dispatch;            /* @singledispatch: others may be registered to run in its place */
    bool is_manager;             /* @contextmanager: entering runs the generator */
    bool off_loop;               /* the user says so in a comment */
    bool memoised;               /* functools.cache and friends */
    bool waits_for_use;          /* a nested coroutine: walked for itself when its name is read */
    bool caching, caching_known; /* waits.c: most calls find what an earlier one left; once asked */
    bool wanted;                 /* its body is being read, or was */
    bool listed;                 /* it is on the unit's list of roots */
    bool active;                 /* its body is being walked in place: recursion ends here */
    Instance *generic;           /* called with nothing known about its arguments */
    uint32_t instance_count;
    const Value **declared; /* by parameter: what its annotation tells, settled; NULL: not asked for yet */
    Contexts contexts;
    uint32_t run_by;       /* the last method that ran a loop for it, + 1; 0: none */
    VEC(uint32_t) callers; /* functions that call it */
    VEC(NodeId) pooled_at; /* calls of its own file that hand it over as `contexts.pooled` says */
} FunctionInfo;

typedef struct ClassInfo {
    Unit *unit;
    NodeId node;
    Str name;     /* qualified */
    Frame *frame; /* its own names: methods, constants, declared fields */
    Frame *closure;
    const Value **bases; /* as written; class_bases settles them */
    uint32_t base_count;
    Map answers; /* attribute name -> number of the Lazy that says what methods assign to self.name */
    VEC(Lazy *) lazies;
    uint32_t *order; /* method resolution order, itself first; NULL: not asked for yet */
    uint32_t order_count;
    bool ordering, has_unknown_base;
    bool leaf_known, is_leaf; /* no class of the project names it as a base */
    bool off_loop;            /* the user says that nothing of it runs on a loop */
    bool is_data;             /* @dataclass, attrs: its fields make the constructor */
} ClassInfo;

/* Something of a module that waits until other modules may be asked. */
typedef struct Pending {
    NodeId node; /* STMT_FUNCTION, STMT_CLASS or an expression with calls in it */
    Frame *frame;
    uint32_t id;    /* function or class */
    bool statement; /* the expression is a statement of its own */
} Pending;

/* node -> number + 1; 0: none yet */
typedef struct NodeNumbers {
    uint32_t *items;
    size_t size;
} NodeNumbers;

struct Unit {
    Program *program;
    Arena *arena;
    Names *names;
    const Catalogue *catalogue;
    const Module *module_file; /* NULL: it has no place among modules (standard input) */
    Str path;                  /* as it is shown */
    Facts *facts;
    Str bytes; /* as they were read */
    SourceText source;
    Lines lines;
    Frame *module;
    bool defined, linked;
    bool is_root; /* a file of the project that is checked: what it does on the loop is reported in it */
    VEC(Pending) pending;
    VEC(uint32_t) functions; /* of the program, in the order in which they were met */
    VEC(uint32_t) classes;
    VEC(uint32_t) roots;   /* functions to walk on the loop, or for what they hand over */
    VEC(Str) star_imports; /* modules imported with `*`, in order; absolute */
    NodeNumbers function_ids, class_ids, lazy_ids;
    Map resolved; /* dotted path -> index into resolved_values */
    VEC(const Value *) resolved_values;
    VEC(Lazy *) lazies;
    Map assigned; /* attribute names that the text may assign to, once noted */
    bool assigned_noted;
    Map globals;          /* name -> number of the Lazy that says what functions assign to it */
    const Span *off_loop; /* definitions marked `# loopsafe: off-loop`: the lines the comments stand on */
    size_t off_loop_count;
    VEC(Instance *) on_loop;  /* of its functions, those whose statements are reported; by function */
    VEC(Instance *) others;   /* of its functions, the other ones that were walked; by function */
    VEC(Instance *) observed; /* of its functions, all that were walked and have observations; by function */
    VEC(struct Observation) observations; /* of its module level: `function` is ID_NONE */
    Map declared_global;                  /* names after `global` */
    bool has_dotted;                      /* some `name.attribute` was assigned outside a class of the file */
    bool starts_tasks; /* the file makes tasks: a coroutine in it is not alone on its loop */
    uint32_t index;    /* in the program */
    uint32_t reading;  /* number of its reading in this round, or 0 */
};

/* The unit must be zeroed but for arena, names, catalogue, facts, source, lines, path, module_file, off_loop. */
void unit_define(Unit *unit);
/* Decorators, methods that frameworks call, functions handed over at module level: fills roots. */
void unit_link(Unit *unit);
void unit_free(Unit *unit);

const Node *unit_node(const Unit *unit, NodeId id);
Str unit_text(const Unit *unit, NodeId id);
/* The number of a function's node, made when it is first asked for. */
uint32_t unit_function(Unit *unit, NodeId node, Frame *closure, uint32_t class_id, uint32_t outer);
uint32_t unit_class(Unit *unit, NodeId node, Str name);
FunctionInfo *unit_function_info(const Unit *unit, uint32_t id);
ClassInfo *unit_class_info(const Unit *unit, uint32_t id);
/* The body does nothing: `...`, `pass`, `raise NotImplementedError`, or @abstractmethod says so. */
bool unit_is_abstract(FunctionInfo *info);
Lazy *unit_lazy(Unit *unit, NodeId node);
/* The function's text declares the name global. */
bool unit_declares_global(const FunctionInfo *info, Str name);
/* What a global holds: what it was bound to at module level, and what functions assign to it. */
const Value *unit_global(Unit *unit, Name name, const Value *bound);
/* Reads a function's body if it was left out. */
void unit_read_body(FunctionInfo *info);
/* Reads a function's parameters and return annotation if they were left out. */
void unit_read_header(FunctionInfo *info);
/* After facts_read of its node. */
void unit_body_was_read(FunctionInfo *info);
/* The function's text may put something on a loop. */
bool unit_calls_registrar(const FunctionInfo *info);
/* Puts a function on its unit's list of roots, once. */
void unit_list_root(FunctionInfo *info, uint32_t function);

#endif
