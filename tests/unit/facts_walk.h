/* facts_walk.h - that facts can be walked by anyone: every link, kind, name and span is within bounds and no node is
 * reached twice. For tests and fuzz targets. */
#ifndef LOOPSAFE_TESTS_FACTS_WALK_H
#define LOOPSAFE_TESTS_FACTS_WALK_H

#include <stdlib.h>
#include <string.h>

#include "python/facts.h"

typedef struct Walk {
    const Facts *facts;
    NodeId *open; /* nodes that are still to be visited */
    size_t open_count;
    bool *seen;
    bool safe;
    size_t name_bytes; /* read, so that a sanitizer sees them */
} Walk;

static inline void walk_push(Walk *walk, NodeId id)
{
    if (!id || !walk->safe) return;
    walk->safe = id < facts_node_count(walk->facts) && !walk->seen[id];
    if (!walk->safe) return;
    walk->seen[id] = true;
    walk->open[walk->open_count++] = id;
}

static inline void walk_visit(Walk *walk, size_t size)
{
    const Node *node = facts_node(walk->facts, walk->open[--walk->open_count]);
    const Outline *outline = facts_outline(walk->facts);
    bool safe = node->kind > NODE_NONE && node->kind < NODE_KIND_COUNT &&
                node_kind_text((NodeKind)node->kind) && node->span.start <= node->span.end &&
                node->span.end <= size;
    if (node->kind == STMT_FUNCTION) safe &= node->level <= outline->region_count;
    if (node->flags & FLAG_UNREAD) safe &= node->kind == STMT_FUNCTION && node->level;
    if (node->kind == EXPR_NAME || node->kind == EXPR_ATTRIBUTE || node->kind == ALIAS)
        safe &= node->name != NULL;
    walk->safe &= safe;
    walk->name_bytes += strlen(name_str(node->name).ptr);
    walk_push(walk, node->first);
    walk_push(walk, node->second);
    walk_push(walk, node->third);
    walk_push(walk, node->fourth);
    walk_push(walk, node->next);
}

static inline bool walk_outline(const Outline *outline, size_t size)
{
    bool safe = outline->text.len == size;
    for (uint32_t i = 0; i < outline->region_count; i++) {
        const Region *region = &outline->regions[i];
        safe &= region->kind <= REGION_FUNCTION && region->span.start <= region->span.end &&
                region->span.end <= size && region->header.start <= region->header.end &&
                region->header.end <= size && region->body.start <= region->body.end &&
                region->body.end <= size && (region->parent == REGION_NONE || region->parent < i) &&
                region->name.len <= size;
    }
    for (uint32_t i = 0; i < outline->marker_count; i++)
        safe &= outline->markers[i].span.start <= outline->markers[i].span.end &&
                outline->markers[i].span.end <= size;
    for (uint32_t i = 0; i < outline->comment_count; i++)
        safe &= outline->comments[i].start <= outline->comments[i].end && outline->comments[i].end <= size;
    return safe;
}

static inline bool walk_damages(const Facts *facts, size_t size)
{
    size_t count;
    const Damage *damages = facts_damages(facts, &count);
    bool safe = true;
    for (size_t i = 0; i < count; i++)
        safe &=
            damages[i].span.start <= damages[i].span.end && damages[i].span.end <= size && damages[i].what;
    return safe;
}

/* True when all of it is within bounds and a tree; `size` is that of the text. */
static inline bool facts_are_safe(const Facts *facts, size_t size)
{
    size_t count = facts_node_count(facts);
    Walk walk = {.facts = facts,
                 .safe = walk_outline(facts_outline(facts), size) && walk_damages(facts, size)};
    walk.open = calloc(count + 1, sizeof *walk.open);
    walk.seen = calloc(count + 1, sizeof *walk.seen);
    if (!walk.open || !walk.seen) abort();
    walk_push(&walk, facts_module(facts));
    while (walk.open_count && walk.safe)
        walk_visit(&walk, size);
    free(walk.open);
    free(walk.seen);
    return walk.safe;
}

#endif
