/* fuzz_facts.c - any bytes: facts on demand and then every function; every node's span lies inside the text and
 * no node is reached twice. */
#include <stdlib.h>
#include <string.h>

#include "../unit/facts_walk.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static void check_all_read(const Facts *facts)
{
    for (NodeId id = 1; id < facts_node_count(facts); id++)
        require(!(facts_node(facts, id)->flags & FLAG_UNREAD));
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
    check_all_read(facts);
    require(facts_are_safe(facts, size));
    facts_parse_expression(facts, (Str){copy, size < 1000 ? size : 1000});
    parser_free(parser);
    names_free(names);
    free(copy);
    arena_free(&arena);
    return 0;
}
