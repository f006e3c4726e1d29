#include "fixes/offload_call.h"

#include "fixes/nodes.h"
#include "fixes/offload_spelling.h"
#include "fixes/thread_bound.h"
#include "base/banned.h"

typedef struct Call {
    Draft *draft;
    const Node *node;
    const Node *callee;
    uint32_t bracket;         /* offset of its "(" */
    bool keywords, generator; /* generator: its brackets are those of the call */
} Call;

enum { NAME_BYTES = 60 };

Str offload_name(const Draft *draft, NodeId node)
{
    const Node *call = draft_node(draft, node);
    Str text = draft_text(draft, call->kind == EXPR_CALL ? call->first : node);
    if (text.len <= NAME_BYTES && str_find_byte(text, '\n') == SIZE_MAX) return text;
    return call->kind == EXPR_CALL && draft_node(draft, call->first)->name
               ? name_str(draft_node(draft, call->first)->name)
               : STR("the expression");
}

/* --- the call's own brackets --- */

static bool find_bracket(Call *call)
{
    Str text = call->draft->unit->source.text;
    uint32_t at = call->callee->span.end;
    while (at < call->node->span.end && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    call->bracket = at;
    return at < call->node->span.end && text.ptr[at] == '(' &&
           call->node->span.start == call->callee->span.start;
}

static bool hands_keywords(const Call *call)
{
    for (NodeId at = call->node->second; at; at = draft_node(call->draft, at)->next)
        if (draft_node(call->draft, at)->kind == ARG_KEYWORD) return true;
    return false;
}

static bool read_call(Call *call, Draft *draft, NodeId node)
{
    *call = (Call){.draft = draft, .node = draft_node(draft, node)};
    call->callee = draft_node(draft, call->node->first);
    if (!find_bracket(call)) {
        draft_refuse(draft, "the function stands in brackets");
        return false;
    }
    const Node *argument = draft_node(draft, call->node->second);
    call->keywords = hands_keywords(call);
    call->generator = argument->kind == EXPR_GENERATOR && argument->span.start == call->bracket;
    return true;
}

/* `load(` with its arguments on the lines below. */
static bool hangs(const Call *call)
{
    Str text = call->draft->unit->source.text;
    uint32_t at = call->bracket + 1;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\r'))
        at++;
    return call->node->second && at < text.len && (text.ptr[at] == '\n' || text.ptr[at] == '#');
}

/* --- writing --- */

/* Between the function and its arguments. */
static Str separator(const Call *call, const Way *way, bool hanging)
{
    if (way->row->wraps) return STR(")(");
    if (!call->node->second) return STR("");
    return hanging ? STR(",") : STR(", ");
}

static void write_call(const Call *call, const Way *way, bool tighter)
{
    Draft *draft = call->draft;
    bool hanging = hangs(call) && !way->row->wraps && !way->partial;
    Str opened = draft_format(draft, "%s%.*s", tighter ? "(" : "", DRAFT_STR(way->opened));
    if (hanging) {
        uint32_t first = draft_node(draft, call->node->second)->span.start;
        opened = draft_format(draft, "%.*s\n%.*s", DRAFT_STR(str_trim(opened)),
                              DRAFT_STR(draft_indent(draft, draft->unit, first)));
    }
    draft_insert(draft, draft->unit, call->callee->span.start, opened);
    uint32_t kept = call->bracket + (call->generator ? 0 : 1);
    draft_replace(draft, draft->unit, (Span){call->callee->span.end, kept}, separator(call, way, hanging));
    Str closed = draft_format(draft, "%s%s%s", call->generator ? ")" : "", way->partial ? ")" : "",
                              tighter ? ")" : "");
    if (closed.len) draft_insert(draft, draft->unit, call->node->span.end, closed);
}

void offload_call(Draft *draft, const Around *around, Str path)
{
    Call call;
    Way way;
    NodeId node = around->nodes[around->count - 1];
    if (!read_call(&call, draft, node)) return;
    thread_judge(draft, (Moved){.node = node});
    if (draft_is_refused(draft) || !way_find(draft, path, call.keywords, &way)) return;
    write_call(&call, &way, around_binds_tighter(around));
    draft_claim(draft, draft->unit, call.callee->span);
    draft_title(draft, "Run `%.*s` in a thread", DRAFT_STR(offload_name(draft, node)));
}

/* --- in a lambda --- */

static const char *forbids_lambda(const Node *node)
{
    static const char *const words[] = {"super", "locals", "vars", "dir", "eval", "exec", "__class__"};
    for (size_t i = 0; node->kind == EXPR_NAME && i < sizeof words / sizeof *words; i++)
        if (str_equal(name_str(node->name), str_from(words[i]))) return "looks at its own frame";
    switch (node->kind) {
    case EXPR_AWAIT:
        return "awaits inside the expression";
    case EXPR_YIELD:
        return "yields inside the expression";
    case EXPR_NAMED:
        return "binds a name inside the expression";
    case NODE_DAMAGED:
        return "a part of the expression does not parse";
    case CLAUSE_FOR:
        return node->flags & FLAG_ASYNC ? "awaits inside the expression" : NULL;
    default:
        return NULL;
    }
}

static void check_lambda(Draft *draft, NodeId expression)
{
    Nodes nodes;
    nodes_init(&nodes, draft->unit, expression);
    for (NodeId at; (at = nodes_next(&nodes));) {
        const char *reason = forbids_lambda(draft_node(draft, at));
        if (reason) draft_refuse(draft, "%s", reason);
    }
    nodes_free(&nodes);
}

void offload_expression(Draft *draft, const Around *around, Str path)
{
    Way way;
    NodeId expression = around->nodes[around->count - 1];
    Span span = draft_node(draft, expression)->span;
    check_lambda(draft, expression);
    if (!draft_is_refused(draft)) thread_judge(draft, (Moved){.node = expression, .is_whole = true});
    if (draft_is_refused(draft) || !way_find(draft, path, false, &way)) return;
    bool tighter = around_binds_tighter(around);
    draft_insert(draft, draft->unit, span.start,
                 draft_format(draft, "%s%.*slambda: ", tighter ? "(" : "", DRAFT_STR(way.opened)));
    draft_insert(draft, draft->unit, span.end,
                 draft_format(draft, "%s%s", way.row->wraps ? ")()" : ")", tighter ? ")" : ""));
    draft_claim(draft, draft->unit, span);
    draft_title(draft, "Run `%.*s` in a thread", DRAFT_STR(offload_name(draft, expression)));
}
