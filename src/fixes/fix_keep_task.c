/* Keeps a task until it is done: `tasks.add(task)`, `task.add_done_callback(tasks.discard)`. What the program does is the
 * same, but for tasks that vanished: safe. */
#include "fixes/passage.h"
#include "fixes/names.h"
#include "fixes/shape.h"
#include "base/banned.h"

/* --- the set --- */

/* The one name that a statement of the module binds; NULL: none, or several. */
static Name bound_name(const Unit *unit, const Node *statement)
{
    if (statement->kind != STMT_ASSIGN && statement->kind != STMT_ANNOTATED) return NULL;
    const Node *target = unit_node(unit, statement->first);
    return target->kind == EXPR_NAME && !target->next ? target->name : NULL;
}

static bool is_empty_set(const Unit *unit, const Node *statement)
{
    NodeId value = statement->kind == STMT_ANNOTATED ? statement->third : statement->second;
    const Node *call = unit_node(unit, value);
    return call->kind == EXPR_CALL && str_equal(unit_text(unit, value), STR("set()"));
}

/* A set of the module that keeps tasks already; empty: none. */
static Str known_set(const Draft *draft)
{
    const Unit *unit = draft->unit;
    for (NodeId at = facts_module(unit->facts); at; at = unit_node(unit, at)->next) {
        const Node *statement = unit_node(unit, at);
        Name name = bound_name(unit, statement);
        if (!name || !is_empty_set(unit, statement)) continue;
        Str used = draft_format(draft, "add_done_callback(%.*s.discard)", DRAFT_STR(name_str(name)));
        bool shadowed = name_is_shadowed(unit, draft_function(draft), name_str(name));
        if (!shadowed && str_find(unit->source.text, used) != SIZE_MAX) return name_str(name);
    }
    return STR("");
}

/* Where the first definition starts, its decorators with it. */
static uint32_t definition_start(const Unit *unit, const Node *definition)
{
    const Node *first = definition->third ? unit_node(unit, definition->third) : definition;
    return passage_line_start(unit, first->span.start);
}

/* A definition, or a statement around the one that makes the task. */
static bool comes_behind(const Draft *draft, const Node *statement)
{
    bool definition = statement->kind == STMT_FUNCTION || statement->kind == STMT_CLASS;
    return definition || statement->span.end > draft_node(draft, draft->subject->node)->span.start;
}

/* Behind the last statement before the first definition. */
static void add_set(Draft *draft, Str name)
{
    const Unit *unit = draft->unit;
    NodeId before = 0, at = facts_module(unit->facts);
    for (; at && !comes_behind(draft, unit_node(unit, at)); at = unit_node(unit, at)->next)
        before = at;
    const Node *last = unit_node(unit, before);
    bool assigns = last->kind == STMT_ASSIGN || last->kind == STMT_ANNOTATED;
    if (before)
        draft_insert(draft, unit, passage_line_end(unit, last->span.end),
                     draft_format(draft, "\n%s%.*s = set()", assigns ? "" : "\n", DRAFT_STR(name)));
    else if (at)
        draft_insert(draft, unit, definition_start(unit, unit_node(unit, at)),
                     draft_format(draft, "%.*s = set()\n\n\n", DRAFT_STR(name)));
    else
        draft_refuse(draft, "the module has no place for a set of tasks");
}

static Str set_of_tasks(Draft *draft)
{
    static const char *const names[] = {"background_tasks", "running_tasks", "_background_tasks"};
    Str known = known_set(draft);
    if (known.len) return known;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (name_occurs(draft->unit->source.text, str_from(names[i]))) continue;
        add_set(draft, str_from(names[i]));
        return str_from(names[i]);
    }
    draft_refuse(draft, "the names for a set of tasks are taken");
    return STR("");
}

/* --- the task --- */

/* Gives the task a name, or takes the one that it has. */
static Str named_task(Draft *draft, const Node *statement)
{
    const Node *target = draft_node(draft, statement->first);
    bool assigned = statement->kind == STMT_ASSIGN;
    if (assigned && !str_equal(name_str(target->name), STR("_"))) return name_str(target->name);
    Str name = name_fresh(draft, draft->unit, draft_function(draft), STR("task"));
    if (assigned)
        draft_replace(draft, draft->unit, target->span, name);
    else
        draft_insert(draft, draft->unit, statement->span.start,
                     draft_format(draft, "%.*s = ", DRAFT_STR(name)));
    return name;
}

static const char *obstacle(const Draft *draft, const Node *statement)
{
    if (!draft_function(draft)) return "stands outside a function";
    if (draft_function(draft)->is_lambda) return "stands in a lambda";
    bool assigned = statement->kind == STMT_ASSIGN;
    NodeId value = assigned ? statement->second : statement->first;
    if ((!assigned && statement->kind != STMT_EXPRESSION) || value != draft->subject->node)
        return "the task is part of an expression";
    if (assigned && !bound_name(draft->unit, statement)) return "the task is part of an expression";
    return passage_owns_lines(draft->unit, statement->span) ? NULL : "the statement shares its line";
}

static void keep(Draft *draft, const Node *statement)
{
    Str set = set_of_tasks(draft);
    if (draft_is_refused(draft)) return;
    Str indent = draft_indent(draft, draft->unit, statement->span.start), task = named_task(draft, statement);
    draft_insert(draft, draft->unit, passage_line_end(draft->unit, statement->span.end),
                 draft_format(draft, "\n%.*s%.*s.add(%.*s)\n%.*s%.*s.add_done_callback(%.*s.discard)",
                              DRAFT_STR(indent), DRAFT_STR(set), DRAFT_STR(task), DRAFT_STR(indent),
                              DRAFT_STR(task), DRAFT_STR(set)));
    draft_claim(draft, draft->unit, statement->span);
    draft_title(draft, "Keep the task in `%.*s` until it is done", DRAFT_STR(set));
}

static void propose(Draft *draft)
{
    const Observation *made = draft->subject->observation;
    if (draft->subject->kind != SUBJECT_OBSERVATION || !made || made->kind != OBSERVED_TASK) return;
    const Node *statement = draft_node(draft, draft->subject->statement);
    const char *reason =
        made->use == OUTCOME_RETURN ? "the task comes out of another function" : obstacle(draft, statement);
    if (reason)
        draft_refuse(draft, "%s", reason);
    else
        keep(draft, statement);
}

const FixShape fix_keep_task = {.name = "keep-task", .rank = RANK_MISUSE, .propose = propose};
