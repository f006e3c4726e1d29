#include "fixes/influence.h"

#include "base/identifier.h"
#include "fixes/names.h"
#include "fixes/passage.h"
#include "base/banned.h"

enum { MOST_FUNCTIONS = 200 };

/* The functions that are still to be looked at, and those that were. */
typedef struct Search {
    const Program *program;
    Influence *influence;
    VEC(const Instance *) seen;
} Search;

void influence_init(Influence *influence)
{
    *influence = (Influence){0};
}

void influence_free(Influence *influence)
{
    vec_free(&influence->sets);
    vec_free(&influence->reads);
}

bool influence_has(const Influence *influence, Name name)
{
    for (size_t i = 0; i < influence->sets.count; i++)
        if (influence->sets.items[i] == name) return true;
    return false;
}

Name influence_meets(const Influence *one, const Influence *other)
{
    for (size_t i = 0; i < one->sets.count; i++) {
        Name name = one->sets.items[i];
        if (influence_has(other, name)) return name;
        for (size_t k = 0; k < other->reads.count; k++)
            if (other->reads.items[k] == name) return name;
    }
    for (size_t i = 0; i < other->sets.count; i++)
        for (size_t k = 0; k < one->reads.count; k++)
            if (one->reads.items[k] == other->sets.items[i]) return one->reads.items[k];
    return NULL;
}

/* --- what one function does --- */

/* `*rest` and `**options` are the function's own. */
static bool is_parameter(const FunctionInfo *function, Name name)
{
    const Unit *unit = function->unit;
    for (NodeId at = unit_node(unit, function->node)->first; at; at = unit_node(unit, at)->next)
        if (name && unit_node(unit, at)->name == name)
            return !(unit_node(unit, at)->flags & (FLAG_STAR | FLAG_DOUBLE_STAR));
    return false;
}

static bool is_own_object(const FunctionInfo *function, Name name)
{
    const Unit *unit = function->unit;
    NodeId first = unit_node(unit, function->node)->first;
    return function->class_id != ID_NONE && first && unit_node(unit, first)->name == name;
}

/* A name that the function made itself: nobody else sees what it does to it. */
static bool is_private(const FunctionInfo *function, Name name)
{
    return name && !is_parameter(function, name) &&
           name_is_local(function->unit, function->node, name_str(name)) &&
           map_find(&function->unit->declared_global, name) == MAP_NONE;
}

/* `__init__` makes an object that nobody has yet. */
static bool makes_object(const FunctionInfo *function, Name root)
{
    static const char *const words[] = {"__init__", "__new__", "__post_init__", NULL};
    const Node *node = unit_node(function->unit, function->node);
    for (size_t i = 0; words[i]; i++)
        if (node->name && str_equal(name_str(node->name), str_from(words[i])))
            return is_own_object(function, root);
    return false;
}

/* The name by which others know what is changed: `_cache` of `self._cache[key]`. */
static Name changed_name(const Unit *unit, NodeId target)
{
    const Node *node = unit_node(unit, target);
    for (unsigned i = 0; i < LIMIT_FIX_NESTING && node->kind == EXPR_SUBSCRIPT; i++)
        node = unit_node(unit, node->first);
    return node->kind == EXPR_ATTRIBUTE || node->kind == EXPR_NAME ? node->name : NULL;
}

static void note_change(Search *search, const FunctionInfo *function, Name root, NodeId target)
{
    Name name = changed_name(function->unit, target);
    if (is_private(function, root) || makes_object(function, root)) return;
    if (is_parameter(function, root) && !is_own_object(function, root))
        search->influence->changes_arguments = true;
    if (name)
        vec_add(&search->influence->sets, name);
    else
        search->influence->unknown = true;
}

static void note_use(Search *search, const FunctionInfo *function, const Use *use)
{
    const Unit *unit = function->unit;
    if (use->kind == USE_STORE)
        note_change(search, function, use->name, use->node);
    else if (use->kind == USE_COLLECT && use->name)
        note_change(search, function, use->name, unit_node(unit, unit_node(unit, use->node)->first)->first);
    else if ((use->kind == USE_WRITE || use->kind == USE_ADD) &&
             unit_declares_global(function, name_str(use->name)))
        vec_add(&search->influence->sets, use->name);
    else if (use->kind == USE_ATTRIBUTE)
        vec_add(&search->influence->reads, unit_node(unit, use->node)->name);
    else if (use->kind == USE_READ && !name_is_local(unit, function->node, name_str(use->name)))
        vec_add(&search->influence->reads, use->name);
}

static void look_at_function(Search *search, const FunctionInfo *function)
{
    const Node *node = unit_node(function->unit, function->node);
    if (!function->unit->is_root || node->kind != STMT_FUNCTION) return;
    if (node->flags & FLAG_UNREAD) {
        search->influence->unknown = true;
        return;
    }
    Uses uses;
    uses_init(&uses, function->unit);
    uses_add_block(&uses, node->second);
    for (size_t i = 0; i < uses.list.count; i++)
        note_use(search, function, &uses.list.items[i]);
    uses_free(&uses);
}

/* --- what it calls --- */

static void add_callee(Search *search, const Step *step)
{
    if (!step->call) return;
    const Instance *instance = step->call->instance;
    if (!instance) instance = program_function(search->program, step->call->function)->generic;
    for (size_t i = 0; instance && i < search->seen.count; i++)
        if (search->seen.items[i]->function == instance->function) return;
    if (instance && search->seen.count >= MOST_FUNCTIONS)
        search->influence->unknown = true;
    else if (instance)
        vec_add(&search->seen, instance);
}

static void add_calls_in(Search *search, const Draft *draft, const Instance *instance, Span span)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (step->function == instance->function && span_holds(span, draft_node(draft, step->node)->span))
            add_callee(search, step);
    }
}

static void follow(Search *search)
{
    for (size_t i = 0; i < search->seen.count; i++) {
        const Instance *instance = search->seen.items[i];
        look_at_function(search, program_function(search->program, instance->function));
        for (size_t k = 0; k < instance->steps.count; k++)
            add_callee(search, &instance->steps.items[k]);
    }
}

void influence_add(Influence *influence, const Draft *draft, NodeId node)
{
    Search search = {.program = draft->program, .influence = influence};
    for (size_t i = 0; i < draft->unit->on_loop.count; i++)
        if (draft->unit->on_loop.items[i]->function == draft->subject->function)
            add_calls_in(&search, draft, draft->unit->on_loop.items[i], draft_node(draft, node)->span);
    follow(&search);
    vec_free(&search.seen);
}

/* --- what may be evaluated earlier --- */

typedef struct Reading {
    const Influence *influence;
    const Draft *draft;
    unsigned depth;
} Reading;

static const char *forbids(Reading *reading, NodeId id);

static const char *forbids_list(Reading *reading, NodeId first)
{
    const char *reason = NULL;
    for (NodeId at = first; at && !reason; at = draft_node(reading->draft, at)->next)
        reason = forbids(reading, at);
    return reason;
}

static const char *forbids_links(Reading *reading, const Node *node)
{
    NodeId links[] = {node->first, node->second, node->third, node->fourth};
    const char *reason = NULL;
    for (size_t i = 0; i < sizeof links / sizeof *links && !reason; i++)
        reason = forbids_list(reading, links[i]);
    return reason;
}

static bool is_set(const Reading *reading, Name name)
{
    const Influence *influence = reading->influence;
    return influence && (influence->unknown || influence_has(influence, name));
}

static const char *forbids_name(const Reading *reading, Name name)
{
    bool global = !name || map_find(&reading->draft->unit->declared_global, name) != MAP_NONE;
    const FunctionInfo *function =
        reading->draft->subject->function == ID_NONE ? NULL : draft_function(reading->draft);
    bool shared = function && name_occurs(unit_text(reading->draft->unit, function->node), STR("nonlocal"));
    return global || shared || is_set(reading, name) ? "a name in it may get another value meanwhile" : NULL;
}

/* What the language's own types answer without a trace. */
static bool calls_nothing(const Reading *reading, const Node *call)
{
    static const char *const functions[] = {"str",   "int",        "float", "bool",     "len",   "list",
                                            "tuple", "dict",       "set",   "sorted",   "min",   "max",
                                            "range", "enumerate",  "zip",   "reversed", "round", "abs",
                                            "sum",   "isinstance", NULL};
    static const char *const methods[] = {
        "split", "rsplit",     "strip",    "lstrip",       "rstrip",       "lower",  "upper",  "format",
        "join",  "replace",    "get",      "items",        "keys",         "values", "encode", "decode",
        "copy",  "startswith", "endswith", "removeprefix", "removesuffix", NULL};
    const Draft *draft = reading->draft;
    const Node *callee = draft_node(draft, call->first);
    Name name = callee->name;
    if (!name) return false;
    bool method = callee->kind == EXPR_ATTRIBUTE;
    if (!method && (callee->kind != EXPR_NAME || frame_slot(draft->unit->module, name) ||
                    name_is_shadowed(draft->unit, draft_function(draft), name_str(name))))
        return false;
    const char *const *words = method ? methods : functions;
    for (size_t i = 0; words[i]; i++)
        if (str_equal(name_str(name), str_from(words[i]))) return true;
    return false;
}

static const char *forbids_call(Reading *reading, const Node *call)
{
    if (!calls_nothing(reading, call)) return "a call in it has to keep its place";
    const Node *callee = draft_node(reading->draft, call->first);
    const char *reason = callee->kind == EXPR_ATTRIBUTE ? forbids(reading, callee->first) : NULL;
    return reason ? reason : forbids_list(reading, call->second);
}

static const char *forbids_kind(Reading *reading, NodeId id)
{
    const Node *node = draft_node(reading->draft, id);
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
        return forbids_name(reading, node->name);
    case EXPR_ATTRIBUTE:
        if (is_set(reading, node->name)) return "an attribute in it may get another value meanwhile";
        return forbids(reading, node->first);
    case EXPR_SUBSCRIPT:
        if (reading->influence && reading->influence->changes_arguments)
            return "an item in it may get another value meanwhile";
        return forbids_links(reading, node);
    case EXPR_CALL:
        return forbids_call(reading, node);
    case EXPR_AWAIT:
    case EXPR_YIELD:
    case EXPR_NAMED:
    case NODE_DAMAGED:
        return "what stands in it has to keep its place";
    case EXPR_LAMBDA:
        return NULL;
    default:
        return forbids_links(reading, node);
    }
}

static const char *forbids(Reading *reading, NodeId id)
{
    if (!id) return NULL;
    if (reading->depth >= LIMIT_FIX_NESTING) return "nested too deep";
    reading->depth++;
    const char *reason = forbids_kind(reading, id);
    reading->depth--;
    return reason;
}

const char *influence_forbids(const Influence *influence, const Draft *draft, NodeId expression)
{
    Reading reading = {.influence = influence, .draft = draft};
    return forbids(&reading, expression);
}
