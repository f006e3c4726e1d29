/* What a walk notes of awaits: what calls of libraries wait for, and which objects awaited calls may share. */
#include "program/flow.h"

#include "base/identifier.h"
#include "program/arguments.h"
#include "program/waits.h"
#include "base/banned.h"

/* --- who awaits --- */

static bool returns_it(const Flow *flow)
{
    if (flow->function == ID_NONE || flow->report) return false;
    if (flow_node(flow, flow->statement)->kind != STMT_RETURN) return false;
    return !unit_function_info(flow->unit, flow->function)->is_async;
}

bool flow_hands_on(const Flow *flow, bool awaited)
{
    return awaited || flow->await_depth || returns_it(flow);
}

/* --- whose an object is --- */

static bool is_parameter(const Flow *flow, Name name)
{
    if (flow->function == ID_NONE) return false;
    const FunctionInfo *info = unit_function_info(flow->unit, flow->function);
    for (NodeId at = unit_node(info->unit, info->node)->first; at; at = unit_node(info->unit, at)->next)
        if (unit_node(info->unit, at)->name == name) return true;
    return false;
}

static bool is_local(const Flow *flow, Name name)
{
    for (const Frame *frame = flow->frame; frame; frame = frame->parent) {
        bool inside = frame->kind == FRAME_FUNCTION || frame->kind == FRAME_COMPREHENSION;
        if (inside && frame_slot(frame, name)) return !is_parameter(flow, name);
        if (frame->kind != FRAME_COMPREHENSION) return false;
    }
    return false;
}

static bool is_session_class(const Flow *flow, Str path)
{
    return paths_find(&flow_program(flow)->paths, path)->traits & TRAIT_BIT(TRAIT_SESSION);
}

/* The call that gave the object is a method of another one that does one thing at a time: `page.locator("a")`. */
static NodeId owner_of(Flow *flow, NodeId id)
{
    const Value *value = argument_value(flow, id);
    const Item *item = value && value->count == 1 ? &value->items[0] : NULL;
    if (!item || item->kind != ITEM_INSTANCE || item->unit != flow->unit || !item->made_by) return 0;
    const Node *made = flow_node(flow, item->made_by);
    NodeId owner = made->kind == EXPR_CALL ? flow_node(flow, made->first)->first : 0;
    if (!owner || flow_node(flow, made->first)->kind != EXPR_ATTRIBUTE) return 0;
    const Item *class = value_find(flow_resolved(flow, argument_value(flow, owner)), ITEM_INSTANCE);
    return class && is_session_class(flow, class->path) ? owner : 0;
}

/* Some other function made it, maybe of something that was handed to it: `locator = locator_in(self.page)`. A database's
 * session is opened for whoever asks for one. */
static bool is_made_elsewhere(Flow *flow, NodeId id)
{
    const Item *item = value_find(flow_resolved(flow, argument_value(flow, id)), ITEM_INSTANCE);
    if (!item || !item->unit || flow->function == ID_NONE) return false;
    const FunctionInfo *info = unit_function_info(flow->unit, flow->function);
    Span own = unit_node(info->unit, info->node)->span, made = unit_node(item->unit, item->made_by)->span;
    bool here = item->made_by && item->unit == info->unit;
    if (here && own.start <= made.start && made.end <= own.end) return false;
    Str execute = str_join(flow->arena, item->path, STR("."), STR("execute"));
    return !(paths_find(&flow_program(flow)->paths, execute)->traits & TRAIT_BIT(TRAIT_WAITS_DB));
}

enum { OWNERS = 4 };

/* `conn` of `async with pool.acquire() as conn`, but not `self.conn` and no parameter. */
static bool is_own(Flow *flow, NodeId id)
{
    for (unsigned i = 0; i < OWNERS; i++) {
        NodeId owner = owner_of(flow, id);
        if (!owner) break;
        id = owner;
    }
    if (is_made_elsewhere(flow, id)) return false;
    while (flow_node(flow, id)->kind == EXPR_ATTRIBUTE || flow_node(flow, id)->kind == EXPR_CALL ||
           flow_node(flow, id)->kind == EXPR_SUBSCRIPT)
        id = flow_node(flow, id)->first;
    const Node *node = flow_node(flow, id);
    return node->kind == EXPR_NAME && node->name && is_local(flow, node->name);
}

/* --- objects that do one thing at a time --- */

static bool holds_session(const Flow *flow, const Value *value)
{
    for (uint32_t i = 0; value && i < value->count; i++)
        if (value->items[i].kind == ITEM_INSTANCE && is_session_class(flow, value->items[i].path))
            return true;
    return false;
}

/* `Repository(session)` */
static bool is_made_from_session(const Flow *flow, const Item *object)
{
    const Invocation *made = object->invocation;
    for (uint32_t i = 0; made && i < made->positional_count; i++)
        if (holds_session(flow, made->positional[i])) return true;
    for (uint32_t i = 0; made && i < made->keyword_count; i++)
        if (holds_session(flow, made->named[i])) return true;
    return false;
}

typedef enum Answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES } Answer;

static Answer tells_session(const Flow *flow, const Value *value)
{
    Answer answer = ANSWER_UNKNOWN;
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind == ITEM_INSTANCE && is_session_class(flow, item->path)) return ANSWER_YES;
        if (item->kind == ITEM_OBJECT && is_made_from_session(flow, item)) return ANSWER_YES;
        /* A parameter without an annotation is a literal that nothing is known of. */
        bool nothing = item->kind == ITEM_LITERAL && (item->id == EXPR_NOTHING || !item->id);
        bool vague = item->kind == ITEM_RESULT || item->kind == ITEM_LAZY || item->kind == ITEM_PART ||
                     item->kind == ITEM_OBJECT;
        if (!vague && !nothing) answer = ANSWER_NO;
    }
    return answer;
}

/* Its last word, when nothing is known of it: `self.db_session`, `get_session()`. */
static bool sounds_like_session(const Flow *flow, NodeId id)
{
    static const char *const words[] = {
        "session", "sess",  "conn",    "connection", "cursor", "cur",  "tx",  "txn",       "transaction",
        "page",    "ws",    "socket",  "websocket",  "stream", "proc", "db",  "process",   "reader",
        "writer",  "frame", "locator", "channel",    "serial", "tab",  "uow", "transport", NULL};
    if (flow_node(flow, id)->kind == EXPR_CALL) id = flow_node(flow, id)->first;
    const Node *node = flow_node(flow, id);
    bool named = node->kind == EXPR_NAME || node->kind == EXPR_ATTRIBUTE;
    return named && identifier_ends_in_word(name_str(node->name), words);
}

static void note_shared(Flow *flow, NodeId id, Answer answer)
{
    if (answer == ANSWER_NO || (answer == ANSWER_UNKNOWN && !sounds_like_session(flow, id))) return;
    flow_observe(flow, (Observation){.kind = OBSERVED_SHARED, .node = id, .own = is_own(flow, id)});
}

/* The receiver of what is called: a function's is bound to it, a library's class stands in the path. */
static Answer receiver_tells(Flow *flow, const Value *callee)
{
    Answer answer = ANSWER_UNKNOWN;
    for (uint32_t i = 0; callee && i < callee->count; i++) {
        const Item *item = &callee->items[i];
        size_t dot = item->kind == ITEM_PATH ? str_find_last(item->path, '.') : SIZE_MAX;
        if (dot != SIZE_MAX && is_session_class(flow, str_part(item->path, 0, dot))) return ANSWER_YES;
        Answer bound = item->kind == ITEM_FUNCTION ? tells_session(flow, item->inner) : ANSWER_NO;
        if (bound == ANSWER_YES) return bound;
        if (item->kind != ITEM_FUNCTION || !item->inner) answer = bound;
    }
    return answer;
}

void flow_note_awaited_call(Flow *flow, NodeId call, const Value *callee, const Arguments *arguments)
{
    if (flow->silent || !flow->instance) return;
    NodeId function = flow_node(flow, call)->first;
    if (!callee || !callee->count)
        flow_observe(flow, (Observation){.kind = OBSERVED_WAIT, .node = call, .waits = WAITS_UNKNOWN});
    if (flow_node(flow, function)->kind == EXPR_ATTRIBUTE)
        note_shared(flow, flow_node(flow, function)->first, receiver_tells(flow, callee));
    for (size_t i = 0; i < arguments->count; i++)
        note_shared(flow, arguments->nodes[i],
                    tells_session(flow, flow_resolved(flow, arguments->values[i])));
}

/* --- calls of libraries --- */

/* What waiting for a thread amounts to: a look at the file system takes no time worth sharing, in a thread or not. */
static uint32_t waits_in_thread(const Flow *flow, const Value *function)
{
    const Item *item = function && function->count == 1 ? &function->items[0] : NULL;
    if (!item || item->kind != ITEM_PATH) return TRAIT_BIT(TRAIT_WAITS_EXECUTOR);
    const PathEntry *entry = paths_find(&flow_program(flow)->paths, item->path);
    if (!entry->has_rule) return TRAIT_BIT(TRAIT_WAITS_EXECUTOR);
    Effect effect = entry->rule.effect;
    bool brief = effect == EFFECT_FS_METADATA || effect == EFFECT_NONE || effect == EFFECT_FILE;
    return brief ? TRAIT_BIT(TRAIT_WAITS_FILE) : TRAIT_BIT(TRAIT_WAITS_EXECUTOR) | WAITS_LONG;
}

static const Value *handed_function(Flow *flow, NodeId call, Str path)
{
    Handover rule;
    if (flow_node(flow, call)->kind != EXPR_CALL) return NULL;
    if (!catalogue_handover(flow->unit->catalogue, path, 0, &rule)) return NULL;
    NodeId argument = argument_find(flow->unit, call, rule.position, rule.keyword, NULL);
    return argument ? flow_resolved(flow, argument_value(flow, argument)) : NULL;
}

static uint32_t waits_of(Flow *flow, NodeId call, const PathEntry *entry, const Value *handed)
{
    uint32_t waits = entry->traits & TRAITS_OF_WAITING;
    if (entry->traits & TRAIT_BIT(TRAIT_ONE_THREAD)) return TRAIT_BIT(TRAIT_WAITS_DB);
    if (!(waits & TRAIT_BIT(TRAIT_WAITS_EXECUTOR))) return waits;
    if (!handed) handed = handed_function(flow, call, entry->path);
    return waits_in_thread(flow, handed);
}

static bool shares_receiver(Flow *flow, NodeId call, Str path)
{
    NodeId callee = flow_node(flow, call)->kind == EXPR_CALL ? flow_node(flow, call)->first : 0;
    size_t dot = str_find_last(path, '.');
    if (flow_node(flow, callee)->kind != EXPR_ATTRIBUTE || dot == SIZE_MAX) return false;
    return is_session_class(flow, str_part(path, 0, dot)) && !is_own(flow, flow_node(flow, callee)->first);
}

void flow_note_wait(Flow *flow, NodeId call, const Item *callee, bool awaited, const Value *handed)
{
    if (flow->silent || !flow->instance || !flow_hands_on(flow, awaited)) return;
    const PathEntry *entry = paths_find(&flow_program(flow)->paths, callee->path);
    uint32_t waits = waits_of(flow, call, entry, handed);
    if (!waits && awaited && !entry->is_known) waits = WAITS_UNKNOWN;
    if (waits && shares_receiver(flow, call, callee->path))
        waits |= waits & TRAIT_BIT(TRAIT_WAITS_DB) ? WAITS_SHARED_DB : WAITS_SHARED_OTHER;
    if (waits)
        flow_observe(flow, (Observation){.kind = OBSERVED_WAIT,
                                         .node = call,
                                         .confidence = callee->confidence,
                                         .waits = waits,
                                         .path = waits == WAITS_UNKNOWN ? STR("") : callee->path});
}

void flow_note_held(Flow *flow, NodeId context, const Value *value)
{
    if (flow->silent || !flow->instance || flow->report) return;
    value = flow_resolved(flow, value);
    for (uint32_t i = 0; value && i < value->count; i++) {
        const Item *item = &value->items[i];
        if (item->kind != ITEM_INSTANCE) continue;
        Str acquire = str_join(flow->arena, item->path, STR("."), STR("acquire"));
        if (paths_find(&flow_program(flow)->paths, acquire)->traits & TRAIT_BIT(TRAIT_WAITS_OTHER))
            flow_observe(flow, (Observation){.kind = OBSERVED_HELD, .node = context});
    }
}
