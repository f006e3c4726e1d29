/* The same call, in a thread: `await asyncio.to_thread(load, path)` for `load(path)`. */
#include "fixes/shape.h"

#include "fixes/block.h"
#include "fixes/nodes.h"
#include "fixes/offload_call.h"
#include "fixes/offload_name.h"
#include "fixes/offload_spelling.h"
#include "fixes/shared_state.h"
#include "fixes/thread_bound.h"
#include "base/banned.h"

/* --- what does not go into a thread --- */

/* One thread at a time computes: another process helps. */
static void advise_process(Draft *draft)
{
    const Subject *subject = draft->subject;
    const Node *call = draft_node(draft, subject->node);
    Str name = call->kind == EXPR_CALL ? offload_name(draft, subject->node) : STR("a function of it");
    draft_title(draft, "Run `%.*s` in a process pool: `await loop.run_in_executor(process_pool, %.*s, …)`",
                DRAFT_STR(name), DRAFT_STR(name));
    draft_note(draft, "arguments and result are pickled; in a thread it would hold the interpreter's lock");
    draft_display(draft);
}

static void advise_loop(Draft *draft, bool waits)
{
    if (waits)
        draft_title(draft, "Wait with `await`: for an event, or with `await asyncio.sleep(…)` in the loop");
    else
        draft_title(draft, "Let the loop run in between with `await asyncio.sleep(0)` every few passes, or "
                           "use a process pool");
    draft_display(draft);
}

/* Why nothing of the kind goes into a thread; NULL: it may. */
static const char *forbids_effect(const Rule *rule)
{
    if (rule->form == FORM_REMOVE) return "the call is to be left out";
    switch (rule->effect) {
    case EFFECT_IMPORT:
        return "an import belongs at the top of the module";
    case EFFECT_LOCK:
        return "a lock of threads belongs to the thread that takes it";
    default:
        return NULL;
    }
}

/* A thread goes on when the task that waits for it is cancelled. */
static bool outlives_its_task(Effect effect)
{
    return effect == EFFECT_QUEUE || effect == EFFECT_INPUT;
}

/* A function that sleeps may do so to keep its callers apart, which it does only as long as the loop stands still. */
static bool may_throttle(const Draft *draft, const Rule *rule)
{
    return rule->effect == EFFECT_SLEEP && draft->subject->reach->next;
}

static void note_rule(Draft *draft, const Rule *rule)
{
    bool certain = draft->subject->reach->confidence == CONFIDENCE_CERTAIN;
    if (!certain || outlives_its_task(rule->effect) || may_throttle(draft, rule))
        draft_at_most(draft, APPLICABILITY_UNSAFE);
    if (draft->note.len) return;
    if (may_throttle(draft, rule))
        draft_note(draft, "callers that waited for each other because it sleeps no longer do");
    else if (outlives_its_task(rule->effect))
        draft_note(draft, "when the task is cancelled the thread still takes the next item, which is lost");
    else if (!certain)
        draft_note(draft, "what is called was inferred");
    else if (rule->effect == EFFECT_CPU)
        draft_note(draft, "it computes: the loop gets its turn only while the interpreter's lock is free");
}

/* --- the step --- */

static const FunctionInfo *called(const Draft *draft)
{
    const Step *step = draft->subject->reach->step;
    return step->call ? program_function(draft->program, step->call->function) : NULL;
}

static bool is_stream(const Draft *draft, Str type)
{
    static const char *const members[] = {"read", "write", "__iter__", "__next__"};
    Rule rule;
    for (size_t i = 0; type.len && i < sizeof members / sizeof *members; i++)
        if (catalogue_member(draft->program->catalogue, type, str_from(members[i]), &rule) &&
            rule.effect != EFFECT_NONE)
            return true;
    return false;
}

/* What the called function gives is a generator, or a coroutine, that another function makes. */
static bool gives_made_by(const Draft *draft, bool coroutine)
{
    const Step *step = draft->subject->reach->step;
    const Value *value = step->call && step->call->instance ? step->call->instance->result : NULL;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind != ITEM_RESULT || !item->invocation) continue;
        const FunctionInfo *maker = program_function(draft->program, item->invocation->function);
        if (coroutine ? maker->is_async : maker->is_generator) return true;
    }
    return false;
}

/* `async def run(f): f()` - whether it is a plain function is up to whoever hands it in. */
static bool is_handed_in(const Draft *draft, const Node *call)
{
    const Node *callee = draft_node(draft, call->first);
    const FunctionInfo *function = draft_function(draft);
    if (call->kind != EXPR_CALL || callee->kind != EXPR_NAME) return false;
    for (; function;
         function = function->outer == ID_NONE ? NULL : program_function(draft->program, function->outer))
        if (shared_is_parameter(draft->unit, function->node, callee->name)) return true;
    return false;
}

/* The class of what the call gives, when it blocks again as it is read; empty: it does not, or it is not known. */
static Str stream_type(const Draft *draft)
{
    const Step *step = draft->subject->reach->step;
    if (!step->call) return is_stream(draft, step->rule.returns) ? step->rule.returns : STR("");
    const Value *value = step->call->instance ? step->call->instance->result : NULL;
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind == ITEM_INSTANCE && is_stream(draft, value->items[i].path))
            return value->items[i].path;
    return STR("");
}

/* `response.iter_lines()`: what blocks is not the call, but every step of what it gives. */
static bool gives_items(const Step *step)
{
    return !step->call && step->rule.kind != CALL_ITERATION && step->rule.form == FORM_ASYNC_FOR &&
           !str_starts(step->rule.returns, STR("list"));
}

static bool gives_stream(const Draft *draft)
{
    const FunctionInfo *function = called(draft);
    return stream_type(draft).len || gives_items(draft->subject->reach->step) ||
           (function && function->is_generator) || gives_made_by(draft, false);
}

/* A step of the coroutine blocks inside the node. */
static bool blocks_inside(const Draft *draft, NodeId node)
{
    const Instance *instance = draft->subject->instance;
    for (size_t i = 0; instance && i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        bool blocks = step->call ? step->call->instance && step->call->instance->effects : true;
        if (blocks && span_holds(draft_node(draft, node)->span, draft_node(draft, step->report)->span))
            return true;
    }
    return false;
}

/* --- the place --- */

static bool holds_lock(const Draft *draft, NodeId statement)
{
    const Instance *instance = draft->subject->instance;
    for (size_t i = 0; instance && i < instance->steps.count; i++) {
        const Step *step = &instance->steps.items[i];
        if (!step->call && step->rule.effect == EFFECT_LOCK && step->statement == statement) return true;
    }
    return false;
}

/* `with open(path) as f:` - something is opened that the block works on. */
static bool opens(const Draft *draft, NodeId statement)
{
    const Node *with = draft_node(draft, statement);
    if (with->kind != STMT_WITH || with->flags & FLAG_ASYNC || holds_lock(draft, statement)) return false;
    for (NodeId at = with->first; at; at = draft_node(draft, at)->next)
        if (blocks_inside(draft, draft_node(draft, at)->first)) return true;
    return false;
}

static bool is_header(const Draft *draft, const Around *around, uint32_t i)
{
    return i + 1 < around->count && draft_node(draft, around->nodes[i + 1])->kind == WITH_ITEM;
}

/* The outermost statement that opens what the place works on; 0: none. A call in its body goes alone when the body awaits. */
static NodeId opening_statement(Draft *draft, const Around *around)
{
    for (uint32_t i = 0; i + 1 < around->count; i++) {
        if (!opens(draft, around->nodes[i])) continue;
        if (!block_awaits(draft->unit, around->nodes[i])) return around->nodes[i];
        if (is_header(draft, around, i)) draft_refuse(draft, "awaits inside the block");
    }
    return 0;
}

/* The loop or the clause whose iterable the place is. */
static bool is_iterated(const Draft *draft, const Around *around)
{
    const Node *parent = draft_node(draft, around_parent(around));
    bool loops = parent->kind == STMT_FOR || parent->kind == CLAUSE_FOR;
    if (!loops || parent->second != around->nodes[around->count - 1]) return false;
    const Step *step = draft->subject->reach->step;
    return step->call ? gives_stream(draft) || draft_node(draft, step->report)->kind != EXPR_CALL
                      : step->rule.kind == CALL_ITERATION || gives_stream(draft);
}

static bool is_entered(const Draft *draft, const Around *around)
{
    const Node *parent = draft_node(draft, around_parent(around));
    return parent->kind == WITH_ITEM && parent->first == around->nodes[around->count - 1];
}

/* --- the forms --- */

static void offload_block(Draft *draft, const Around *around, NodeId statement, Str path)
{
    Block block;
    Way way;
    block_init(&block, draft, around, statement);
    if (!draft_is_refused(draft)) thread_judge(draft, (Moved){.node = statement, .is_whole = true});
    if (!draft_is_refused(draft) && way_find(draft, path, false, &way)) {
        Str name = offload_function_name(draft, &block);
        block_write(&block, name,
                    draft_format(draft, "%.*s%.*s%s", DRAFT_STR(way.opened), DRAFT_STR(name),
                                 way.row->wraps ? ")()" : ")"));
        draft_title(draft, "Run the block in a thread, as `%.*s`", DRAFT_STR(name));
    }
    block_free(&block);
}

static void drop_to(Around *around, NodeId node)
{
    while (around->count && around->nodes[around->count - 1] != node)
        around->count--;
}

/* The statement or comprehension that iterates. */
static void offload_loop(Draft *draft, Around *around, Str path)
{
    NodeId loop = around_parent(around);
    if (draft_node(draft, loop)->kind == STMT_FOR) {
        offload_block(draft, around, loop, path);
        return;
    }
    drop_to(around, loop);
    drop_to(around, around_parent(around));
    if (draft_node(draft, around->nodes[around->count - 1])->kind == EXPR_GENERATOR)
        draft_refuse(draft, "the generator runs where it is iterated");
    else
        offload_expression(draft, around, path);
}

/* `rows.all()` of something that is read later gives the like. */
static bool gives_more(const Draft *draft, NodeId method)
{
    Str type = stream_type(draft), member = name_str(draft_node(draft, method)->name);
    Str path = str_join(draft->arena, type, STR("."), member);
    return type.len && is_stream(draft, catalogue_returns(draft->program->catalogue, path));
}

/* The call reads all items that it is given: `list(x)`, `sep.join(x)`. */
static bool reads_all(const Draft *draft, const Node *call)
{
    static const char *const readers[] = {"list",   "tuple", "set", "frozenset", "dict",
                                          "sorted", "sum",   "min", "max"};
    const Node *callee = draft_node(draft, call->first);
    if (callee->kind == EXPR_ATTRIBUTE) return str_equal(name_str(callee->name), STR("join"));
    if (callee->kind != EXPR_NAME || !callee->name) return false;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (str_equal(name_str(callee->name), str_from(readers[i]))) return true;
    return false;
}

/* What is opened is used up by the call around it: `open(p).read()`, `json.load(open(p))`. False: it is not. */
static bool grow(const Draft *draft, Around *around)
{
    NodeId node = around->nodes[around->count - 1], parent = around_parent(around);
    const Node *outer = draft_node(draft, parent);
    if (outer->kind == EXPR_ATTRIBUTE) {
        drop_to(around, parent);
        node = parent;
        parent = around_parent(around);
        outer = draft_node(draft, parent);
        if (outer->kind != EXPR_CALL || outer->first != node || gives_more(draft, node)) return false;
    } else if (outer->kind != EXPR_CALL || outer->first == node) {
        return false;
    }
    if (gives_items(draft->subject->reach->step) && !reads_all(draft, outer)) return false;
    drop_to(around, parent);
    return true;
}

/* Where it belongs to a thread, that is said first. */
static void refuse_stream(Draft *draft, NodeId node)
{
    thread_judge(draft, (Moved){.node = node});
    if (gives_items(draft->subject->reach->step))
        draft_refuse(draft, "what it gives is read on the loop, piece by piece");
    else
        draft_refuse(draft, "what it opens is used on the loop afterwards");
}

/* `rows[:10]` of something that is read when it is asked for: reading comes later. */
static bool is_slice(const Draft *draft, const Node *node)
{
    return node->kind == EXPR_SUBSCRIPT && draft_node(draft, node->second)->kind == EXPR_SLICE;
}

static void offload_place(Draft *draft, Around *around, Str path)
{
    const Node *node = draft_node(draft, around->nodes[around->count - 1]);
    const FunctionInfo *function = called(draft);
    if (draft_node(draft, around_parent(around))->kind == EXPR_AWAIT || gives_made_by(draft, true))
        draft_refuse(draft, "what it gives is awaited");
    else if (function && function->is_async)
        draft_refuse(draft, "the coroutine itself stalls inside");
    else if (is_slice(draft, node))
        draft_refuse(draft, "a slice may be read only later, on the loop");
    else if (is_handed_in(draft, node))
        draft_refuse(draft, "what is called is handed in, and may be a coroutine function");
    else if (gives_stream(draft) && grow(draft, around))
        offload_expression(draft, around, path);
    else if (gives_stream(draft))
        refuse_stream(draft, around->nodes[around->count - 1]);
    else if (node->kind == EXPR_CALL && !blocks_inside(draft, draft_node(draft, node->first)->first))
        offload_call(draft, around, path);
    else
        offload_expression(draft, around, path);
}

/* `x.total += load()` reads the total before it waits. */
static void check_statement(Draft *draft, const Around *around)
{
    const Node *statement = draft_node(draft, around_statement(around));
    if (statement->kind == STMT_DELETE) draft_refuse(draft, "stands in a `del`");
    if (statement->kind != STMT_AUGMENTED || draft_node(draft, statement->first)->kind == EXPR_NAME) return;
    draft_at_most(draft, APPLICABILITY_UNSAFE);
    draft_note(draft, "the left side is read before the thread runs, and may have changed since");
}

static void offload(Draft *draft, const Rule *rule)
{
    Around around;
    if (!draft_may_await(draft, draft->subject->node, &around)) return;
    check_statement(draft, &around);
    NodeId opening = opening_statement(draft, &around);
    if (draft_is_refused(draft)) return;
    if (opening)
        offload_block(draft, &around, opening, rule->path);
    else if (is_iterated(draft, &around))
        offload_loop(draft, &around, rule->path);
    else if (is_entered(draft, &around) && draft->subject->reach->step->call)
        offload_block(draft, &around, around.nodes[around.count - 3], rule->path);
    else
        offload_place(draft, &around, rule->path);
    if (!draft_is_refused(draft)) note_rule(draft, rule);
}

static void propose(Draft *draft)
{
    const Subject *subject = draft->subject;
    if (subject->kind != SUBJECT_STALL) return;
    const Rule *rule = &subject->sink->rule;
    const char *reason = forbids_effect(rule);
    if (rule->effect == EFFECT_LOOP_MISUSE || (rule->effect == EFFECT_SLEEP && !subject->reach->next)) return;
    if (reason)
        draft_refuse(draft, "%s", reason);
    else if (rule->effect == EFFECT_LONG_LOOP || rule->effect == EFFECT_BUSY_WAIT)
        advise_loop(draft, rule->effect == EFFECT_BUSY_WAIT);
    else if (rule->gil == GIL_HELD && rule->effect != EFFECT_FILE)
        advise_process(draft);
    else
        offload(draft, rule);
}

const FixShape fix_offload = {.name = "offload", .rank = RANK_OFFLOAD, .propose = propose};
