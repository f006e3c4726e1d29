#include "fixes/colour.h"

#include <stdlib.h>

#include "base/limits.h"
#include "fixes/held_lock.h"
#include "fixes/call_sites.h"
#include "base/banned.h"

typedef struct Colour {
    Draft *draft;
    const Program *program;
    VEC(uint32_t) functions; /* that become coroutines; those on the way first */
    VEC(CallSite) sites;     /* that are awaited */
    size_t on_way;
} Colour;

static const FunctionInfo *info_of(const Colour *colour, uint32_t function)
{
    return program_function(colour->program, function);
}

static bool becomes_coroutine(const Colour *colour, uint32_t function)
{
    for (size_t i = 0; i < colour->functions.count; i++)
        if (colour->functions.items[i] == function) return true;
    return false;
}

/* --- whether a function can --- */

static bool is_called_by_language(const FunctionInfo *info)
{
    Str name = str_after_last(info->name, '.');
    return str_starts(name, STR("__")) && str_ends(name, STR("__"));
}

static bool is_decorated(const FunctionInfo *info)
{
    const Unit *unit = info->unit;
    for (NodeId at = unit_node(unit, info->node)->third; at; at = unit_node(unit, at)->next) {
        Str text = unit_text(unit, at);
        if (!str_equal(text, STR("staticmethod")) && !str_equal(text, STR("classmethod"))) return true;
    }
    return false;
}

/* Others than the calls of the project's text run it. */
static bool is_handed_over(const Contexts *contexts)
{
    return contexts->exposed || contexts->pooled || contexts->as_coroutine || contexts->command_line ||
           contexts->start_up || contexts->run_alone || contexts->thread || contexts->few_threads ||
           contexts->loop || contexts->request;
}

/* A class of the language, which calls no methods but its own. */
static bool is_of_language(Str path)
{
    return str_starts(path, STR("builtins.")) || str_starts(path, STR("typing.")) ||
           str_starts(path, STR("abc."));
}

/* The base is one of the project's classes that stand above. */
static bool is_read(const Colour *colour, const ClassInfo *class, Str path)
{
    Str name = str_after_last(path, '.');
    for (uint32_t i = 1; i < class->order_count; i++) {
        const ClassInfo *above = colour->program->classes.items[class->order[i]];
        if (str_equal(str_after_last(above->name, '.'), name)) return true;
    }
    return false;
}

static bool has_library_base(const Colour *colour, const ClassInfo *class, const ClassInfo *at)
{
    for (uint32_t i = 0; i < at->base_count; i++) {
        const Item *path = value_find(at->bases[i], ITEM_PATH);
        if (path && !is_of_language(path->path) && !is_read(colour, class, path->path)) return true;
    }
    return at->has_unknown_base;
}

/* A class above it, which nobody read, may call it. */
static bool is_seen_above(const Colour *colour, const FunctionInfo *info)
{
    if (info->class_id == ID_NONE || str_starts(str_after_last(info->name, '.'), STR("_"))) return false;
    const ClassInfo *class = colour->program->classes.items[info->class_id];
    if (class->base_count && !class->order) return true;
    bool seen = has_library_base(colour, class, class);
    for (uint32_t i = 1; i < class->order_count; i++)
        seen = seen || has_library_base(colour, class, colour->program->classes.items[class->order[i]]);
    return seen;
}

static const char *kind_obstacle(const FunctionInfo *info)
{
    if (info->is_lambda) return "the way leads through a lambda";
    if (info->is_generator) return "the way leads through a generator";
    if (info->is_property) return "the way leads through a property";
    if (info->memoised) return "the way leads through a function whose results are kept";
    if (is_called_by_language(info)) return "the way leads through a method that the language calls";
    if (info->is_overload || info->is_dispatch || info->is_manager || is_decorated(info))
        return "the way leads through a decorated function";
    return info->is_abstract ? "the way leads through an abstract method" : NULL;
}

static bool starts_with_def(const FunctionInfo *info)
{
    Str text = unit_text(info->unit, info->node);
    return str_starts(text, STR("def")) && text.len > 3 && !byte_is_word(text.ptr[3]);
}

static const char *obstacle_to(const Colour *colour, const FunctionInfo *info)
{
    if (!info->unit->is_root) return "the way leads through an installed package";
    const char *kind = kind_obstacle(info);
    if (kind) return kind;
    if (is_handed_over(&info->contexts)) return "the way leads through a function that is handed to others";
    if (is_seen_above(colour, info)) return "the way leads through a method that a base class may call";
    return info->off_loop || !starts_with_def(info) ? "the way leads through code that is kept as it is"
                                                    : NULL;
}

static void add_function(Colour *colour, uint32_t function)
{
    if (function == ID_NONE) {
        draft_refuse(colour->draft, "it is called outside functions");
        return;
    }
    if (becomes_coroutine(colour, function)) return;
    const char *reason = obstacle_to(colour, info_of(colour, function));
    if (!reason && colour->functions.count >= LIMIT_COLOUR_FUNCTIONS)
        reason = "too many functions would become coroutines";
    if (reason)
        draft_refuse(colour->draft, "%s", reason);
    else
        vec_add(&colour->functions, function);
}

/* --- who calls --- */

static bool is_awaited(const Around *around)
{
    return unit_node(around->unit, around_parent(around))->kind == EXPR_AWAIT;
}

/* The body, not a decorator or a default of its parameters. */
static bool stands_in_body(const Around *around)
{
    for (uint32_t i = around->count; i-- > 1;) {
        const Node *outer = unit_node(around->unit, around->nodes[i - 1]);
        if (outer->kind != STMT_FUNCTION) continue;
        Span place = unit_node(around->unit, around->nodes[i])->span;
        return outer->second && place.start >= unit_node(around->unit, outer->second)->span.start;
    }
    return false;
}

/* Where the call stands in its function, which is or becomes a coroutine. */
static bool find_place(Colour *colour, const Unit *unit, uint32_t function, NodeId node, Around *around)
{
    const FunctionInfo *info = info_of(colour, function);
    if (info->unit != unit || !around_find(unit, info->node, node, around))
        draft_refuse(colour->draft, "its place in the function was not found");
    else if (around_forbids_suspension(around))
        draft_refuse(colour->draft, "a call of it %s", around_forbids_suspension(around));
    else if (!stands_in_body(around))
        draft_refuse(colour->draft, "a call of it stands outside a body");
    else if (lock_is_held(colour->program, function, around))
        draft_refuse(colour->draft, "a lock of threads is held there");
    return !draft_is_refused(colour->draft);
}

static void add_site(Colour *colour, const CallSite *site)
{
    Around around;
    if (site->function == ID_NONE || !info_of(colour, site->function)->is_async)
        add_function(colour, site->function);
    if (draft_is_refused(colour->draft)) return;
    if (!find_place(colour, site->unit, site->function, site->call, &around)) return;
    if (is_awaited(&around))
        draft_refuse(colour->draft, "what a call of it gives is awaited");
    else if (colour->sites.count >= LIMIT_COLOUR_CALLS)
        draft_refuse(colour->draft, "too many calls would be awaited");
    else
        vec_add(&colour->sites, *site);
}

static void add_callers(Colour *colour, size_t index)
{
    CallSites mentions;
    call_sites_find(colour->program, colour->functions.items[index], &mentions);
    if (mentions.obstacle)
        draft_refuse(colour->draft, "%s", mentions.obstacle);
    else if (!mentions.sites.count)
        draft_refuse(colour->draft, "a function that calls it is called from nowhere that is known");
    for (size_t i = 0; i < mentions.sites.count && !draft_is_refused(colour->draft); i++)
        add_site(colour, &mentions.sites.items[i]);
    call_sites_free(&mentions);
}

static void add_way(Colour *colour)
{
    for (const Reach *reach = colour->draft->subject->reach; reach->next; reach = reach->next)
        if (!info_of(colour, reach->step->call->function)->is_async)
            add_function(colour, reach->step->call->function);
    colour->on_way = colour->functions.count;
}

/* --- writing --- */

static int compare_sites(const void *left, const void *right)
{
    const CallSite *one = left, *other = right;
    if (one->unit != other->unit) return one->unit->index < other->unit->index ? -1 : 1;
    Span first = unit_node(one->unit, one->call)->span, second = unit_node(other->unit, other->call)->span;
    if (first.start != second.start) return first.start < second.start ? -1 : 1;
    return first.end > second.end ? -1 : first.end < second.end;
}

static void write_site(Colour *colour, const CallSite *site)
{
    Around around;
    if (!find_place(colour, site->unit, site->function, site->call, &around)) return;
    Span span = unit_node(site->unit, site->call)->span;
    bool bracket = around_binds_tighter(&around);
    draft_insert(colour->draft, site->unit, span.start, bracket ? STR("(await ") : STR("await "));
    if (bracket) draft_insert(colour->draft, site->unit, span.end, STR(")"));
    draft_claim(colour->draft, site->unit, unit_node(site->unit, around_statement(&around))->span);
}

static void write_sink(Colour *colour, SinkWrite *write)
{
    const Step *sink = colour->draft->subject->sink;
    const FunctionInfo *info = info_of(colour, sink->function);
    Around around;
    if (find_place(colour, info->unit, sink->function, sink->node, &around))
        write(colour->draft, info->unit, info, sink, around_binds_tighter(&around));
}

static void write_function(Colour *colour, uint32_t function)
{
    const FunctionInfo *info = info_of(colour, function);
    Span span = unit_node(info->unit, info->node)->span;
    draft_insert(colour->draft, info->unit, span.start, STR("async "));
    draft_claim(colour->draft, info->unit, span);
}

static void describe(Colour *colour)
{
    Draft *draft = colour->draft;
    Str name = str_after_last(info_of(colour, colour->functions.items[0])->name, '.');
    size_t others = colour->functions.count - 1;
    if (others)
        draft_title(draft, "Make `%.*s` and %zu more coroutines, and await them", DRAFT_STR(name), others);
    else
        draft_title(draft, "Make `%.*s` a coroutine, and await it", DRAFT_STR(name));
    draft_note(draft,
               "other coroutines may run where it is awaited; code outside the project that calls it has to "
               "await it, too");
    draft_at_most(draft, APPLICABILITY_UNSAFE);
}

static void write_all(Colour *colour, SinkWrite *write)
{
    if (colour->sites.count)
        qsort(colour->sites.items, colour->sites.count, sizeof *colour->sites.items, compare_sites);
    for (size_t i = 0; i < colour->functions.count; i++)
        write_function(colour, colour->functions.items[i]);
    for (size_t i = 0; i < colour->sites.count; i++)
        write_site(colour, &colour->sites.items[i]);
    write_sink(colour, write);
    describe(colour);
}

/* --- the fix --- */

bool colour_fits(const Draft *draft)
{
    const Subject *subject = draft->subject;
    return subject->kind == SUBJECT_STALL && subject->reach->next && subject->sink &&
           subject->sink->call == NULL;
}

/* Only some of the files are seen: others may call it. */
static bool is_cut_out(const Program *program)
{
    for (size_t i = 0; i < program->file_count; i++)
        if (!program->files[i].named) return false;
    return program->file_count && str_find_byte(program->files[0].project_path, '/') != SIZE_MAX;
}

static void find_all(Colour *colour)
{
    const Step *sink = colour->draft->subject->sink;
    add_way(colour);
    if (!draft_is_refused(colour->draft) && sink->function == ID_NONE)
        draft_refuse(colour->draft, "what blocks stands outside functions");
    if (draft_is_refused(colour->draft)) return;
    if (!info_of(colour, sink->function)->is_async) add_function(colour, sink->function);
    if (is_cut_out(colour->program))
        draft_refuse(colour->draft, "other files of the project were not looked at");
    for (size_t i = 0; i < colour->functions.count && !draft_is_refused(colour->draft); i++)
        add_callers(colour, i);
}

void colour_write(Draft *draft, SinkWrite *write)
{
    Colour colour = {.draft = draft, .program = draft->program};
    find_all(&colour);
    if (!draft_is_refused(draft) && colour.functions.count) write_all(&colour, write);
    vec_free(&colour.functions);
    vec_free(&colour.sites);
}
