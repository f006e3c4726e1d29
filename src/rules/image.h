/* image.h - rule tables as they are looked up: read-only words and text, without a pointer in them.
 *
 * Shape   words[]: for each section its place and count, then the sections; every section but the strings is an
 *         array of records of fixed width. A text is its number in SECTION_STRINGS, 0 the empty one. Paths are found through SECTION_SLOTS, a hash table (open addressing, a power of two) of node
 *         numbers counted from 1.
 * Owner   an image built at run time: its arena; the built-in one is data of the binary.
 * Order   nodes by path, rules and handovers in the order of their nodes: equal tables give equal images. */
#ifndef LOOPSAFE_RULES_IMAGE_H
#define LOOPSAFE_RULES_IMAGE_H

#include "rules/model.h"

typedef enum ImageSection {
    SECTION_STRINGS,
    SECTION_SLOTS,
    SECTION_NODES,
    SECTION_RULES,
    SECTION_UNLESS,
    SECTION_CONDITIONS,
    SECTION_BASES,
    SECTION_HANDOVERS,
    SECTION_METHODS,
    SECTION_CODES,
    SECTION_TRIGGERS,
    SECTION_EFFECTS,
    SECTION_SPELLINGS,
    SECTION_SWAPS,
    SECTION_COUNT
} ImageSection;

/* Words of a record; a number + 1 where 0 stands for none. */
enum {
    NODE_NAME,
    NODE_HASH,
    NODE_RULE,     /* + 1 */
    NODE_METHOD,   /* + 1 */
    NODE_HANDOVER, /* + 1, of the first */
    NODE_HANDOVER_COUNT,
    NODE_BASE,
    NODE_BASE_COUNT,
    NODE_RETURNS,
    NODE_ATTRIBUTE,
    NODE_SAME,
    NODE_ENTER,
    NODE_ITEM,
    NODE_TWIN,
    NODE_NEEDS,
    NODE_UNLIKE,
    NODE_TRAITS,
    NODE_TYPE,   /* 1: a class */
    NODE_PARENT, /* 1: other nodes stand below */
    NODE_WORDS
};
enum {
    RULE_PATH,
    RULE_KIND,
    RULE_EFFECT,
    RULE_WEIGHT,
    RULE_GIL,
    RULE_SEVERITY, /* + 1; 0: the effect's */
    RULE_RETURNS,
    RULE_REPLACEMENT,
    RULE_PACKAGE,
    RULE_FORM,
    RULE_EVIDENCE,
    RULE_WHY,
    RULE_UNLESS,
    RULE_UNLESS_COUNT,
    RULE_QUIETS,
    RULE_WORDS
};
enum { UNLESS_WEIGHT, UNLESS_CONDITION, UNLESS_CONDITION_COUNT, UNLESS_WORDS };
enum {
    CONDITION_TEST,
    CONDITION_RECEIVER,
    CONDITION_POSITION, /* + 1 */
    CONDITION_KEYWORD,
    CONDITION_VALUE,
    CONDITION_WORDS
};
enum {
    HANDOVER_PATH,
    HANDOVER_POSITION, /* + 1 */
    HANDOVER_KEYWORD,
    HANDOVER_DEF,
    HANDOVER_COROUTINE,
    HANDOVER_DECORATOR,
    HANDOVER_WRAPPER,
    HANDOVER_INJECTS,
    HANDOVER_HANDS,
    HANDOVER_CONDITION, /* + 1 */
    HANDOVER_EVIDENCE,
    HANDOVER_WORDS
};
enum { METHOD_BASE, METHOD_DEF, METHOD_COROUTINE, METHOD_WORDS };
enum {
    CODE_CODE,
    CODE_NAME,
    CODE_SUMMARY,
    CODE_WHY,
    CODE_INSTEAD,
    CODE_BAD,
    CODE_GOOD,
    CODE_LIMITS,
    CODE_OPT_IN,
    CODE_WORDS
};
enum {
    SPELLING_MODULE,
    SPELLING_NAME,
    SPELLING_RECEIVER,
    SPELLING_OPENS,
    SPELLING_IMPORTED,
    SPELLING_NOT_IMPORTED,
    SPELLING_CALLS,
    SPELLING_KEYWORDS,
    SPELLING_WRAPS,
    SPELLING_SINCE,
    SPELLING_ORDER,
    SPELLING_WORDS
};
enum { EFFECT_SEVERITY, EFFECT_CODE, EFFECT_WORDS }; /* EFFECT_CODE: number of the code + 1 */

enum {
    SWAP_PATH,
    SWAP_GROUP,
    SWAP_LIBRARY,
    SWAP_PACKAGE,
    SWAP_CLIENT_TEXT,
    SWAP_VARIABLE,
    SWAP_FORM,
    SWAP_TEXT,
    SWAP_VALUE,
    SWAP_GIVES,
    SWAP_ARGUMENT_NAME,
    SWAP_POSITION, /* + 1 */
    SWAP_OF,
    SWAP_ONLY,
    SWAP_PLACE,
    SWAP_ABSENT,
    SWAP_WITHOUT,
    SWAP_CALL_WITHOUT,
    SWAP_NOTE,
    SWAP_WORDS
};

typedef struct Image {
    const uint32_t *words;
    const char *text;
} Image;

/* A path in two pieces, head "." tail, so that no caller has to join them; tail empty: the head alone. */
typedef struct PathKey {
    Str head;
    Str tail;
} PathKey;

size_t image_count(const Image *image, ImageSection section);
/* The record of that number in a section with records of so many words. */
const uint32_t *image_record(const Image *image, ImageSection section, size_t number, size_t record_words);
Str image_text(const Image *image, uint32_t number);
/* The node of the path, or NULL; hash is path_hash of the key. */
const uint32_t *image_node(const Image *image, PathKey key, uint32_t hash);
uint32_t path_hash(PathKey key);
/* The hash of a path that goes on with text. */
uint32_t path_hash_on(uint32_t hash, Str text);

/* The image of a model; its parts live in the model's arena. */
typedef struct ImageParts {
    const uint32_t *words;
    size_t word_count;
    Str text;
} ImageParts;
ImageParts image_build(const Model *model);

/* The built-in tables, written by loopsafe-rules-compile. */
extern const uint32_t catalogue_data_words[];
extern const char catalogue_data_text[];

#endif
