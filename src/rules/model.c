#include "rules/model.h"

#include "base/banned.h"

void model_init(Model *model, Arena *arena)
{
    *model = (Model){.arena = arena, .names = names_new()};
    map_init(&model->index, arena);
}

void model_free(Model *model)
{
    vec_free(&model->nodes);
    vec_free(&model->rules);
    vec_free(&model->unless);
    vec_free(&model->bases);
    vec_free(&model->handovers);
    vec_free(&model->methods);
    vec_free(&model->codes);
    vec_free(&model->triggers);
    vec_free(&model->spellings);
    vec_free(&model->swaps);
    names_free(model->names);
}

static uint32_t node_add(Model *model, Name name)
{
    uint32_t number = (uint32_t)model->nodes.count;
    ModelNode node = {.name = name, .rule = MODEL_NONE, .method = MODEL_NONE, .next_handover = MODEL_NONE};
    vec_add(&model->nodes, node);
    map_put(&model->index, name, number);
    return number;
}

uint32_t model_node(Model *model, Str path)
{
    if (model->rename) path = model->rename(model->known, model->arena, path);
    Name name = names_intern(model->names, path);
    uint32_t found = map_find(&model->index, name);
    if (found != MAP_NONE) return found;
    uint32_t number = node_add(model, name);
    for (size_t dot = str_find_last(path, '.'); dot != SIZE_MAX; dot = str_find_last(path, '.')) {
        path = str_part(path, 0, dot);
        Name prefix = names_intern(model->names, path);
        uint32_t parent = map_find(&model->index, prefix);
        bool is_new = parent == MAP_NONE;
        if (is_new) parent = node_add(model, prefix);
        model->nodes.items[parent].is_parent = true;
        if (!is_new) break;
    }
    return number;
}

void model_mark_owner(Model *model, Str path)
{
    size_t dot = str_find_last(path, '.');
    if (dot == SIZE_MAX) return;
    uint32_t owner = model_node(model, str_part(path, 0, dot));
    model->nodes.items[owner].is_type = true;
}

static bool is_member_kind(CallKind kind, Str path)
{
    bool is_dunder = str_ends(path, STR("__"));
    return kind == CALL_METHOD || kind == CALL_PROPERTY ||
           ((kind == CALL_ITERATION || kind == CALL_CONTEXT) && is_dunder);
}

bool model_rule_add(Model *model, const ModelRule *rule)
{
    uint32_t number = model_node(model, rule->rule.path);
    ModelNode *node = &model->nodes.items[number];
    if (node->rule != MODEL_NONE) return false;
    node->rule = (uint32_t)model->rules.count;
    if (rule->rule.returns.len) node->returns = rule->rule.returns;
    if (rule->rule.kind == CALL_CONSTRUCTOR) node->is_type = true;
    vec_add(&model->rules, *rule);
    if (is_member_kind(rule->rule.kind, rule->rule.path)) model_mark_owner(model, rule->rule.path);
    return true;
}

bool model_handover_add(Model *model, const Handover *handover)
{
    uint32_t number = model_node(model, handover->path);
    ModelNode *node = &model->nodes.items[number];
    for (uint32_t at = node->next_handover; at != MODEL_NONE; at = model->handovers.items[at].next) {
        const Handover *other = &model->handovers.items[at].handover;
        if (other->position == handover->position && str_equal(other->keyword, handover->keyword) &&
            other->is_conditional == handover->is_conditional)
            return false;
    }
    ModelHandover added = {.handover = *handover, .next = node->next_handover};
    node->next_handover = (uint32_t)model->handovers.count;
    vec_add(&model->handovers, added);
    return true;
}

bool model_method_add(Model *model, Str base, Str method, const MethodPlacement *placement)
{
    uint32_t number = model_node(model, str_join(model->arena, base, STR("."), method));
    ModelNode *node = &model->nodes.items[number];
    if (node->method != MODEL_NONE) return false;
    node->method = (uint32_t)model->methods.count;
    vec_add(&model->methods, *placement);
    uint32_t owner = model_node(model, base);
    model->nodes.items[owner].is_type = true;
    return true;
}

/* What the path is a re-export of at last; the path itself when it is none. */
static Str end_of(Model *model, Str path)
{
    for (;;) {
        uint32_t next = map_find(&model->index, names_intern(model->names, path));
        if (next == MAP_NONE || !model->nodes.items[next].same.len) return path;
        path = model->nodes.items[next].same;
    }
}

bool model_same_add(Model *model, Str path, Str same)
{
    uint32_t number = model_node(model, path);
    ModelNode *node = &model->nodes.items[number];
    if (node->same.len || str_equal(end_of(model, same), name_str(node->name))) return false;
    node->same = same;
    return true;
}

void model_resolve(Model *model)
{
    for (size_t i = 0; i < model->nodes.count; i++) {
        ModelNode *node = &model->nodes.items[i];
        if (node->same.len) node->same = end_of(model, node->same);
    }
}
