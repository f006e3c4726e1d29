/* program.h - everything that is analysed together: units, functions, classes, and the calls between them.
 *
 *   roots ──walk──▶ instances ──calls──▶ instances ──▶ …  until nothing new is reached
 *
 * Shape   an Instance is a function called with certain things: its steps say what it does in order (block, or call
 *         another instance). Rounds: the bodies that the last round reached are read in parallel, then walked one after
 *         the other, so that the result is the same for any number of threads.
 * Owner   the program's arena, and one a worker for facts.
 * Threads program_* from one thread; readers work inside program_follow. */
#ifndef LOOPSAFE_PROGRAM_PROGRAM_H
#define LOOPSAFE_PROGRAM_PROGRAM_H

#include "program/paths.h"
#include "program/step.h"
#include "source/overlay.h"

struct Instance {
    uint32_t function, index;
    uint32_t depth; /* of calls in what it is called with: bounded, so that there are finitely many */
    const Value *bound;
    const Value *const *arguments; /* by parameter; NULL: as declared */
    uint32_t argument_count;
    uint32_t bulk; /* bits of the parameters that hold data of any size: see bulk.h */
    Frame *closure;
    Invocation *invocation; /* the first that stood for it, when objects it made are handed on */
    Instance *next;         /* in the same slot */
    Instance *around;       /* whose walk asked for its walk, while that lasts */
    uint32_t hash;
    Query query;
    bool is_last;         /* stands for all further calls of its function */
    bool walked, partial; /* partial: something was cut off in the walk, it is to be walked once more */
    bool looked_at, reached, on_loop, is_listed;
    bool runs_long, is_branching; /* see cost.c: for a tenth of a second and more; f(n - 1) + f(n - 2) */
    bool asks_loop;               /* it, or what it calls, asks whether a loop runs; filled by reach_solve */
    uint32_t thread_depth; /* looked at because it runs in a thread: calls that are followed from it, and 1 */
    const Instance *thread_by; /* whose call is followed to it in that thread, or NULL */
    uint32_t served; /* calls from what serves requests, and 1; 0: it is not called for each request */
    const Instance *served_by; /* the instance that calls it for each request, or NULL */
    const Step *served_step;   /* of served_by */
    const Value *result;
    Map attributes; /* what it assigns to attributes of its own object: name -> index into attribute_values */
    VEC(const Value *) attribute_values;
    VEC(Step) steps;
    VEC(Observation) observations;
    VEC(CountedLoop) loops;
    double cost; /* statements that one call runs in counted loops, its own and those of what it calls */
    VEC(Invocation *) handed;     /* functions it puts on a loop */
    VEC(Invocation *) in_threads; /* functions it puts into threads that are looked at there */
    VEC(NodeId) unresolved; /* its statements (or what enters nested code) with a call of something unknown */
    uint32_t known_calls, unknown_calls; /* calls its walk met, by whether the callee is known */
    uint32_t effects;                    /* bits of those that reach is not NULL for */
    const Reach *reach[EFFECT_COUNT];    /* NULL: it does nothing of the kind */
    uint32_t waits;                      /* bits of Trait and of waits.h: what awaiting it waits for */
    NodeId waiting_branch;               /* waits.c: the first branch found to wait, or 0 */
    const struct Wait *wait[TRAIT_WAITS_OTHER + 1]; /* how it comes to wait so; NULL: it does not */
};

/* A class by its last name and where it stands: found in the text, before anything is parsed. */
typedef struct ClassName {
    Name base, name;
    const Module *file;
} ClassName;

typedef struct ProgramCounters {
    size_t modules_loaded, installed_loaded, instances, rounds, limits_reached;
} ProgramCounters;

/* What one thread reads with. */
typedef struct BodyReader {
    Parser *parser;
    Arena arena;
} BodyReader;

/* Where facts come from that somebody read off the same bytes before; load may be NULL, and give NULL. */
typedef struct FactsSource {
    Facts *(*load)(void *context, Arena *arena, Names *names, Parser *parser, Str path, Str bytes, Str text);
    void *context;
} FactsSource;

struct Program {
    Arena arena;
    Names *names;
    const Catalogue *catalogue;
    Paths paths;
    Modules *modules;
    Parser *parser; /* of the program's thread */
    BodyReader *readers;
    size_t reader_count; /* threads */
    bool follow_installed;
    FactsSource facts_source;
    const Overlay *overlay;      /* texts that stand in for files, or NULL */
    const bool *is_checked;      /* by discovered file: findings in it are wanted */
    const DiscoveredFile *files; /* the discovered ones, also those that no unit was made of */
    size_t file_count;
    VEC(Unit *) units;
    Map unit_of_path; /* file path -> index into units, or UNIT_ABSENT */
    VEC(FunctionInfo *) functions;
    VEC(ClassInfo *) classes;
    VEC(Instance *) instances;
    Instance **table;
    size_t table_size;
    Map contributed; /* name -> index of the first of that name */
    VEC(Contribution *) contributions;
    size_t registered; /* units whose decorators were run for what they put into tables */
    bool following, registering;
    bool nests_loops;            /* the program lets a loop run inside a running one */
    Instance *walking;           /* the innermost walk */
    VEC(Instance *) waiting;     /* reached, in the order in which they are walked */
    VEC(Invocation *) new_roots; /* nested coroutines that the walks of this round met */
    ClassName *class_names;      /* sorted by base */
    size_t class_name_count;
    Map sleepers; /* names of functions whose text calls something that sleeps */
    uint32_t query_depth, cut_depth, query_count;
    uint32_t inline_calls;
    ProgramCounters counters;
};

void program_init(Program *program, Names *names, const Catalogue *catalogue, Modules *modules,
                  size_t threads);
void program_free(Program *program);
FunctionInfo *program_function(const Program *program, uint32_t id);
/* Takes over a unit that was read elsewhere. */
void program_add(Program *program, Unit *unit);
/* Reads a module's text and facts, with memory of whoever asks; NULL: it cannot be read. */
Unit *unit_read(Program *program, const Module *module, Parser *parser, Arena *arena);
/* The unit of a module, read when it is first asked for; NULL: it cannot be read, or there is no file. */
Unit *program_unit(Program *program, const Module *module);
/* Follows all calls from the roots of the root units. */
void program_follow(Program *program);
/* Puts a function on the loop: found by unit_link, or handed over by what is reached. */
void program_reach(Program *program, Instance *instance);

/* Afterwards: fills Unit.on_loop, others and observed. */
void program_list_on_loop(Program *program);
/* A nested coroutine, to be walked on the loop. */
void program_add_root(Program *program, Invocation *invocation);
/* What the step calls is run by the same thread. */
bool step_is_followed(const Program *program, const Step *step);

/* Begins a question; false: it is cut off, because it is being answered already or questions nest too deep. What
 * stands between the two is partial then. */
bool query_begin(Program *program, Query *query);
/* Ends it; true: no question around it was cut off in it, so that the answer may be kept. */
bool query_end(Program *program, Query *query);

#endif
