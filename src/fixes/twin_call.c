#include "fixes/twin_call.h"

#include "fixes/dotted.h"
#include "fixes/twin_edit.h"
#include "base/banned.h"

typedef struct Swap {
    Draft *draft;
    const Rule *rule;
    Str twin;
    Spot spot; /* the call, or what is iterated */
    Str shown; /* the twin as a reader names it */
} Swap;

/* --- the name --- */

static void replace_callee(Swap *swap, NodeId callee)
{
    Draft *draft = swap->draft;
    Str name = draft_name(draft, path_owner(swap->twin), path_last(swap->twin));
    if (!draft_is_refused(draft)) draft_replace(draft, draft->unit, draft_node(draft, callee)->span, name);
    swap->shown = name;
}

static void rename_callee(Swap *swap, NodeId callee)
{
    swap->shown = path_last(swap->twin);
    twin_rename(swap->draft, swap->draft->unit, callee, swap->shown);
}

/* A method is renamed on its object; a function takes the name that its module has here. */
static void write_name(Swap *swap)
{
    Draft *draft = swap->draft;
    NodeId callee = draft_node(draft, spot_node(&swap->spot))->first;
    const Node *node = draft_node(draft, callee);
    Str owner = path_owner(swap->rule->path), name = name_str(node->name);
    bool named = node->kind == EXPR_ATTRIBUTE && str_equal(name, path_last(swap->rule->path));
    bool beside = str_equal(owner, path_owner(swap->twin));
    bool method = catalogue_is_type(draft->unit->catalogue, owner);
    if (named && beside)
        rename_callee(swap, callee);
    else if (method)
        draft_refuse(draft, "the method is called by another name");
    else if (!str_equal(dotted_path(draft, callee), swap->rule->path))
        draft_refuse(draft, "what is called is no name of an import");
    else
        replace_callee(swap, callee);
}

/* --- the form --- */

static bool is_protocol(Str path)
{
    return str_starts(path_last(path), STR("__"));
}

static void write_call(Swap *swap)
{
    Draft *draft = swap->draft;
    NodeId call = spot_node(&swap->spot);
    if (draft_node(draft, call)->kind != EXPR_CALL) {
        draft_refuse(draft, "is not called in place");
        return;
    }
    if (!twin_takes(draft, draft->unit, call, swap->rule->path)) return;
    if (swap->rule->form == FORM_AWAIT_CALL) twin_await(draft, &swap->spot);
    if (swap->rule->form == FORM_ASYNC_FOR) twin_iterate(draft, &swap->spot);
    if (swap->rule->form == FORM_ASYNC_WITH) twin_enter(draft, &swap->spot);
    write_name(swap);
}

static void write_title(Swap *swap)
{
    Draft *draft = swap->draft;
    Str needs = catalogue_needs(draft->unit->catalogue, swap->twin);
    if (swap->rule->form == FORM_AWAIT_CALL)
        draft_title(draft, "Await `%.*s`", DRAFT_STR(swap->shown));
    else if (swap->shown.len)
        draft_title(draft, "Iterate over `%.*s` with `async for`", DRAFT_STR(swap->shown));
    else
        draft_title(draft, "Iterate with `async for`");
    if (needs.len) draft_note(draft, "needs %.*s", DRAFT_STR(needs));
}

/* What is installed has the twin as well, unless an extra or another distribution brings it. */
static void weigh(Swap *swap)
{
    Draft *draft = swap->draft;
    Str package = swap->rule->package;
    bool other = !str_equal(str_before(swap->rule->path, '.'), str_before(swap->twin, '.'));
    bool extra = str_find_byte(package, '[') != SIZE_MAX;
    if (package.len && (other || extra)) {
        draft_package(draft, package);
        draft_at_most(draft, APPLICABILITY_UNSAFE);
    }
    if (draft->report->finding.confidence < CONFIDENCE_CERTAIN) draft_at_most(draft, APPLICABILITY_UNSAFE);
}

bool twin_call(Draft *draft)
{
    const Rule *rule = &draft->subject->sink->rule;
    Swap swap = {.draft = draft, .rule = rule, .twin = catalogue_twin(draft->unit->catalogue, rule->path)};
    if (!swap.twin.len) return false;
    if (!spot_of_finding(draft, &swap.spot))
        draft_refuse(draft, "its place in the function was not found");
    else if (!twin_may_await(draft, &swap.spot))
        return true;
    else if (is_protocol(rule->path))
        twin_iterate(draft, &swap.spot);
    else
        write_call(&swap);
    write_title(&swap);
    weigh(&swap);
    return true;
}
