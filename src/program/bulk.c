#include "program/bulk.h"

#include "program/arguments.h"
#include "base/banned.h"

static NodeId argument_node(const Flow *flow, NodeId argument)
{
    const Node *node = flow_node(flow, argument);
    return node->kind == ARG_KEYWORD ? node->first : argument;
}

static bool is_handed_bulk(Flow *flow, NodeId call)
{
    if (!call || flow_node(flow, call)->kind != EXPR_CALL) return false;
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next)
        if (value_is_bulk(flow_settled(flow, argument_value(flow, argument_node(flow, at))))) return true;
    return false;
}

/* The data come first, `dump(data, file)`, or by a name. */
static bool works_on_bulk(Flow *flow, NodeId call)
{
    if (flow_node(flow, call)->kind != EXPR_CALL) return false;
    NodeId first = flow_node(flow, call)->second;
    if (!first || flow_node(flow, first)->kind == ARG_KEYWORD) return is_handed_bulk(flow, call);
    return value_is_bulk(flow_settled(flow, argument_value(flow, first)));
}

const Value *bulk_result(Flow *flow, const Item *callee, NodeId node, const Value *result)
{
    uint32_t traits = paths_find(&flow_program(flow)->paths, callee->path)->traits;
    if (traits & TRAIT_BIT(TRAIT_BULK)) return value_as_bulk(flow->arena, result);
    if (!(traits & TRAIT_BIT(TRAIT_KEEPS_SIZE))) return result;
    bool bulk = callee->bulk || is_handed_bulk(flow, node);
    return bulk ? value_as_bulk(flow->arena, result) : result;
}

const Value *bulk_attribute(Flow *flow, const Item *item, const PathEntry *entry, const Value *value)
{
    bool gives = entry->traits & TRAIT_BIT(TRAIT_BULK);
    bool keeps = item->bulk && entry->traits & TRAIT_BIT(TRAIT_KEEPS_SIZE);
    return gives || keeps ? value_as_bulk(flow->arena, value) : value;
}

const Value *bulk_method(Flow *flow, const Item *item, Name attribute)
{
    Paths *paths = &flow_program(flow)->paths;
    bool data =
        item->kind == ITEM_LITERAL || (item->kind == ITEM_PATH && !paths_find(paths, item->path)->has_rule);
    if (!item->bulk || !data) return NULL;
    Str path = paths_joined(paths, STR("builtins.str"), attribute);
    if (!(paths_find(paths, path)->traits & TRAIT_BIT(TRAIT_KEEPS_SIZE))) return NULL;
    return value_of(flow->arena,
                    (Item){.kind = ITEM_PATH, .path = path, .bulk = true, .confidence = CONFIDENCE_LIKELY});
}

/* `load("a: 1")`, `compress(b"...")`: what stands in the text is small. */
static bool works_on_constants(Flow *flow, NodeId call)
{
    Item literal;
    NodeId first = flow_node(flow, call)->kind == EXPR_CALL ? flow_node(flow, call)->second : 0;
    return first && argument_literal(flow, argument_node(flow, first), &literal);
}

Weight bulk_weight(Flow *flow, const Rule *rule, NodeId node, const Item *receiver)
{
    if (rule->weight == WEIGHT_ALWAYS) return WEIGHT_ALWAYS;
    bool bulk = (receiver && receiver->bulk) || (node && works_on_bulk(flow, node));
    if (bulk) return rule->weight;
    return rule->weight == WEIGHT_CHEAP || works_on_constants(flow, node) ? WEIGHT_NONE : WEIGHT_CHEAP;
}

bool bulk_computes(Flow *flow, const Rule *rule, Rule *computing)
{
    if (rule->effect != EFFECT_FILE) return false;
    uint32_t traits = paths_find(&flow_program(flow)->paths, rule->path)->traits;
    if (!(traits & TRAIT_BIT(TRAIT_COMPUTES))) return false;
    *computing = *rule;
    computing->effect = EFFECT_CPU;
    computing->severity = SEVERITY_MEDIUM;
    return true;
}
