/* unit.h - one file while it is analysed: its functions, classes, scopes, and what they do on the loop.
 *
 * Shape   facts in, LoopCalls out. Functions and classes are numbered as they are met, so ids are the same in
 *         every run.
 * Owner   the file's arena.
 * Threads one file, one thread. */
#ifndef LOOPSAFE_PROGRAM_UNIT_H
#define LOOPSAFE_PROGRAM_UNIT_H

#include "base/vec.h"
#include "program/frame.h"

#define ID_NONE UINT32_MAX

/* Why a function runs where it runs; several may hold. */
typedef struct Contexts {
    bool loop;         /* on the loop while requests are served, as far as can be told */
    bool command_line; /* once, for a command or a script */
    bool start_up;     /* once, before or after requests are served */
    bool run_alone;    /* handed to asyncio.run and the like */
    bool exposed;      /* handed to something: a framework, a registry, a decorator */
} Contexts;

typedef struct FunctionInfo {
    NodeId node;       /* STMT_FUNCTION or EXPR_LAMBDA */
    Str name;          /* qualified: Shop.sell, Shop.sell.<locals>.inner, <lambda> */
    Frame *closure;    /* the scope it stands in */
    uint32_t class_id; /* of a method; else ID_NONE */
    uint32_t outer;    /* the function it stands in, or ID_NONE */
    bool is_async, is_generator, is_lambda, is_static, is_class_method, is_property;
    bool off_loop; /* the user says so in a comment */
    bool memoised; /* functools.cache and friends */
    bool followed; /* it is on the list of functions to walk */
    bool walked_on_loop;
    bool active;           /* being walked just now: recursion ends here */
    bool attributes_taken; /* its assignments to self.x are known to its class */
    bool result_known;
    const Value *result; /* what it returns, when result_known */
    Contexts contexts;
    VEC(uint32_t) callers; /* coroutines of the file that call it */
} FunctionInfo;

typedef struct ClassInfo {
    NodeId node;
    Str name;     /* qualified */
    Frame *frame; /* its own names: methods, constants, declared fields */
    Frame *closure;
    const Value **bases;
    uint32_t base_count;
    Map attributes; /* name -> index into attribute_values: what self.name was assigned */
    const Value **attribute_values;
    uint32_t attribute_count, attribute_capacity;
    Map searched;  /* attribute names whose methods were walked */
    bool off_loop; /* the user says that nothing of it runs on a loop */
} ClassInfo;

/* One thing done on the loop that the catalogue knows. */
typedef struct LoopCall {
    NodeId node;            /* the expression that blocks */
    NodeId report;          /* where it is reported: node, or the call that enters a nested function */
    NodeId statement;       /* the statement of the on-loop function that holds `report` */
    uint32_t function;      /* the on-loop function */
    uint32_t sink_function; /* the function that holds node */
    Rule rule;
    Weight weight; /* after its conditions */
    Confidence confidence;
    bool in_loop; /* repeated: a loop or comprehension stands around it */
    bool guarded; /* runs once: behind `if self.x is None`, in a memoised function */
    bool outside; /* the amount of data is decided outside the function */
} LoopCall;

typedef struct Unit {
    Arena *arena;
    Names *names;
    const Catalogue *catalogue;
    Facts *facts;
    Frame *module;
    VEC(FunctionInfo *) functions;
    VEC(ClassInfo *) classes;
    VEC(LoopCall) calls;
    VEC(uint32_t) waiting;  /* functions to walk on the loop, in the order they were met */
    VEC(Str) star_imports;  /* modules imported with `*`, in order */
    uint32_t *function_ids; /* node -> function id + 1 */
    size_t function_ids_size;
    const Span *off_loop; /* definitions marked `# loopsafe: off-loop`: the lines the comments stand on */
    size_t off_loop_count;
    uint32_t inline_calls; /* nested functions entered for the coroutine at hand */
    bool has_dotted;       /* some `name.attribute` was assigned outside a class of the file */
    bool starts_tasks;     /* the file makes tasks: a coroutine in it is not alone on its loop */
    size_t resolved, unresolved, limits_reached, rounds;
} Unit;

/* Walks a file: afterwards unit->calls holds what its on-loop code does. The unit must be zeroed but for arena,
 * names, catalogue, facts, off_loop. */
void unit_analyse(Unit *unit);
void unit_free(Unit *unit);

const Node *unit_node(const Unit *unit, NodeId id);
Str unit_text(const Unit *unit, NodeId id);
/* The number of a function's node, made when it is first asked for. */
uint32_t unit_function(Unit *unit, NodeId node, Frame *closure, uint32_t class_id, uint32_t outer);
FunctionInfo *unit_function_info(const Unit *unit, uint32_t id);
ClassInfo *unit_class_info(const Unit *unit, uint32_t id);
/* Puts a function on the list of those to walk on the loop, once. */
void unit_follow(Unit *unit, uint32_t function);
/* Reads a function's body if it was left out. */
void unit_read_body(Unit *unit, uint32_t function);
/* Notes that objects of the class may hold the value under the attribute. */
void class_attribute_add(Unit *unit, uint32_t class_id, Name attribute, const Value *value);

#endif
