#include "fixes/twin.h"

#include "base/banned.h"

bool twin_fits(const Rule *rule)
{
    return str_equal(rule->replacement, STR("asyncio.sleep"));
}

Str twin_write(Draft *draft, const Unit *unit, const FunctionInfo *function, NodeId call, const Rule *rule,
               bool bracket)
{
    const Node *node = unit_node(unit, call);
    size_t dot = str_find_last(rule->replacement, '.');
    Str name = draft_import(draft, unit, function, str_part(rule->replacement, 0, dot),
                            str_after_last(rule->replacement, '.'));
    draft_replace(draft, unit, unit_node(unit, node->first)->span,
                  draft_format(draft, "%sawait %.*s", bracket ? "(" : "", DRAFT_STR(name)));
    if (bracket) draft_insert(draft, unit, node->span.end, STR(")"));
    return name;
}
