#include "fixes/wrap_call.h"

#include "base/banned.h"

/* The bracket that opens the arguments; UINT32_MAX: something stands before it. */
static uint32_t bracket_of(const Unit *unit, const Node *call)
{
    Str text = unit->source.text;
    uint32_t at = unit_node(unit, call->first)->span.end;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return at < text.len && text.ptr[at] == '(' ? at : UINT32_MAX;
}

/* `f(x for x in y)` needs a second pair of brackets among others. */
static bool takes_generator(const Unit *unit, const Node *call)
{
    const Node *argument = unit_node(unit, call->second);
    return call->second && !argument->next && argument->kind == EXPR_GENERATOR;
}

static char byte_at(const Unit *unit, uint32_t offset)
{
    return offset < unit->source.text.len ? unit->source.text.ptr[offset] : '\0';
}

static Str comma_before(const Unit *unit, uint32_t offset)
{
    char byte = byte_at(unit, offset);
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' ? STR(",") : STR(", ");
}

/* Arguments that begin on a line of their own keep it: the callee gets one, too. */
static Str line_before(const Draft *draft, const Unit *unit, const Node *call, uint32_t bracket)
{
    char byte = byte_at(unit, bracket + 1);
    if (!call->second || (byte != '\n' && byte != '\r')) return STR("");
    Str indent = draft_indent(draft, unit, unit_node(unit, call->second)->span.start);
    return str_join(draft->arena, STR("\n"), indent, STR(""));
}

void wrap_call(Draft *draft, const Unit *unit, NodeId call, Str head, Str tail)
{
    const Node *node = unit_node(unit, call);
    uint32_t bracket = node->kind == EXPR_CALL ? bracket_of(unit, node) : UINT32_MAX;
    if (bracket == UINT32_MAX || takes_generator(unit, node)) {
        draft_refuse(draft, "the call is written in a way that was not understood");
        return;
    }
    Str line = line_before(draft, unit, node, bracket);
    draft_insert(draft, unit, node->span.start, str_join(draft->arena, head, line, STR("")));
    draft_replace(draft, unit, (Span){bracket, bracket + 1},
                  node->second ? comma_before(unit, bracket + 1) : STR(""));
    if (tail.len) draft_insert(draft, unit, node->span.end, tail);
}
