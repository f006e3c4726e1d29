/* model.h - rule tables while they are read: everything that is known of each dotted path.
 *
 *   table.json ──loader──▶ Model ──image_build──▶ words and text ──▶ look-ups
 *
 * Shape   one node a dotted path, and one for each of its prefixes; numbers of nodes, rules and handovers are
 *         in the order read, image_build sorts them.
 * Owner   the arena holds the texts and model_free ends the arrays. */
#ifndef LOOPSAFE_RULES_MODEL_H
#define LOOPSAFE_RULES_MODEL_H

#include "base/map.h"
#include "base/vec.h"
#include "rules/catalogue.h"
#include "rules/swap.h"

#define MODEL_NONE UINT32_MAX /* an enum cannot hold it */

typedef struct ModelRule {
    Rule rule;         /* unless_first counts from the model's first */
    bool has_severity; /* else that of the effect */
} ModelRule;

typedef struct ModelNode {
    Name name;
    uint32_t rule;          /* number of its rule, or MODEL_NONE */
    uint32_t method;        /* number of its placement, or MODEL_NONE */
    uint32_t next_handover; /* head of the chain of its handovers, or MODEL_NONE; last one first */
    uint32_t first_base, base_count;
    Str returns, attribute, same, enter, item, twin, needs, unlike;
    uint32_t traits; /* bits of Trait */
    bool is_type;
    bool is_parent; /* a node stands below it */
} ModelNode;

typedef struct ModelHandover {
    Handover handover;
    uint32_t next; /* the one of the same path before it, or MODEL_NONE */
} ModelHandover;

typedef struct ModelEffect {
    bool is_set;
    Severity severity;
    Str code; /* empty: no check yet */
} ModelEffect;

typedef struct Model {
    Arena *arena;
    Names *names;
    Map index; /* name of a node -> its number */
    /* What a path is called in the tables that are known already; NULL: no such tables. */
    Str (*rename)(const Catalogue *known, Arena *arena, Str path);
    const Catalogue *known;
    VEC(ModelNode) nodes;
    VEC(ModelRule) rules;
    VEC(Unless) unless;
    VEC(Str) bases;
    VEC(ModelHandover) handovers;
    VEC(MethodPlacement) methods;
    VEC(CodeRule) codes;
    VEC(Str) triggers;
    VEC(Spelling) spellings;
    VEC(SwapRow) swaps;
    ModelEffect effects[EFFECT_COUNT];
} Model;

void model_init(Model *model, Arena *arena);
void model_free(Model *model);
/* Number of the path's node, which is made when it is new. */
uint32_t model_node(Model *model, Str path);
/* Marks what a path's last part is a member of as a class. */
void model_mark_owner(Model *model, Str path);
/* False when the path has a rule already. */
bool model_rule_add(Model *model, const ModelRule *rule);
/* False when the path has one for the same argument already; one with and one without a condition are two. */
bool model_handover_add(Model *model, const Handover *handover);
bool model_method_add(Model *model, Str base, Str method, const MethodPlacement *placement);
/* Makes path a re-export of same; false when it is one already or when that closes a circle. */
bool model_same_add(Model *model, Str path, Str same);
/* Follows re-exports of re-exports to their end. */
void model_resolve(Model *model);

#endif
