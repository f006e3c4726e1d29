#include "fixes/twin.h"

#include "fixes/dotted.h"
#include "fixes/twin_edit.h"
#include "base/banned.h"

bool twin_fits(const Catalogue *catalogue, const Rule *rule)
{
    bool function = !catalogue_is_type(catalogue, path_owner(rule->path));
    return function && rule->form == FORM_AWAIT_CALL && catalogue_twin(catalogue, rule->path).len;
}

Str twin_write(Draft *draft, const Unit *unit, const FunctionInfo *function, NodeId call, const Rule *rule,
               bool bracket)
{
    const Node *node = unit_node(unit, call);
    Str twin = catalogue_twin(unit->catalogue, rule->path);
    if (!str_equal(dotted_path_in(draft, unit, function, node->first), rule->path)) {
        draft_refuse(draft, "what is called is no name of an import");
        return STR("");
    }
    if (!twin_takes(draft, unit, call, rule->path)) return STR("");
    Str name = draft_import(draft, unit, function, path_owner(twin), path_last(twin));
    draft_replace(draft, unit, unit_node(unit, node->first)->span,
                  draft_format(draft, "%sawait %.*s", bracket ? "(" : "", DRAFT_STR(name)));
    if (bracket) draft_insert(draft, unit, node->span.end, STR(")"));
    return name;
}
