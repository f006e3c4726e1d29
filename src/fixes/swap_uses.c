/* What is done with an object of the library that is replaced: members, loops, `with`, functions that it is handed to. */
#include "fixes/dotted.h"
#include "fixes/mentions.h"
#include "fixes/swap.h"
#include "base/banned.h"

/* An expression that gives the object, and what stands around it. */
typedef struct Handling {
    Swap *swap;
    NodeId node;
    Str type;
    Around around;
    const Node *parent;
} Handling;

static Str member_path(const Handling *use, Str member)
{
    return str_join(use->swap->draft->arena, use->type, STR("."), member);
}

/* "response" of "requests.Response": what it is called in a reason. */
static Str last_part(Str path)
{
    return str_after_last(path, '.');
}

static NodeId parent_at(const Handling *use, uint32_t levels)
{
    return use->around.count > levels ? use->around.nodes[use->around.count - 1 - levels] : 0;
}

static void refuse_handed_on(const Handling *use)
{
    draft_refuse(use->swap->draft, "the %.*s is handed on", DRAFT_STR(last_part(use->type)));
}

static void refuse_member(const Handling *use, Str member)
{
    draft_refuse(use->swap->draft, "`%.*s` of the %.*s has no equivalent that is sure", DRAFT_STR(member),
                 DRAFT_STR(last_part(use->type)));
}

static void note_use(const Handling *use, Str path, NodeId whole)
{
    Swap *swap = use->swap;
    uint32_t offset = draft_node(swap->draft, use->node)->span.end;
    vec_add(&swap->uses, ((SwapUse){path, whole, offset}));
    if (offset > swap->last_use) swap->last_use = offset;
}

/* --- members --- */

/* The call of the member, or the member itself where it is not called. */
static NodeId whole_of(const Handling *use)
{
    const Node *outer = draft_node(use->swap->draft, parent_at(use, 2));
    bool called = outer->kind == EXPR_CALL && outer->first == parent_at(use, 1);
    return called ? parent_at(use, 2) : parent_at(use, 1);
}

static bool is_assigned(const Handling *use, NodeId member)
{
    const Node *outer = draft_node(use->swap->draft, parent_at(use, 2));
    return (outer->kind == STMT_ASSIGN && outer->first == member) || outer->kind == STMT_AUGMENTED ||
           outer->kind == STMT_DELETE;
}

/* `.text` becomes `.text()`: the member, with the brackets of its call. */
static void rename_member(const Handling *use, Str text)
{
    Swap *swap = use->swap;
    const Node *member = use->parent, *whole = draft_node(swap->draft, whole_of(use));
    if (!text.len) return;
    uint32_t start = member->span.end - (uint32_t)name_str(member->name).len, end = member->span.end;
    if (str_find_byte(text, '(') != SIZE_MAX) {
        end = whole->span.end;
        if (whole->kind == EXPR_CALL && whole->second) refuse_member(use, name_str(member->name));
    }
    swap_replace(swap, start, end, text);
}

static void become_expression(const Handling *use, const SwapRow *row)
{
    Swap *swap = use->swap;
    size_t hole = str_find_byte(row->text, '@');
    Span whole = draft_node(swap->draft, whole_of(use))->span;
    if (hole == SIZE_MAX) return;
    swap_replace(swap, whole.start, whole.start, str_part(row->text, 0, hole));
    swap_replace(swap, swap_dot(swap, use->parent), whole.end, str_drop(row->text, hole + 1));
}

/* `x.autocommit = True` becomes `await x.set_autocommit(True)`. */
static void become_call(const Handling *use, const SwapRow *row)
{
    Swap *swap = use->swap;
    const Node *statement = draft_node(swap->draft, parent_at(use, 2));
    Around around;
    bool plain = statement->kind == STMT_ASSIGN && !draft_node(swap->draft, statement->first)->next;
    const Node *member = use->parent, *value = draft_node(swap->draft, statement->second);
    if (!plain || value->span.end != statement->span.end) refuse_member(use, name_str(member->name));
    if (!draft_may_await(swap->draft, parent_at(use, 2), &around)) return;
    uint32_t start = member->span.end - (uint32_t)name_str(member->name).len;
    swap_replace(swap, statement->span.start, statement->span.start, STR("await "));
    swap_replace(swap, start, value->span.start, str_join(swap->draft->arena, row->text, STR("("), STR("")));
    swap_replace(swap, value->span.end, value->span.end, STR(")"));
}

static void apply_member(const Handling *use, const SwapRow *row)
{
    Swap *swap = use->swap;
    NodeId whole = whole_of(use);
    swap_note(swap, row->note);
    if (row->gives.len) swap_value(swap, whole, row->gives);
    switch (row->form) {
    case SWAP_KEEP:
        rename_member(use, row->text);
        break;
    case SWAP_AWAIT:
        if (draft_node(swap->draft, whole)->kind != EXPR_CALL && str_find_byte(row->text, '(') == SIZE_MAX)
            refuse_handed_on(use);
        swap_await(swap, whole);
        rename_member(use, row->text);
        break;
    case SWAP_EXPRESSION:
        become_expression(use, row);
        break;
    default:
        refuse_member(use, name_str(use->parent->name));
        return;
    }
    if (draft_node(swap->draft, whole)->kind == EXPR_CALL) swap_arguments(swap, whole, row->path);
}

static void use_member(const Handling *use)
{
    SwapRow row;
    Str name = name_str(use->parent->name), path = member_path(use, name);
    bool assigned = is_assigned(use, parent_at(use, 1));
    bool known = swap_member_row(use->swap, path, &row);
    note_use(use, path, whole_of(use));
    if (known && assigned && row.form == SWAP_SET)
        become_call(use, &row);
    else if (!known || (assigned && !str_equal(row.value, STR("settable"))))
        refuse_member(use, name);
    else
        apply_member(use, &row);
}

/* --- loops and blocks --- */

static bool has_row(const Handling *use, Str member, SwapForm form, SwapRow *row)
{
    size_t from = 0;
    return swap_row(use->swap, member_path(use, member), form, &from, row);
}

/* `for` becomes `async for`; a generator expression would become another thing. */
static void use_iterated(const Handling *use)
{
    SwapRow row;
    Around around;
    Draft *draft = use->swap->draft;
    NodeId loop = parent_at(use, 1);
    bool clause = use->parent->kind == CLAUSE_FOR;
    bool generator = clause && draft_node(draft, parent_at(use, 2))->kind == EXPR_GENERATOR;
    if (generator || !has_row(use, STR("__iter__"), SWAP_ITERATE, &row)) {
        refuse_handed_on(use);
        return;
    }
    note_use(use, member_path(use, STR("__iter__")), use->node);
    NodeId place = clause ? parent_at(use, 2) : loop;
    if (draft_may_await(draft, place, &around))
        swap_replace(use->swap, use->parent->span.start, use->parent->span.start, STR("async "));
}

static void follow_name(Swap *swap, NodeId target, Str type);

static void use_entered(const Handling *use)
{
    SwapRow row;
    Around around;
    Draft *draft = use->swap->draft;
    NodeId with = parent_at(use, 2);
    const Node *item = use->parent, *statement = draft_node(draft, with);
    note_use(use, member_path(use, STR("__enter__")), use->node);
    if (!has_row(use, STR("__enter__"), SWAP_ENTER, &row)) {
        draft_refuse(draft, "`with` of the %.*s does something else there", DRAFT_STR(last_part(use->type)));
        return;
    }
    if (statement->flags & FLAG_ASYNC || item->next || statement->first != parent_at(use, 1)) {
        draft_refuse(draft, "stands beside others in one `with`");
        return;
    }
    if (item->second) follow_name(use->swap, item->second, row.gives.len ? row.gives : use->type);
    if (draft_may_await(draft, with, &around))
        swap_replace(use->swap, statement->span.start, statement->span.start, STR("async "));
}

/* --- functions that it is handed to --- */

static void use_handed(const Handling *use)
{
    SwapRow row;
    Swap *swap = use->swap;
    size_t from = 0;
    const Node *callee = draft_node(swap->draft, use->parent->first);
    Str path = dotted_path(swap->draft, use->parent->first);
    bool known =
        path.len && use->parent->second == use->node && swap_row(swap, path, SWAP_HANDED, &from, &row);
    if (!known || !str_equal(row.gives, use->type) || callee->kind != EXPR_ATTRIBUTE) {
        refuse_handed_on(use);
        return;
    }
    Around around;
    note_use(use, path, parent_at(use, 1));
    if (!draft_may_await(swap->draft, use->node, &around)) return;
    Span object = draft_node(swap->draft, use->node)->span;
    uint32_t start = callee->span.end - (uint32_t)name_str(callee->name).len;
    swap_replace(swap, start, callee->span.end, row.text);
    swap_replace(swap, object.start, object.end,
                 swap_filled(swap, row.value, "@", draft_text(swap->draft, use->node)));
}

/* --- names --- */

static bool is_same_loop(const Handling *use, const Mention *binding, const Mention *owner,
                         const Mention *mention)
{
    const Swap *swap = use->swap;
    for (uint32_t i = 1; i < use->around.count; i++) {
        const Node *node = draft_node(swap->draft, use->around.nodes[i]);
        bool loop = node->kind == STMT_FOR || node->kind == STMT_WHILE;
        bool both = node->span.start <= mention->offset && mention->offset < binding->offset;
        if (loop && both && (!owner || owner->offset < node->span.start)) return true;
    }
    return false;
}

static void follow_mention(const Handling *use, const Mentions *mentions, const Mention *mine,
                           const Mention *mention, Str type)
{
    const Mention *owner = mentions_binding(mentions, mention);
    if (owner == mine) {
        swap_value(use->swap, mention->node, type);
        return;
    }
    bool later = !owner && mention->offset > mine->offset;
    if (later || is_same_loop(use, mine, owner, mention))
        draft_refuse(use->swap->draft, "the %.*s is bound in more than one place",
                     DRAFT_STR(last_part(type)));
}

static void follow_mentions(const Handling *use, NodeId target, Str type)
{
    Draft *draft = use->swap->draft;
    Mentions mentions;
    const Mention *mine = NULL;
    mentions_find(draft, draft_node(draft, target)->name, &mentions);
    for (size_t i = 0; i < mentions.count; i++)
        if (mentions.items[i].node == target) mine = &mentions.items[i];
    if (mentions.trouble || !mine) {
        draft_refuse(draft, "the %.*s %s", DRAFT_STR(last_part(type)),
                     mentions.trouble ? mentions.trouble : "is bound in several ways");
        return;
    }
    for (size_t i = 0; i < mentions.count && !swap_stopped(use->swap); i++)
        if (!mentions.items[i].binds) follow_mention(use, &mentions, mine, &mentions.items[i], type);
}

static void follow_name(Swap *swap, NodeId target, Str type)
{
    Handling use = {.swap = swap, .node = target, .type = type};
    const Node *node = draft_node(swap->draft, target);
    bool found = around_find(swap->draft->unit, draft_function(swap->draft)->node, target, &use.around);
    if (!found || node->kind != EXPR_NAME || !node->name || swap->depth >= SWAP_DEPTH) {
        refuse_handed_on(&use);
        return;
    }
    swap->depth++;
    follow_mentions(&use, target, type);
    swap->depth--;
}

static void use_assigned(const Handling *use)
{
    NodeId target = use->parent->first;
    if (draft_node(use->swap->draft, target)->next)
        refuse_handed_on(use);
    else
        follow_name(use->swap, target, use->type);
}

/* `r is None` asks nothing of it. */
static bool is_identity(const Node *node)
{
    return node->kind == EXPR_COMPARE && node->name && str_starts(name_str(node->name), STR("is"));
}

static void use_in(const Handling *use)
{
    const Node *parent = use->parent;
    if (parent->kind == EXPR_ATTRIBUTE && parent->first == use->node)
        use_member(use);
    else if (parent->kind == STMT_ASSIGN && parent->second == use->node)
        use_assigned(use);
    else if ((parent->kind == STMT_FOR || parent->kind == CLAUSE_FOR) && parent->second == use->node)
        use_iterated(use);
    else if (parent->kind == WITH_ITEM && parent->first == use->node)
        use_entered(use);
    else if (parent->kind == EXPR_CALL)
        use_handed(use);
    else if (parent->kind != STMT_EXPRESSION && !is_identity(parent))
        refuse_handed_on(use);
}

void swap_value(Swap *swap, NodeId expression, Str type)
{
    Handling use = {.swap = swap, .node = expression, .type = type};
    if (!type.len || swap_stopped(swap)) return;
    if (!around_find(swap->draft->unit, draft_function(swap->draft)->node, expression, &use.around)) {
        draft_refuse(swap->draft, "its place in the function was not found");
        return;
    }
    uint32_t end = draft_node(swap->draft, expression)->span.end;
    if (end > swap->last_use) swap->last_use = end;
    use.parent = draft_node(swap->draft, around_parent(&use.around));
    if (swap->depth >= SWAP_DEPTH) {
        refuse_handed_on(&use);
        return;
    }
    swap->depth++;
    use_in(&use);
    swap->depth--;
}
