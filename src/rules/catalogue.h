/* catalogue.h - what blocks, what offloads, what runs where: the compiled rule tables, and a user's own.
 *
 * Shape   every lookup takes a dotted path as Python spells it ("requests.Session.get", "builtins.open"); paths
 *         through a re-export ("requests.sessions.Session.get") are made canonical first. Strings of a result
 *         live as long as the catalogue.
 * Owner   catalogue_new / catalogue_free; the compiled part is read-only data of the binary.
 * Errors  a bad user table is a Fail with path and line, and the catalogue stays as it was.
 * Threads read-only after catalogue_load, so shared by all workers.
 * Source  rules/ (tables), rules/schema.json (their shape). */
#ifndef LOOPSAFE_RULES_CATALOGUE_H
#define LOOPSAFE_RULES_CATALOGUE_H

#include "base/fail.h"
#include "base/str.h"
#include "rules/rule.h"
#include "rules/spelling.h"

typedef struct Catalogue Catalogue;

/* The compiled tables alone. */
Catalogue *catalogue_new(void);
void catalogue_free(Catalogue *catalogue);
/* Adds a user's table: its entries add, change (same path) and remove ("effect": "none") entries. */
bool catalogue_load(Catalogue *catalogue, const char *path, Fail *fail) __attribute__((warn_unused_result));
/* The same from a text in memory; path is for messages. */
bool catalogue_load_text(Catalogue *catalogue, Str text, const char *path, Fail *fail)
    __attribute__((warn_unused_result));

/* The path with re-exports resolved; a path that is unknown comes back as it was. */
Str catalogue_canonical(const Catalogue *catalogue, Str path);
/* The entry of a function, constructor or method named in full; base classes and wildcards are looked through.
 * False: nothing is known about it. A type with both gives its CALL_CONSTRUCTOR entry. */
bool catalogue_find(const Catalogue *catalogue, Str path, Rule *rule);
/* The entry for `type.member`, through the bases of type and wildcards ("Type.*"). */
bool catalogue_member(const Catalogue *catalogue, Str type, Str member, Rule *rule);
/* Bits of Trait: of the callable or class itself, of a class above it, or of a wildcard for members ("Type.*"). */
uint32_t catalogue_traits(const Catalogue *catalogue, Str path);
/* Some entry or table knows this path as a class. */
bool catalogue_is_type(const Catalogue *catalogue, Str path);
/* True when type is base or derives from it as far as the tables know. */
bool catalogue_derives(const Catalogue *catalogue, Str type, Str base);
/* True when some entry stands below this dotted prefix ("requests", "os.path"). */
bool catalogue_has_prefix(const Catalogue *catalogue, Str prefix);
/* The paths of the tables that are this dotted prefix or stand below it, by their bytes; gives their number. */
size_t catalogue_below(const Catalogue *catalogue, Arena *arena, Str prefix, const Str **paths);
/* What a call of path returns (factories, constructors, methods; a class returns itself); empty: unknown. */
Str catalogue_returns(const Catalogue *catalogue, Str path);
/* Type of an attribute or constant read (not called): `socketserver.Server.socket`, `sys.stdin`; empty: unknown. */
Str catalogue_attribute(const Catalogue *catalogue, Str path);
/* What `async with value` or `with value as x` binds, when that is not the value itself; empty: the value. */
Str catalogue_enter(const Catalogue *catalogue, Str type);
/* What iterating a value of this type gives; empty: unknown. */
Str catalogue_item(const Catalogue *catalogue, Str type);
/* The asynchronous drop-in of a callable, which is awaited and else takes and gives the same, or of a class, whose
 * methods stand under the replacements of its rules; a class inherits none. Empty: none is known to be one. */
Str catalogue_twin(const Catalogue *catalogue, Str path);
/* What has to be there for a path: "Django 4.2 or newer"; empty: nothing is known. */
Str catalogue_needs(const Catalogue *catalogue, Str path);
/* Keywords and positions of a call, blanks between them, with which its twin gives something of another kind; empty: none. */
Str catalogue_unlike(const Catalogue *catalogue, Str path);
const Unless *catalogue_unless(const Catalogue *catalogue, const Rule *rule, size_t index);

/* Rule of a call that takes a function; index counts from 0 because one call may have several. */
bool catalogue_handover(const Catalogue *catalogue, Str path, size_t index, Handover *handover);
bool catalogue_method_placement(const Catalogue *catalogue, Str base, Str method, MethodPlacement *placement);

/* The code that stands for an effect; NULL: no check for it yet. */
const CodeRule *catalogue_code_of(const Catalogue *catalogue, Effect effect);
size_t catalogue_code_count(const Catalogue *catalogue);
const CodeRule *catalogue_code(const Catalogue *catalogue, size_t index); /* ordered by code */
const CodeRule *catalogue_code_find(const Catalogue *catalogue, Str code);
/* Some code is this prefix or starts with it; ALL stands for every one. */
bool catalogue_knows_code(const Catalogue *catalogue, Str prefix);

/* Byte strings one of which a file must contain to hold on-loop code ("async", "tornado" …). */
size_t catalogue_trigger_count(const Catalogue *catalogue);
Str catalogue_trigger(const Catalogue *catalogue, size_t index);

/* How a call is run in a thread, the most particular way first. */
size_t catalogue_spelling_count(const Catalogue *catalogue);
const Spelling *catalogue_spelling(const Catalogue *catalogue, size_t index);

/* Calls that put a plain function on a loop or start a loop, by how they are written: a method as ".call_later", a
 * module's function as "asyncio.run" and as "run". A function whose text has none of them puts nothing on a loop. */
bool catalogue_is_registrar(const Catalogue *catalogue, Str word);

/* The last parts of the paths that have the trait, for traits in TRAITS_WITH_WORDS; gives their number. */
size_t catalogue_words(const Catalogue *catalogue, Trait trait, const Str **words);
/* The same of callables that often compute for long and hold the interpreter meanwhile. */
size_t catalogue_computing_words(const Catalogue *catalogue, const Str **words);
/* A file with this text may hold plain endpoints that sleep. */
bool catalogue_may_hold_thread(const Catalogue *catalogue, Str text);

#endif
