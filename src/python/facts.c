#include "python/facts.h"

#include <string.h>

#include "base/limits.h"
#include "python/slice.h"

#include "base/banned.h"

uint32_t facts_region_at(const Facts *facts, uint32_t offset, RegionKind kind)
{
    const Region *regions = facts->outline->regions;
    uint32_t low = 0, high = facts->outline->region_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (regions[middle].span.start <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return REGION_NONE;
    const Region *region = &regions[low - 1];
    return region->kind == kind && offset < region->header.end ? low - 1 : REGION_NONE;
}

bool facts_is_left_out(const Facts *facts, const Region *region)
{
    if (facts->mode == FACTS_WHOLE || region->kind != REGION_FUNCTION) return false;
    return !region->has_async || region->span.end - region->span.start > LIMIT_SLICE_BYTES;
}

void facts_append(Facts *facts, uint32_t owner, NodeId id)
{
    if (!id) return;
    NodeId *last = owner == REGION_NONE ? &facts->module_last : &facts->region_last[owner];
    NodeId *first = &facts->module_first;
    if (owner != REGION_NONE) first = &node_at(facts, facts->region_nodes[owner])->second;
    if (*last)
        node_at(facts, *last)->next = id;
    else
        *first = id;
    *last = id;
}

Str facts_code(Facts *facts)
{
    const Outline *outline = facts->outline;
    if (facts->code.ptr) return facts->code;
    facts->code = outline->text;
    if (!outline->comment_count) return facts->code;
    char *copy = arena_copy(facts->arena, outline->text.ptr, outline->text.len);
    for (uint32_t i = 0; i < outline->comment_count; i++) {
        Span span = outline->comments[i];
        memset(copy + span.start, ' ', span.end - span.start);
    }
    facts->code.ptr = copy;
    return facts->code;
}

static Facts *new_empty(Arena *arena, Names *names, Parser *parser, const Outline *outline)
{
    Facts *facts = arena_alloc(arena, sizeof *facts);
    *facts =
        (Facts){.arena = arena, .names = names, .parser = parser, .outline = outline, .text = outline->text};
    facts->region_nodes = arena_array(arena, outline->region_count, sizeof(NodeId));
    facts->region_last = arena_array(arena, outline->region_count, sizeof(NodeId));
    parser_use_names(parser, names);
    facts_add_node(facts, NODE_NONE, (Span){0, 0});
    return facts;
}

Facts *facts_new(Arena *arena, Names *names, Parser *parser, const Outline *outline, FactsMode mode)
{
    Facts *facts = new_empty(arena, names, parser, outline);
    facts->mode = mode;
    if (mode == FACTS_WHOLE)
        slices_read_whole(facts);
    else
        slices_read_regions(facts);
    return facts;
}

void facts_read(Facts *facts, NodeId function)
{
    if (function == 0 || function >= facts->node_count) return;
    Node *node = node_at(facts, function);
    if (node->kind != STMT_FUNCTION || !(node->flags & FLAG_UNREAD)) return;
    facts_loosen(facts);
    slices_read_body(facts, function);
}

void facts_read_header(Facts *facts, NodeId function)
{
    if (function == 0 || function >= facts->node_count) return;
    const Node *node = node_at(facts, function);
    if (node->kind != STMT_FUNCTION || !(node->flags & FLAG_HEADER_UNREAD)) return;
    facts_loosen(facts);
    slices_read_header(facts, function);
}

void facts_use(Facts *facts, Parser *parser, Arena *arena)
{
    facts->parser = parser;
    facts->arena = arena;
    parser_use_names(parser, facts->names);
}

void facts_note_expression(Facts *facts, Name text, NodeId node)
{
    if (facts->expression_count == facts->expression_capacity) {
        uint32_t capacity = facts->expression_capacity ? facts->expression_capacity * 2 : 8;
        Expression *grown = arena_array(facts->arena, capacity, sizeof *grown);
        if (facts->expression_count)
            memcpy(grown, facts->expressions, facts->expression_count * sizeof *grown);
        facts->expressions = grown;
        facts->expression_capacity = capacity;
    }
    facts->expression_of.arena = facts->arena;
    map_put(&facts->expression_of, text, facts->expression_count);
    facts->expressions[facts->expression_count++] = (Expression){text, node};
}

NodeId facts_parse_expression(Facts *facts, Str text)
{
    if (!text.len || text.len > NAME_BYTES_MOST) return 0;
    Name name = names_intern(facts->names, text);
    uint32_t known = map_find(&facts->expression_of, name);
    if (known != MAP_NONE) return facts->expressions[known].node;
    facts_loosen(facts);
    NodeId node = slices_read_expression(facts, name_str(name));
    facts_note_expression(facts, name, node);
    return node;
}

NodeId facts_module(const Facts *facts)
{
    return facts->module_first;
}

const Node *facts_node(const Facts *facts, NodeId id)
{
    return node_at(facts, id < facts->node_count ? id : 0);
}

size_t facts_node_count(const Facts *facts)
{
    return facts->node_count;
}

const Outline *facts_outline(const Facts *facts)
{
    return facts->outline;
}

const Damage *facts_damages(const Facts *facts, size_t *count)
{
    *count = facts->damage_count;
    return facts->damages;
}

size_t facts_bytes_parsed(const Facts *facts)
{
    return facts->bytes_parsed;
}

size_t facts_limits_reached(const Facts *facts)
{
    return facts->limits_reached;
}
