#include "fixes/twin_client.h"

#include "fixes/twin_class.h"
#include "fixes/twin_trace.h"
#include "base/banned.h"

enum { CLIENT_STEPS = 8 };

/* The call that makes the client. */
typedef struct Maker {
    Spot spot;   /* the call; around.count 0: not found */
    Str path;    /* what is called: lib.Client, lib.Client.from_url */
    Str twin;    /* of path */
    Str type;    /* of the client */
    Holder name; /* that holds it; HOLDER_NONE: none does */
} Maker;

/* --- where it is made --- */

static bool is_maker(Draft *draft, const Spot *spot, Maker *maker)
{
    const Catalogue *catalogue = spot->unit->catalogue;
    const Node *call = unit_node(spot->unit, spot_node(spot));
    Spot callee;
    if (call->kind != EXPR_CALL || !spot_find(spot->unit, call->first, &callee)) return false;
    Str path = class_path(draft, &callee);
    Str twin = path.len ? catalogue_twin(catalogue, path) : path;
    Str type = twin.len ? catalogue_canonical(catalogue, catalogue_returns(catalogue, path)) : twin;
    if (!type.len || !catalogue_twin(catalogue, type).len) return false;
    maker->spot = *spot;
    maker->path = path;
    maker->twin = twin;
    maker->type = type;
    return true;
}

/* The innermost thing that the expression works on: a call that makes a client, or a name. */
static NodeId base_of(Draft *draft, const Unit *unit, NodeId node, Maker *maker, Holder *holder)
{
    for (unsigned i = 0; i < LIMIT_FIX_NESTING && node; i++) {
        const Node *at = unit_node(unit, node);
        Spot spot;
        if (!spot_find(unit, node, &spot)) return 0;
        if (is_maker(draft, &spot, maker)) return node;
        *holder = holder_of(draft, &spot);
        if (holder->kind != HOLDER_NONE) return node;
        bool inward = at->kind == EXPR_ATTRIBUTE || at->kind == EXPR_CALL || at->kind == EXPR_SUBSCRIPT;
        node = inward ? at->first : 0;
    }
    return 0;
}

/* The expression that a target is bound to. */
static NodeId bound_value(const Spot *target)
{
    const Node *parent = unit_node(target->unit, spot_parent(target, 1));
    if (parent->kind == STMT_ASSIGN) return parent->second;
    return parent->kind == STMT_ANNOTATED ? parent->third : parent->first;
}

/* What the only binding of the holder gives it; unit: where that stands. 0, and refused: there is none. */
static NodeId binding_of(Draft *draft, const Holder *holder, const Unit **unit)
{
    Spots spots = {0};
    NodeId value = 0;
    uint32_t count = 0;
    holder_uses(draft, holder, &spots);
    for (size_t i = 0; i < spots.count; i++) {
        if (!spot_is_target(&spots.items[i])) continue;
        value = bound_value(&spots.items[i]);
        *unit = spots.items[i].unit;
        count++;
    }
    vec_free(&spots);
    if (!count || !value) draft_refuse(draft, "where the object is made was not found");
    if (count > 1) draft_refuse(draft, "the object is bound more than once");
    return draft_is_refused(draft) ? 0 : value;
}

static void find_maker(Draft *draft, Maker *maker)
{
    const Unit *unit = draft->unit;
    NodeId node = draft->subject->node, argument = twin_collected(unit, node);
    if (argument) node = argument;
    for (unsigned i = 0; i < CLIENT_STEPS && node && !maker->spot.around.count; i++) {
        Holder holder = {0};
        node = base_of(draft, unit, node, maker, &holder);
        if (maker->spot.around.count || !node) break;
        maker->name = holder;
        node = binding_of(draft, &holder, &unit);
    }
    if (!maker->spot.around.count) draft_refuse(draft, "where the object is made was not found");
}

/* --- all that is made of it --- */

static void follow_holder(Family *family, const Holder *holder)
{
    Spots spots = {0};
    uint32_t targets = 0;
    holder_uses(family->draft, holder, &spots);
    for (size_t i = 0; i < spots.count && !draft_is_refused(family->draft); i++) {
        targets += spot_is_target(&spots.items[i]);
        trace_use(family, &spots.items[i], holder->type);
    }
    if (targets != 1) draft_refuse(family->draft, "the object is bound more than once");
    vec_free(&spots);
}

static void follow(Draft *draft, const Maker *maker)
{
    Family family = {.draft = draft};
    trace_use(&family, &maker->spot, maker->type);
    for (size_t i = 0; i < family.holders.count && !draft_is_refused(draft); i++) {
        Holder holder = family.holders.items[i];
        follow_holder(&family, &holder);
    }
    for (size_t i = 0; i < family.holders.count; i++)
        holder_check_files(draft, &family.holders.items[i]);
    vec_free(&family.holders);
}

/* `client: Client = Client()`: 0 without an annotation. */
static NodeId annotation_of(const Spot *call)
{
    const Node *parent = unit_node(call->unit, spot_parent(call, 1));
    return parent->kind == STMT_ANNOTATED ? parent->second : 0;
}

static void rename_annotation(Draft *draft, const Maker *maker, NodeId annotation)
{
    Spot spot;
    bool found = spot_find(maker->spot.unit, annotation, &spot);
    if (found && str_equal(class_path(draft, &spot), maker->type))
        class_rename(draft, &spot, maker->type, catalogue_twin(maker->spot.unit->catalogue, maker->type), 1);
    else
        draft_refuse(draft, "the annotation of the object is of another kind");
}

static void rename_maker(Draft *draft, const Maker *maker)
{
    const Unit *unit = maker->spot.unit;
    NodeId annotation = annotation_of(&maker->spot);
    Spot callee;
    if (!twin_takes(draft, unit, spot_node(&maker->spot), maker->path)) return;
    if (spot_find(unit, unit_node(unit, spot_node(&maker->spot))->first, &callee))
        class_rename(draft, &callee, maker->path, maker->twin, annotation ? 1 : 0);
    if (annotation) rename_annotation(draft, maker, annotation);
}

/* --- the fix --- */

static void write_title(Draft *draft, const Maker *maker)
{
    const Catalogue *catalogue = draft->unit->catalogue;
    Str needs = catalogue_needs(catalogue, catalogue_twin(catalogue, maker->type));
    Str twin = catalogue_twin(catalogue, maker->type);
    if (maker->name.kind == HOLDER_NONE)
        draft_title(draft, "Use `%.*s` and await its calls", DRAFT_STR(twin));
    else
        draft_title(draft, "Make `%.*s` an object of `%.*s` and await its calls",
                    DRAFT_STR(name_str(maker->name.name)), DRAFT_STR(twin));
    if (needs.len) draft_note(draft, "needs %.*s", DRAFT_STR(needs));
}

/* A lock or a queue of threads that others may see is there for them: only what a function keeps to itself is surely
 * for coroutines alone. */
static void spare_threads(Draft *draft, const Maker *maker)
{
    const Rule *rule = &draft->subject->sink->rule;
    bool of_threads = (rule->effect == EFFECT_LOCK || rule->effect == EFFECT_QUEUE) && !rule->package.len;
    if (!of_threads || draft_is_refused(draft) || maker->name.kind == HOLDER_LOCAL) return;
    draft_refuse(draft, "threads may use the object as well");
}

static void name_package(Draft *draft)
{
    Str package = draft->subject->sink->rule.package;
    if (str_find_byte(package, '[') != SIZE_MAX) draft_package(draft, package);
}

bool twin_client(Draft *draft)
{
    const Rule *rule = &draft->subject->sink->rule;
    Str twin = twin_of_type(draft->unit->catalogue, draft->arena, path_owner(rule->path));
    if (!twin.len) return false;
    Maker maker = {0};
    find_maker(draft, &maker);
    if (!draft_is_refused(draft)) rename_maker(draft, &maker);
    if (!draft_is_refused(draft)) follow(draft, &maker);
    write_title(draft, &maker);
    name_package(draft);
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    spare_threads(draft, &maker);
    return true;
}
