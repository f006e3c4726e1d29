/* fuzz_facts.c - any bytes: facts on demand and then every function; every node's span lies inside the text and
 * no node is reached twice. */
#include <stdlib.h>
#include <string.h>

#include "python/facts.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Walk {
    const Facts *facts;
    NodeId *open; /* nodes that are still to be visited */
    size_t open_count;
    bool *seen;
} Walk;

static void require(bool holds)
{
    if (!holds) abort();
}

static void push(Walk *walk, NodeId id)
{
    if (!id) return;
    require(id < facts_node_count(walk->facts) && !walk->seen[id]);
    walk->seen[id] = true;
    walk->open[walk->open_count++] = id;
}

static void visit(Walk *walk, size_t size)
{
    const Node *node = facts_node(walk->facts, walk->open[--walk->open_count]);
    require(node->kind > NODE_NONE && node->kind < NODE_KIND_COUNT && node_kind_text((NodeKind)node->kind));
    require(node->span.start <= node->span.end && node->span.end <= size);
    require(!(node->flags & FLAG_UNREAD));
    push(walk, node->first);
    push(walk, node->second);
    push(walk, node->third);
    push(walk, node->fourth);
    push(walk, node->next);
}

static void check_nodes(const Facts *facts, size_t size)
{
    size_t count = facts_node_count(facts);
    Walk walk = {
        .facts = facts, .open = calloc(count + 1, sizeof(NodeId)), .seen = calloc(count + 1, sizeof(bool))};
    require(walk.open && walk.seen);
    push(&walk, facts_module(facts));
    while (walk.open_count)
        visit(&walk, size);
    free(walk.open);
    free(walk.seen);
}

static void check_damages(const Facts *facts, size_t size)
{
    size_t count;
    const Damage *damages = facts_damages(facts, &count);
    for (size_t i = 0; i < count; i++)
        require(damages[i].span.start <= damages[i].span.end && damages[i].span.end <= size &&
                damages[i].what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    arena_init(&arena);
    Names *names = names_new();
    Parser *parser = parser_new();
    char *copy = malloc(size ? size : 1);
    if (!copy) return 0;
    if (size) memcpy(copy, data, size);
    Outline outline = outline_scan(&arena, (Str){copy, size});
    Facts *facts = facts_new(&arena, names, parser, &outline, FACTS_ON_DEMAND);
    for (NodeId id = 1; id < facts_node_count(facts); id++)
        facts_read(facts, id);
    check_nodes(facts, size);
    check_damages(facts, size);
    facts_parse_expression(facts, (Str){copy, size < 1000 ? size : 1000});
    parser_free(parser);
    names_free(names);
    free(copy);
    arena_free(&arena);
    return 0;
}
