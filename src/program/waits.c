#include "program/waits.h"

#include "base/identifier.h"
#include "base/banned.h"

/* --- functions that mostly find what an earlier call left --- */

static bool has_caching_decorator(const FunctionInfo *info)
{
    static const char *const stems[] = {"cache", "alru", "lru", "memo", NULL};
    const Node *node = unit_node(info->unit, info->node);
    for (NodeId at = node->kind == STMT_FUNCTION ? node->third : 0; at;
         at = unit_node(info->unit, at)->next) {
        const Node *decorator = unit_node(info->unit, at);
        NodeId name = decorator->kind == EXPR_CALL ? decorator->first : at;
        if (identifier_has_stem(name_str(unit_node(info->unit, name)->name), stems)) return true;
    }
    return false;
}

static bool is_constant(const Node *node)
{
    bool literal = node->kind == EXPR_STRING || node->kind == EXPR_NUMBER || node->kind == EXPR_TRUE ||
                   node->kind == EXPR_FALSE || node->kind == EXPR_NOTHING || node->kind == EXPR_CALL;
    bool display = node->kind == EXPR_LIST || node->kind == EXPR_DICT || node->kind == EXPR_TUPLE;
    return literal || (display && !node->first);
}

/* `if found: return found`, `if key in self._kept: return self._kept[key]` */
static bool returns_what_is_kept(const Unit *unit, const Node *test)
{
    static const char *const stems[] = {"cache", "memo", NULL};
    NodeId last = test->second;
    while (last && unit_node(unit, last)->next)
        last = unit_node(unit, last)->next;
    const Node *leaves = unit_node(unit, last);
    if (leaves->kind != STMT_RETURN || !leaves->first) return false;
    const Node *value = unit_node(unit, leaves->first);
    NodeId kept = value->kind == EXPR_SUBSCRIPT ? value->first : leaves->first;
    Str text = unit_text(unit, kept), tested = unit_text(unit, test->first);
    if (identifier_has_stem(tested, stems) || identifier_has_stem(text, stems)) return true;
    return !is_constant(value) && str_find(tested, text) != SIZE_MAX;
}

static bool looks_before_it_works(const FunctionInfo *info)
{
    const Node *node = unit_node(info->unit, info->node);
    if (node->kind != STMT_FUNCTION || node->flags & FLAG_UNREAD) return false;
    for (NodeId at = node->second; at; at = unit_node(info->unit, at)->next) {
        const Node *statement = unit_node(info->unit, at);
        if (statement->kind == STMT_IF && !statement->third && returns_what_is_kept(info->unit, statement))
            return true;
    }
    return false;
}

static bool is_caching(FunctionInfo *info)
{
    if (info->caching_known) return info->caching;
    info->caching_known = true;
    info->caching = info->memoised || has_caching_decorator(info) || looks_before_it_works(info);
    return info->caching;
}

/* --- ways --- */

static bool is_surer(const Wait *left, const Wait *right)
{
    if (!right) return true;
    if (left->sometimes != right->sometimes) return right->sometimes;
    if (left->confidence != right->confidence) return left->confidence > right->confidence;
    return left->hops < right->hops;
}

static bool keep(Program *program, Instance *instance, uint32_t kind, const Wait *wait)
{
    if (!is_surer(wait, instance->wait[kind])) return false;
    Wait *kept = arena_alloc(&program->arena, sizeof *kept);
    *kept = *wait;
    instance->wait[kind] = kept;
    instance->waits |= TRAIT_BIT(kind);
    return true;
}

static bool add_bits(Instance *instance, uint32_t bits)
{
    uint32_t before = instance->waits;
    instance->waits |= bits;
    return instance->waits != before;
}

/* It waits in one of its branches only: in two of them, it may well be in each. */
static bool is_rare(Instance *instance, NodeId branch, uint32_t kind)
{
    if (!branch || !(TRAIT_BIT(kind) & WAITS_APART)) return branch != 0;
    if (!instance->waiting_branch) instance->waiting_branch = branch;
    return instance->waiting_branch == branch;
}

static bool take_observation(Program *program, Instance *instance, const Observation *seen)
{
    if (seen->kind != OBSERVED_WAIT) return false;
    bool changed = add_bits(instance, seen->waits & ~TRAITS_OF_WAITING);
    for (uint32_t kind = 0; kind < WAIT_KINDS; kind++) {
        if (!(seen->waits & TRAIT_BIT(kind))) continue;
        Wait wait = {.confidence = seen->confidence, .observation = seen};
        wait.sometimes = seen->guarded || is_rare(instance, seen->branch, kind);
        changed = keep(program, instance, kind, &wait) || changed;
    }
    return changed;
}

/* Whoever calls it waits for it, now or where it hands it on. */
static bool is_waited_for(const Program *program, const Step *step)
{
    if (!step->call) return false;
    const FunctionInfo *info = program->functions.items[step->call->function];
    return info->is_async ? step->awaited || step->handed_on : !step->elsewhere;
}

static Instance *callee_of(const Program *program, const Step *step)
{
    if (step->call->instance) return step->call->instance;
    return ((FunctionInfo *)program->functions.items[step->call->function])->generic;
}

/* The caller made what is shared, and hands it down: whoever calls the caller shares nothing. */
static bool hands_own_down(const Unit *unit, const Instance *instance, const Step *step)
{
    Span call = unit_node(unit, step->node)->span;
    bool own = false;
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *seen = &instance->observations.items[i];
        if (seen->kind != OBSERVED_SHARED || seen->function != step->function) continue;
        Span span = unit_node(unit, seen->node)->span;
        if (span.start < call.start || span.end > call.end) continue;
        if (!seen->own) return false;
        own = true;
    }
    return own;
}

static uint32_t bits_of_callee(const Program *program, const Instance *instance, const Step *step,
                               const Instance *callee)
{
    uint32_t bits = callee->waits & ~TRAITS_OF_WAITING;
    if (!(bits & WAITS_SHARED & ~instance->waits)) return bits;
    const FunctionInfo *info = program->functions.items[instance->function];
    return hands_own_down(info->unit, instance, step) ? bits & ~WAITS_SHARED : bits;
}

static bool take_step(Program *program, Instance *instance, const Step *step)
{
    if (!is_waited_for(program, step)) return false;
    FunctionInfo *info = program->functions.items[step->call->function];
    const Instance *callee = callee_of(program, step);
    if (!callee || !callee->waits) return false;
    bool changed = add_bits(instance, bits_of_callee(program, instance, step, callee));
    for (uint32_t kind = 0; kind < WAIT_KINDS; kind++) {
        const Wait *next = callee->wait[kind];
        if (!next) continue;
        Wait wait = {.hops = next->hops + 1, .confidence = next->confidence, .step = step, .next = next};
        wait.sometimes = next->sometimes || step->guarded || is_caching(info);
        wait.sometimes = wait.sometimes || is_rare(instance, step->branch, kind);
        if (step->confidence < wait.confidence) wait.confidence = step->confidence;
        changed = keep(program, instance, kind, &wait) || changed;
    }
    return changed;
}

static bool solve_instance(Program *program, Instance *instance)
{
    bool changed = false;
    for (size_t i = 0; i < instance->observations.count; i++)
        changed = take_observation(program, instance, &instance->observations.items[i]) || changed;
    for (size_t i = 0; i < instance->steps.count; i++)
        changed = take_step(program, instance, &instance->steps.items[i]) || changed;
    return changed;
}

/* The function of the program that is handed to a thread there is known to wait. */
static bool takes_long(const Program *program, const Observation *seen)
{
    const Instance *instance = seen->call ? seen->call->instance : NULL;
    if (!seen->call) return false;
    if (!instance) instance = ((FunctionInfo *)program->functions.items[seen->call->function])->generic;
    const uint32_t brief = 1u << EFFECT_NONE | 1u << EFFECT_FILE | 1u << EFFECT_FS_METADATA |
                           1u << EFFECT_IMPORT | 1u << EFFECT_LOCK;
    uint32_t effects = instance ? instance->effects & ~brief : 0;
    for (uint32_t effect = 0; effects; effect++, effects >>= 1)
        if (effects & 1 && instance->reach[effect]->weight > WEIGHT_CHEAP) return true;
    return false;
}

/* What does nothing, or says that it is for others to write, may do anything where it is written. */
static void start(Program *program, Instance *instance)
{
    FunctionInfo *info = program->functions.items[instance->function];
    if (!instance->steps.count && !instance->observations.count && unit_is_abstract(info))
        add_bits(instance, WAITS_UNKNOWN);
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *seen = &instance->observations.items[i];
        if (seen->kind == OBSERVED_THREAD && takes_long(program, seen)) add_bits(instance, WAITS_LONG);
    }
}

/* Callees were reached after their callers: backwards most ways are known in one pass. */
void waits_solve(Program *program)
{
    for (size_t i = 0; i < program->waiting.count; i++)
        start(program, program->waiting.items[i]);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = program->waiting.count; i-- > 0;)
            changed = solve_instance(program, program->waiting.items[i]) || changed;
    }
}

/* --- one await --- */

static bool is_within(const Unit *unit, NodeId node, Span span)
{
    Span inner = unit_node(unit, node)->span;
    return node && span.start <= inner.start && inner.end <= span.end;
}

static const Observation *end_of(const Wait *wait)
{
    while (wait->next)
        wait = wait->next;
    return wait->observation;
}

static bool is_apart(uint32_t kind)
{
    return TRAIT_BIT(kind) & WAITS_APART;
}

/* What surely happens before what may, the network before the rest. */
static bool says_more(const Awaited *known, uint32_t kind, Confidence confidence)
{
    if (!known->instance) return true;
    if (is_apart(known->kind) != is_apart(kind)) return is_apart(kind);
    bool was_sure = known->waits & TRAIT_BIT(known->kind), is_sure = known->waits & TRAIT_BIT(kind);
    return was_sure != is_sure ? is_sure : confidence > known->confidence && kind == (uint32_t)known->kind;
}

static void take_seen(Awaited *awaited, const Instance *instance, const Observation *seen)
{
    if (seen->kind == OBSERVED_SHARED) awaited->is_shared = true;
    if (seen->kind != OBSERVED_WAIT) return;
    awaited->is_known = true;
    awaited->waits |= seen->waits & ~(seen->guarded ? TRAITS_OF_WAITING : 0);
    if (seen->guarded) awaited->sometimes |= seen->waits & TRAITS_OF_WAITING;
    for (uint32_t kind = 0; kind < WAIT_KINDS; kind++) {
        if (!(seen->waits & TRAIT_BIT(kind)) || !says_more(awaited, kind, seen->confidence)) continue;
        awaited->kind = (Trait)kind;
        awaited->instance = instance;
        awaited->step = NULL;
        awaited->way = NULL;
        awaited->end = seen;
        awaited->confidence = seen->confidence;
    }
}

static void take_way(Awaited *awaited, const Instance *instance, const Step *step, const Wait *way,
                     uint32_t kind)
{
    Confidence confidence = step->confidence < way->confidence ? step->confidence : way->confidence;
    if (!says_more(awaited, kind, confidence)) return;
    awaited->kind = (Trait)kind;
    awaited->instance = instance;
    awaited->step = step;
    awaited->way = way;
    awaited->end = end_of(way);
    awaited->confidence = confidence;
}

/* Some other function that the call may mean does not wait apart, or the other way round. */
static bool is_divided(const Program *program, const Instance *instance, const Step *step,
                       const Instance *callee)
{
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *other = &instance->steps.items[i];
        if (other->node != step->node || !is_waited_for(program, other)) continue;
        const Instance *instead = callee_of(program, other);
        if (instead && instead->waits & WAITS_UNKNOWN && !(instead->waits & TRAITS_OF_WAITING)) continue;
        if (!instead || !(instead->waits & WAITS_APART) != !(callee->waits & WAITS_APART)) return true;
    }
    return false;
}

static void take_called(const Program *program, Awaited *awaited, const Instance *instance, const Step *step)
{
    if (!is_waited_for(program, step)) return;
    const FunctionInfo *info = program->functions.items[step->call->function];
    const Instance *callee = callee_of(program, step);
    if (!callee) {
        awaited->waits |= WAITS_UNKNOWN;
        return;
    }
    awaited->is_known = true;
    bool sometimes = step->guarded || info->caching || is_divided(program, instance, step, callee);
    awaited->waits |= callee->waits & ~TRAITS_OF_WAITING;
    for (uint32_t kind = 0; kind < WAIT_KINDS; kind++) {
        const Wait *way = callee->wait[kind];
        if (!way) continue;
        if (way->sometimes || sometimes)
            awaited->sometimes |= TRAIT_BIT(kind);
        else
            awaited->waits |= TRAIT_BIT(kind);
        take_way(awaited, instance, step, way, kind);
    }
}

static bool is_held(const Unit *unit, const Observation *seen, Span span)
{
    if (seen->kind != OBSERVED_HELD) return false;
    Span around = unit_node(unit, seen->statement)->span;
    return around.start < span.start && span.end <= around.end;
}

static void look(const Program *program, const Unit *unit, const Instance *instance, Span span,
                 Awaited *awaited)
{
    for (size_t i = 0; i < instance->observations.count; i++) {
        const Observation *seen = &instance->observations.items[i];
        if (seen->function != instance->function) continue;
        if (is_within(unit, seen->node, span)) take_seen(awaited, instance, seen);
        if (is_held(unit, seen, span)) awaited->is_held = true;
    }
    for (size_t i = 0; i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (step->function == instance->function && is_within(unit, step->node, span))
            take_called(program, awaited, instance, step);
    }
}

Awaited waits_at(const Program *program, const Unit *unit, Instance *const *instances, size_t count,
                 Span span)
{
    Awaited awaited = {0};
    for (size_t i = 0; i < count; i++)
        look(program, unit, instances[i], span, &awaited);
    return awaited;
}
