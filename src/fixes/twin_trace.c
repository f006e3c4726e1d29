#include "fixes/twin_trace.h"

#include "base/buf.h"
#include "base/banned.h"

enum { TRACE_AWAITS = 8, FAMILY_HOLDERS = 20 };

/* Where an object has got to on its way outwards. */
typedef struct Trace {
    Family *family;
    const Catalogue *catalogue;
    Spot spot;
    Str type;
    Spot awaits[TRACE_AWAITS]; /* calls to be awaited, the innermost first */
    uint32_t await_count;
    bool done;
} Trace;

Str twin_of_type(const Catalogue *catalogue, Arena *arena, Str type)
{
    for (Str at = catalogue_canonical(catalogue, type); at.len; at = path_owner(at)) {
        Str twin = catalogue_is_type(catalogue, at) ? catalogue_twin(catalogue, at) : STR("");
        if (twin.len)
            return str_join(arena, twin, STR(""), str_drop(catalogue_canonical(catalogue, type), at.len));
    }
    return STR("");
}

static Str twin_of(const Trace *trace, Str type)
{
    return type.len ? twin_of_type(trace->catalogue, trace->family->draft->arena, type) : STR("");
}

static void refuse(Trace *trace, const char *reason)
{
    draft_refuse(trace->family->draft, "%s", reason);
    trace->done = true;
}

static Str member_path(const Trace *trace, Str name)
{
    return str_join(trace->family->draft->arena, trace->type, STR("."), name);
}

static const Node *parent_of(const Trace *trace, uint32_t levels)
{
    return unit_node(trace->spot.unit, spot_parent(&trace->spot, levels));
}

/* Goes on with what the node so many levels around gives: an object of another type, or data. */
static void go_on(Trace *trace, uint32_t levels, Str type)
{
    trace->spot = spot_around(&trace->spot, levels);
    trace->type = type;
    if (!twin_of(trace, type).len) trace->done = true;
}

/* Where the spot stands, the client's calls can be awaited. */
static bool may_await(Trace *trace, const Spot *spot)
{
    if (around_forbids_await(&spot->around)) refuse(trace, "the object is used in a plain function");
    return !trace->done && twin_may_await(trace->family->draft, spot);
}

/* --- methods --- */

/* The replacement stands in the class that stands in for the one with the rule. */
static bool is_of_twin(const Trace *trace, const Rule *rule)
{
    Str twin = twin_of(trace, path_owner(rule->path));
    return twin.len && str_equal(path_owner(rule->replacement), twin);
}

static void add_await(Trace *trace)
{
    Spot call = spot_around(&trace->spot, 2);
    if (trace->await_count >= TRACE_AWAITS)
        refuse(trace, "the object is used in too many places");
    else if (may_await(trace, &call))
        trace->awaits[trace->await_count++] = call;
}

/* A call that does not block gives another object, or nothing that anybody looks at. */
static void pass_plain(Trace *trace, Str name)
{
    Str type = catalogue_returns(trace->catalogue, member_path(trace, name));
    bool unused = parent_of(trace, 3)->kind == STMT_EXPRESSION;
    bool data = type.len && !catalogue_is_type(trace->catalogue, type);
    if (!twin_of(trace, type).len && !data && !unused)
        draft_refuse(trace->family->draft, "what `%.*s` gives is not known", DRAFT_STR(name));
    go_on(trace, 2, type);
}

static void enter_call(Trace *trace, const Rule *rule)
{
    Spot call = spot_around(&trace->spot, 2);
    const Node *item = unit_node(call.unit, spot_parent(&call, 1));
    twin_enter(trace->family->draft, &call);
    if (item->second) refuse(trace, "what the object gives is entered under a name");
    twin_rename(trace->family->draft, call.unit, spot_parent(&trace->spot, 1), path_last(rule->replacement));
    trace->done = true;
}

static void write_call(Trace *trace, const Rule *rule)
{
    Draft *draft = trace->family->draft;
    Spot call = spot_around(&trace->spot, 2);
    NodeId attribute = spot_parent(&trace->spot, 1);
    if (!twin_takes(draft, call.unit, spot_node(&call), rule->path)) return;
    if (rule->form == FORM_ASYNC_WITH) {
        enter_call(trace, rule);
        return;
    }
    if (rule->form == FORM_AWAIT_CALL) add_await(trace);
    if (rule->form == FORM_ASYNC_FOR && may_await(trace, &call)) twin_iterate(draft, &call);
    twin_rename(draft, call.unit, attribute, path_last(rule->replacement));
    bool awaited = rule->form == FORM_AWAIT_CALL;
    if (!awaited && rule->form != FORM_ASYNC_FOR) refuse(trace, "the asynchronous form is of another kind");
    go_on(trace, 2, awaited ? rule->returns : STR(""));
}

static void pass_call(Trace *trace, Str name)
{
    Draft *draft = trace->family->draft;
    NodeId call = spot_parent(&trace->spot, 2);
    Rule rule;
    bool known = catalogue_member(trace->catalogue, trace->type, name, &rule);
    if (!known)
        draft_refuse(draft, "no asynchronous form of `%.*s` is known", DRAFT_STR(name));
    else if (rule.effect == EFFECT_NONE &&
             twin_takes(draft, trace->spot.unit, call, member_path(trace, name)))
        pass_plain(trace, name);
    else if (rule.effect != EFFECT_NONE && is_of_twin(trace, &rule))
        write_call(trace, &rule);
    else
        draft_refuse(draft, "no asynchronous form of `%.*s` is known", DRAFT_STR(name));
}

/* --- what stands around --- */

static void pass_attribute(Trace *trace)
{
    Str name = name_str(parent_of(trace, 1)->name);
    const Node *outer = parent_of(trace, 2);
    if (outer->kind == EXPR_CALL && outer->first == spot_parent(&trace->spot, 1)) {
        pass_call(trace, name);
        return;
    }
    Str type = catalogue_attribute(trace->catalogue, member_path(trace, name));
    if (!twin_of(trace, type).len)
        draft_refuse(trace->family->draft, "what `%.*s` holds is not known", DRAFT_STR(name));
    go_on(trace, 1, type);
}

static void pass_subscript(Trace *trace)
{
    Str type = catalogue_item(trace->catalogue, trace->type);
    if (!twin_of(trace, type).len) refuse(trace, "the object is handed on");
    go_on(trace, 1, type);
}

static bool is_known(const Family *family, const Holder *holder)
{
    for (size_t i = 0; i < family->holders.count; i++)
        if (holder_equal(&family->holders.items[i], holder)) return true;
    return false;
}

/* A name takes the object. */
static void bind(Trace *trace, NodeId target, Str type)
{
    Spot spot;
    Holder holder = {0};
    if (spot_find(trace->spot.unit, target, &spot) && !unit_node(spot.unit, target)->next)
        holder = holder_of(trace->family->draft, &spot);
    holder.type = type;
    if (holder.kind == HOLDER_NONE || trace->family->holders.count >= FAMILY_HOLDERS)
        refuse(trace, "the object is handed on");
    else if (!is_known(trace->family, &holder))
        vec_add(&trace->family->holders, holder);
    trace->done = true;
}

/* The `with` and the loops that the class itself has: by a rule, or by a twin of the method. */
static bool has_protocol(const Trace *trace, const char *method, const char *other, Form form)
{
    Rule rule;
    bool ruled = catalogue_member(trace->catalogue, trace->type, str_from(method), &rule) &&
                 rule.effect != EFFECT_NONE && rule.form == form && is_of_twin(trace, &rule);
    bool named = catalogue_twin(trace->catalogue, member_path(trace, str_from(method))).len > 0;
    return ruled || named || (other && has_protocol(trace, other, NULL, form));
}

static void pass_with(Trace *trace)
{
    Draft *draft = trace->family->draft;
    NodeId target = parent_of(trace, 1)->second;
    Str type = catalogue_enter(trace->catalogue, trace->type);
    if (!has_protocol(trace, "__exit__", "__enter__", FORM_ASYNC_WITH))
        refuse(trace, "whether it can be entered asynchronously is not known");
    else if (may_await(trace, &trace->spot))
        twin_enter(draft, &trace->spot);
    if (target && !trace->done) bind(trace, target, type.len ? type : trace->type);
    trace->done = true;
}

static void pass_iteration(Trace *trace)
{
    Draft *draft = trace->family->draft;
    if (!has_protocol(trace, "__iter__", "__next__", FORM_ASYNC_FOR))
        refuse(trace, "the object is handed on");
    else if (may_await(trace, &trace->spot))
        twin_iterate(draft, &trace->spot);
    trace->done = true;
}

/* `x is None`, `if x:` */
static bool is_test(const Trace *trace)
{
    const Node *parent = parent_of(trace, 1);
    if (parent->kind == STMT_IF || parent->kind == STMT_ASSERT)
        return parent->first == spot_node(&trace->spot);
    Str operator= name_str(parent->name);
    bool compares = parent->kind == EXPR_COMPARE &&
                    (str_equal(operator, STR("is")) || str_equal(operator, STR("is not")));
    return compares || (parent->kind == EXPR_UNARY && str_equal(operator, STR("not")));
}

/* A call that may collect what the object gives: `list(x)`. */
static bool is_argument(const Trace *trace, const Node *call)
{
    return call->kind == EXPR_CALL && call->second == spot_node(&trace->spot);
}

static bool is_loop(const Trace *trace, const Node *parent)
{
    return (parent->kind == STMT_FOR || parent->kind == CLAUSE_FOR) &&
           parent->second == spot_node(&trace->spot);
}

static void pass_statement(Trace *trace, const Node *parent)
{
    NodeId node = spot_node(&trace->spot);
    if (parent->kind == STMT_ASSIGN && parent->second == node)
        bind(trace, parent->first, trace->type);
    else if (parent->kind == STMT_ANNOTATED && parent->third == node)
        bind(trace, parent->first, trace->type);
    else if (parent->kind == WITH_ITEM && parent->first == node)
        pass_with(trace);
    else if (is_loop(trace, parent) || is_argument(trace, parent))
        pass_iteration(trace);
    else if (parent->kind != STMT_EXPRESSION && !is_test(trace))
        refuse(trace, "the object is handed on");
    trace->done = true;
}

static void pass(Trace *trace)
{
    const Node *parent = parent_of(trace, 1);
    bool object = parent->first == spot_node(&trace->spot);
    if (parent->kind == EXPR_ATTRIBUTE)
        pass_attribute(trace);
    else if (parent->kind == EXPR_SUBSCRIPT && object)
        pass_subscript(trace);
    else
        pass_statement(trace, parent);
}

/* All calls of a chain begin at one place: the words before it are one edit, the outermost first. */
static void write_awaits(const Trace *trace)
{
    Draft *draft = trace->family->draft;
    if (!trace->await_count) return;
    Str before = STR("");
    for (uint32_t i = trace->await_count; i-- > 0;) {
        const Spot *call = &trace->awaits[i];
        bool bracket = around_binds_tighter(&call->around);
        before = str_join(draft->arena, before, bracket ? STR("(await ") : STR("await "), STR(""));
        if (bracket)
            draft_insert(draft, call->unit, unit_node(call->unit, spot_node(call))->span.end, STR(")"));
    }
    const Spot *inner = &trace->awaits[0];
    draft_insert(draft, inner->unit, unit_node(inner->unit, spot_node(inner))->span.start, before);
}

void trace_use(Family *family, const Spot *spot, Str type)
{
    Trace trace = {.family = family, .catalogue = spot->unit->catalogue, .spot = *spot, .type = type};
    if (!spot_is_target(spot))
        while (!trace.done && !draft_is_refused(family->draft))
            pass(&trace);
    write_awaits(&trace);
}
