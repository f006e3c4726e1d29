/* From the node of a finding to the call that made what it works with: `rows = cur.fetchall()` to `connect(...)`. */
#include "fixes/dotted.h"
#include "fixes/mentions.h"
#include "fixes/swap.h"
#include "base/banned.h"

/* --- what a call is of --- */

/* Of a call that blocks its step tells, also where the receiver's type was inferred. */
static Str path_of_call(const Draft *draft, NodeId call)
{
    const Subject *subject = draft->subject;
    if (subject->node == call && subject->sink) return subject->sink->rule.path;
    for (size_t i = 0; i < subject->instance->steps.count; i++) {
        const Step *step = &subject->instance->steps.items[i];
        if (step->node == call && !step->call && step->function == subject->function) return step->rule.path;
    }
    return dotted_path(draft, draft_node(draft, call)->first);
}

static bool is_root_form(SwapForm form)
{
    return form == SWAP_CLIENT || form == SWAP_CLIENT_HELD || form == SWAP_OPEN || form == SWAP_MAKE ||
           form == SWAP_OPEN_AWAITED || form == SWAP_RECEIVER;
}

/* --- which library --- */

static bool project_imports(const Program *program, Str module)
{
    for (size_t i = 0; i < program->units.count; i++)
        if (program->units.items[i]->is_root && dotted_imports(program->units.items[i], module)) return true;
    return false;
}

/* How much speaks for the row's library: the user's word, the file, the project. */
static int weight_of(const Draft *draft, const SwapRow *row)
{
    Str wanted = draft->settings->http_client;
    if (wanted.len && str_equal(row->group, STR("http-client")))
        return str_equal(wanted, row->library) ? 3 : -1;
    if (dotted_imports(draft->unit, row->library)) return 2;
    return project_imports(draft->program, row->library) ? 1 : 0;
}

static bool choose(const Draft *draft, Str path, SwapRow *best)
{
    SwapRow row;
    int most = -1;
    for (size_t i = 0; catalogue_swap(draft->unit->catalogue, path, i, &row); i++) {
        if (!is_root_form(row.form)) continue;
        int weight = weight_of(draft, &row);
        if (weight <= most) continue;
        most = weight;
        *best = row;
    }
    return most >= 0;
}

/* --- where a value comes from --- */

static bool is_root(Swap *swap, NodeId call)
{
    const Draft *draft = swap->draft;
    if (draft_node(draft, call)->kind != EXPR_CALL) return false;
    Str path = path_of_call(draft, call);
    if (!path.len || !choose(draft, path, &swap->row)) return false;
    swap->root = call;
    return true;
}

/* The name that the expression is a member of: `f` of `f.read().strip()`. */
static NodeId innermost(const Draft *draft, NodeId expression)
{
    const Node *node = draft_node(draft, expression);
    for (unsigned i = 0; i < LIMIT_FIX_NESTING && node->kind != EXPR_NAME; i++) {
        if (node->kind != EXPR_ATTRIBUTE && node->kind != EXPR_CALL) return 0;
        expression = node->first;
        node = draft_node(draft, expression);
    }
    return node->kind == EXPR_NAME ? expression : 0;
}

static const Mention *mention_of(const Mentions *mentions, NodeId node)
{
    for (size_t i = 0; i < mentions->count; i++)
        if (mentions->items[i].node == node) return &mentions->items[i];
    return NULL;
}

/* What the statement binds the name to. */
static NodeId bound_expression(const Draft *draft, const Mention *binding)
{
    const Node *statement = draft_node(draft, binding->statement);
    if (statement->kind == STMT_ASSIGN && statement->first == binding->node) return statement->second;
    if (statement->kind != STMT_WITH) return 0;
    for (NodeId at = statement->first; at; at = draft_node(draft, at)->next)
        if (draft_node(draft, at)->second == binding->node) return draft_node(draft, at)->first;
    return 0;
}

/* The expression that the name at the node was bound to; 0: not known. */
static NodeId origin_of(const Draft *draft, NodeId name)
{
    Mentions mentions;
    if (!name || !draft_node(draft, name)->name) return 0;
    mentions_find(draft, draft_node(draft, name)->name, &mentions);
    const Mention *mention = mention_of(&mentions, name);
    const Mention *binding = mention && !mentions.trouble ? mentions_binding(&mentions, mention) : NULL;
    return binding ? bound_expression(draft, binding) : 0;
}

/* Some call inwards of the expression is the root: `get(url).json()`. */
static bool find_inwards(Swap *swap, NodeId expression)
{
    for (unsigned i = 0; expression && i < LIMIT_FIX_NESTING; i++) {
        const Node *node = draft_node(swap->draft, expression);
        if (is_root(swap, expression)) return true;
        if (node->kind != EXPR_ATTRIBUTE && node->kind != EXPR_CALL) return false;
        expression = node->first;
    }
    return false;
}

static bool find_back(Swap *swap, NodeId name)
{
    for (unsigned i = 0; i < SWAP_DEPTH; i++) {
        NodeId origin = origin_of(swap->draft, name);
        if (!origin) return false;
        if (find_inwards(swap, origin)) return true;
        name = innermost(swap->draft, origin);
    }
    return false;
}

bool swap_find(Swap *swap)
{
    const Draft *draft = swap->draft;
    NodeId node = draft->subject->node;
    if (find_inwards(swap, node)) return true;
    NodeId name = innermost(draft, node);
    if (name && find_back(swap, name)) return true;
    const Node *call = draft_node(draft, node);
    NodeId first = call->kind == EXPR_CALL ? innermost(draft, call->second) : 0;
    return first && find_back(swap, first);
}
