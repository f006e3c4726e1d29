/* Parameters that a framework fills: `db=Depends(get_db)`, `Annotated[Session, Depends(get_db)]`. */
#include "program/flow.h"

#include "program/arguments.h"
#include "program/outcomes.h"
#include "base/banned.h"

/* What the function gives to the parameter: a generator's function what it yields. */
static const Value *given_by(Flow *flow, const Value *functions)
{
    const Value *given = NULL;
    bool any = false;
    functions = flow_settled(flow, functions);
    for (uint32_t i = 0; functions && i < functions->count; i++) {
        const Item *item = &functions->items[i];
        const Value *one = flow_result_of(flow, value_of(flow->arena, *item), 0);
        bool yields = item->kind == ITEM_FUNCTION && item_function(flow, item)->is_generator;
        if (yields) one = flow_held(flow, one);
        given = any ? value_join(flow->arena, given, one) : one;
        any = true;
    }
    return given;
}

const Value *flow_injected(Flow *flow, NodeId call)
{
    if (flow->defining || !call || flow_node(flow, call)->kind != EXPR_CALL) return NULL;
    const Value *callee = flow_settled(flow, flow_expression(flow, flow_node(flow, call)->first));
    const Item *path = value_find(callee, ITEM_PATH);
    Handover rule;
    for (size_t i = 0; path && catalogue_handover(flow->unit->catalogue, path->path, i, &rule); i++) {
        NodeId argument =
            rule.injects ? argument_find(flow->unit, call, rule.position, rule.keyword, NULL) : 0;
        if (!argument) continue;
        const Value *functions = flow_expression(flow, argument);
        flow_note_coroutines(flow, functions, rule.def_runs, rule.coroutine_runs, call);
        flow_note_server(flow, functions, path->path);
        return given_by(flow, functions);
    }
    return NULL;
}

const Value *flow_injected_or(Flow *flow, const Value *injected, const Value *declared)
{
    if (!injected || !declared) return injected ? injected : declared;
    const Value *settled = flow_settled(flow, injected);
    return settled && !settled->open_ended && !value_literal(settled) ? settled : declared;
}
