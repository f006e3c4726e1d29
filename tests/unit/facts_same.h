/* facts_same.h - facts compared field by field, for the tests of what is saved and loaded. Both sides have their names
 * from one table. */
#ifndef LOOPSAFE_TESTS_FACTS_SAME_H
#define LOOPSAFE_TESTS_FACTS_SAME_H

#include <string.h>

#include "python/read.h"

static inline bool same_span(Span left, Span right)
{
    return left.start == right.start && left.end == right.end;
}

static inline bool same_node(const Node *left, const Node *right)
{
    return left->kind == right->kind && left->flags == right->flags && left->level == right->level &&
           same_span(left->span, right->span) && left->name == right->name && left->first == right->first &&
           left->second == right->second && left->third == right->third && left->fourth == right->fourth &&
           left->next == right->next;
}

static inline bool same_region(const Region *left, const Region *right)
{
    return left->kind == right->kind && same_span(left->span, right->span) &&
           same_span(left->header, right->header) && same_span(left->body, right->body) &&
           left->parent == right->parent && left->indent == right->indent &&
           str_equal(left->name, right->name) && left->is_async == right->is_async &&
           left->has_async == right->has_async && left->has_yield == right->has_yield &&
           left->broken == right->broken;
}

static inline const char *outline_difference(const Outline *left, const Outline *right)
{
    if (!str_equal(left->text, right->text) || left->has_main_guard != right->has_main_guard)
        return "the text";
    if (left->region_count != right->region_count) return "count of regions";
    if (left->marker_count != right->marker_count) return "count of markers";
    if (left->comment_count != right->comment_count) return "count of comments";
    for (uint32_t i = 0; i < left->region_count; i++)
        if (!same_region(&left->regions[i], &right->regions[i])) return "a region";
    for (uint32_t i = 0; i < left->marker_count; i++)
        if (!same_span(left->markers[i].span, right->markers[i].span) ||
            left->markers[i].own_line != right->markers[i].own_line)
            return "a marker";
    for (uint32_t i = 0; i < left->comment_count; i++)
        if (!same_span(left->comments[i], right->comments[i])) return "a comment";
    return NULL;
}

static inline const char *numbers_difference(const Facts *left, const Facts *right)
{
    if (left->mode != right->mode || left->stubs_done != right->stubs_done) return "the mode";
    if (left->module_first != right->module_first || left->module_last != right->module_last)
        return "the module";
    if (left->bytes_parsed != right->bytes_parsed) return "bytes parsed";
    if (left->limits_reached != right->limits_reached) return "limits reached";
    for (uint32_t i = 0; i < left->outline->region_count; i++)
        if (left->region_nodes[i] != right->region_nodes[i] || left->region_last[i] != right->region_last[i])
            return "a region's node";
    return NULL;
}

static inline const char *lists_difference(const Facts *left, const Facts *right)
{
    if (left->damage_count != right->damage_count) return "count of damages";
    for (size_t i = 0; i < left->damage_count; i++)
        if (!same_span(left->damages[i].span, right->damages[i].span) ||
            strcmp(left->damages[i].what, right->damages[i].what) != 0)
            return "a damage";
    if (left->expression_count != right->expression_count) return "count of expressions";
    for (uint32_t i = 0; i < left->expression_count; i++)
        if (left->expressions[i].text != right->expressions[i].text ||
            left->expressions[i].node != right->expressions[i].node)
            return "an expression";
    return NULL;
}

/* What differs first, or NULL. */
static inline const char *facts_difference(const Facts *left, const Facts *right)
{
    const char *trouble = outline_difference(left->outline, right->outline);
    if (!trouble) trouble = numbers_difference(left, right);
    if (!trouble) trouble = lists_difference(left, right);
    if (trouble) return trouble;
    if (left->node_count != right->node_count) return "count of nodes";
    for (NodeId id = 0; id < left->node_count; id++)
        if (!same_node(node_at(left, id), node_at(right, id))) return "a node";
    return NULL;
}

/* Every n-th function that is unread. */
static inline void read_every(Facts *facts, size_t every)
{
    size_t met = 0;
    for (NodeId id = 1; id < facts_node_count(facts); id++)
        if (facts_node(facts, id)->flags & FLAG_UNREAD && met++ % every == 0) facts_read(facts, id);
}

static inline void read_all(Facts *facts)
{
    read_every(facts, 1);
}

#endif
