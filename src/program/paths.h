/* paths.h - what the tables tell of a dotted path, asked once.
 *
 * Shape   one PathEntry a path, found by its text. The tables look through re-exports, bases and wildcards: that is
 *         done the first time only.
 * Owner   the program's arena. */
#ifndef LOOPSAFE_PROGRAM_PATHS_H
#define LOOPSAFE_PROGRAM_PATHS_H

#include "base/vec.h"
#include "rules/catalogue.h"

typedef struct PathEntry PathEntry;

typedef struct PathBelow {
    const PathEntry *above;
    Name name;
    PathEntry *entry;
} PathBelow;

struct PathEntry {
    Str path;
    uint32_t hash;
    bool is_known; /* some table tells something of exactly this path: other modules are not asked then */
    bool member_asked, is_member; /* as NAME of the class before it, the tables know it; once asked */
    bool has_rule;                /* rule is filled */
    bool has_handover;            /* some row of handovers is for calls of it */
    uint32_t traits;              /* bits of Trait */
    Rule rule;
    Str attribute; /* its type when it is read; empty: unknown */
    Str returns;   /* what a call gives; empty: unknown */
};

typedef struct Paths {
    Arena *arena;
    const Catalogue *catalogue;
    PathEntry **entries; /* open addressing; a power of two */
    size_t size, count;
    PathBelow *below;
    size_t below_size, below_count;
} Paths;

void paths_init(Paths *paths, Arena *arena, const Catalogue *catalogue);
void paths_free(Paths *paths);
const PathEntry *paths_find(Paths *paths, Str path);
/* The tables tell something of the member of a class, or of one above it. */
bool paths_know_member(Paths *paths, Str class, Name name);
/* The text of `above.name` as it stands there, stored once. */
Str paths_joined(Paths *paths, Str above, Name name);
/* The entry of `path.name`, canonical: re-exports resolved. */
const PathEntry *paths_below(Paths *paths, Str path, Name name);

#endif
