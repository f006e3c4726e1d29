/* What becomes of the tasks and coroutines that calls make; of pools that are left. */
#include "program/outcomes.h"

#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

/* --- words of a text --- */

/* How often the name stands in the text as a word, counted to `most`. */
static unsigned count_word(Str text, Str word, unsigned most)
{
    unsigned count = 0;
    for (size_t at; count < most && (at = str_find(text, word)) != SIZE_MAX;) {
        bool starts = at == 0 || !byte_is_word(text.ptr[at - 1]);
        bool ends = at + word.len == text.len || !byte_is_word(text.ptr[at + word.len]);
        count += starts && ends;
        text = str_part(text, at + word.len, text.len);
    }
    return count;
}

/* --- coroutines --- */

static bool has_inline_row(const Flow *flow, Str path)
{
    Handover rule;
    for (size_t i = 0; catalogue_handover(flow->unit->catalogue, path, i, &rule); i++)
        if (rule.is_decorator && rule.coroutine_runs == PLACE_INLINE) return true;
    return false;
}

/* The language's own, and what the tables say calls the coroutine function in its caller. */
static bool keeps_coroutine(Flow *flow, NodeId decorator)
{
    const Node *node = flow_node(flow, decorator);
    const Value *target =
        flow_settled(flow, flow_expression(flow, node->kind == EXPR_CALL ? node->first : decorator));
    const Item *path = target && target->count == 1 ? value_find(target, ITEM_PATH) : NULL;
    if (!path) return false;
    return str_equal(path->path, STR("builtins.staticmethod")) ||
           str_equal(path->path, STR("builtins.classmethod")) || has_inline_row(flow, path->path);
}

/* Calling it gives a coroutine, whatever stands above it. */
static bool gives_coroutine(const FunctionInfo *info)
{
    if (!info->is_async || info->is_generator || info->is_overload || info->is_property) return false;
    Flow there = flow_in(info->unit, info->closure);
    for (NodeId at = unit_node(info->unit, info->node)->third; at; at = unit_node(info->unit, at)->next)
        if (!keeps_coroutine(&there, at)) return false;
    return true;
}

/* The callee is written with the function's own name: no parameter that may be a plain function elsewhere. */
static bool is_called_by_name(const Flow *flow, NodeId call, const FunctionInfo *info)
{
    const Node *callee = flow_node(flow, flow_node(flow, call)->first);
    return (callee->kind == EXPR_NAME || callee->kind == EXPR_ATTRIBUTE) && callee->name &&
           str_equal(name_str(callee->name), str_after_last(info->name, '.'));
}

/* The invocation that made the coroutine that the value is and nothing else, or NULL. */
static Invocation *certain_coroutine(Flow *flow, NodeId call, const Value *value)
{
    if (!value || !value->count || value->open_ended) return NULL;
    for (uint32_t i = 0; i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind != ITEM_RESULT || item->made_by != call || item->unit != flow->unit) return NULL;
        if (item->confidence < CONFIDENCE_LIKELY) return NULL;
        const FunctionInfo *info = unit_function_info(flow->unit, item->invocation->function);
        if (!gives_coroutine(info) || !is_called_by_name(flow, call, info)) return NULL;
    }
    return value->items[0].invocation;
}

/* --- what becomes of them --- */

static bool is_recording(const Flow *flow)
{
    return !flow->silent && !flow->defining && (flow->instance || flow->function == ID_NONE);
}

static Observation *find_in(Observation *observations, size_t count, const Flow *flow, NodeId node)
{
    for (size_t i = count; i-- > 0;) {
        Observation *known = &observations[i];
        bool kind = known->kind == OBSERVED_TASK || known->kind == OBSERVED_COROUTINE;
        if (kind && known->node == node && known->function == flow->function) return known;
    }
    return NULL;
}

/* What the call was seen to make, because a table says so. */
static Observation *made_by_table(const Flow *flow, NodeId node)
{
    if (flow->instance)
        return find_in(flow->instance->observations.items, flow->instance->observations.count, flow, node);
    return find_in(flow->unit->observations.items, flow->unit->observations.count, flow, node);
}

void flow_note_use(Flow *flow, NodeId expression, const Value *value, Outcome use)
{
    if (!is_recording(flow) || use == OUTCOME_SOME || flow_node(flow, expression)->kind != EXPR_CALL) return;
    Observation *made = made_by_table(flow, expression);
    if (made) {
        made->use = use;
        return;
    }
    Invocation *call = use == OUTCOME_RETURN ? NULL : certain_coroutine(flow, expression, value);
    if (!call) return;
    flow_observe(flow, (Observation){.kind = OBSERVED_COROUTINE,
                                     .node = expression,
                                     .confidence = value_confidence(value, &value->items[0]),
                                     .use = use,
                                     .call = call});
}

/* `_ = f()`, or a local that the function's text names this once, and that does not outlive a suspension: until the
 * function ends it keeps what it holds. */
static bool is_never_read(const Flow *flow, NodeId statement)
{
    const Node *node = flow_node(flow, statement), *target = flow_node(flow, node->first);
    if (flow->frame->kind != FRAME_FUNCTION || target->next || target->kind != EXPR_NAME) return false;
    if (map_find(&flow->frame->outer, target->name) != MAP_NONE) return false;
    const FunctionInfo *info = unit_function_info(flow->unit, flow->frame->function);
    Str text = unit_text(flow->unit, info->node), name = name_str(target->name);
    if (text.len > LIMIT_WORD_SEARCH) return false;
    if (str_equal(name, STR("_"))) return true;
    if (count_word(text, name, 2) > 1) return false;
    uint32_t start = flow_node(flow, info->node)->span.start;
    Str after = str_part(text, node->span.end - start, text.len);
    return !count_word(after, STR("await"), 1);
}

void flow_note_assigned(Flow *flow, NodeId statement, const Value *value)
{
    NodeId expression = flow_node(flow, statement)->second;
    if (!is_recording(flow) || flow_node(flow, expression)->kind != EXPR_CALL) return;
    bool matters = made_by_table(flow, expression) || (value && value_find(value, ITEM_RESULT));
    if (matters && is_never_read(flow, statement)) flow_note_use(flow, expression, value, OUTCOME_NONE);
}

/* What a coroutine object itself has. */
static bool is_of_coroutine(Str name)
{
    return str_starts(name, STR("__")) || str_starts(name, STR("cr_")) || str_equal(name, STR("close")) ||
           str_equal(name, STR("send")) || str_equal(name, STR("throw"));
}

void flow_note_member(Flow *flow, NodeId attribute, const Value *object)
{
    const Node *node = flow_node(flow, attribute);
    if (node->name && !is_of_coroutine(name_str(node->name)))
        flow_note_use(flow, node->first, object, OUTCOME_MEMBER);
}

/* --- pools that are left --- */

static bool is_wait(const Step *step)
{
    return !step->call && step->rule.effect == EFFECT_THREAD_WAIT && step->weight > WEIGHT_CHEAP;
}

static bool is_exit(const Step *step)
{
    return is_wait(step) && str_ends(step->rule.path, STR(".__exit__"));
}

/* The body awaits, and has nothing run in the pool but what gives something to await. */
static bool awaits_pool(const Flow *flow, NodeId statement)
{
    const Node *item = flow_node(flow, flow_node(flow, statement)->first);
    Str body = unit_text(flow->unit, statement);
    if (body.len > LIMIT_WORD_SEARCH || !count_word(body, STR("await"), 1)) return false;
    NodeId name = item->second ? item->second : item->first;
    if (flow_node(flow, name)->kind != EXPR_NAME) return false;
    Str used = str_join(flow->arena, name_str(flow_node(flow, name)->name), STR("."), (Str){"", 0});
    return str_find(body, used) == SIZE_MAX || str_find(body, STR("wrap_future(")) != SIZE_MAX;
}

void flow_weigh_exit(Flow *flow, NodeId statement, size_t before)
{
    if (flow->silent || !flow->instance) return;
    Step *leaving = NULL;
    bool waited = false;
    for (size_t i = before; i < flow->instance->steps.count; i++) {
        Step *step = &flow->instance->steps.items[i];
        if (!leaving && is_exit(step))
            leaving = step;
        else
            waited = waited || is_wait(step);
    }
    if (leaving && (waited || awaits_pool(flow, statement))) leaving->weight = WEIGHT_CHEAP;
}

void flow_leave_later(Flow *flow, size_t before)
{
    for (size_t i = before; !flow->silent && flow->instance && i < flow->instance->steps.count; i++)
        if (is_exit(&flow->instance->steps.items[i])) flow->instance->steps.items[i].weight = WEIGHT_CHEAP;
}

/* --- questions of checks --- */

/* `"/jobs"`, `'jobs'`, `all-jobs`: part of a text, as far as the bytes around it tell. */
static bool is_in_text(Str text, size_t at, size_t end)
{
    static const char marks[] = "/\"'-{";
    bool before = at && strchr(marks, text.ptr[at - 1]),
         after = end < text.len && strchr(marks, text.ptr[end]);
    return before || after;
}

bool function_is_named_again(const FunctionInfo *info)
{
    Str text = facts_outline(info->unit->facts)->text, name = str_after_last(info->name, '.');
    if (text.len > LIMIT_NAME_SEARCH || !name.len) return true;
    size_t count = 0, known = 1 + info->pooled_at.count;
    for (size_t from = 0, at;
         count <= known && (at = str_find(str_part(text, from, text.len), name)) != SIZE_MAX;) {
        at += from;
        from = at + name.len;
        bool word = (at == 0 || !byte_is_word(text.ptr[at - 1])) &&
                    (from == text.len || !byte_is_word(text.ptr[from]));
        count += word && !is_in_text(text, at, from);
    }
    return count > known;
}
