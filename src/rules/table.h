/* table.h - parts of the loader that its sections share: where we are, and what an object may hold.
 *
 * Order   an object's shape is checked before its values are read, so that readers can rely on the types. */
#ifndef LOOPSAFE_RULES_TABLE_H
#define LOOPSAFE_RULES_TABLE_H

#include "base/json.h"
#include "rules/lines.h"
#include "rules/loader.h"
#include "rules/pattern.h"
#include "rules/words.h"

typedef struct Table {
    Model *model;
    const char *path;
    TableKind kind;
    const cJSON *defaults; /* of its calls, or NULL */
    Fail *fail;
} Table;

typedef enum FieldType {
    FIELD_TEXT,
    FIELD_TEXTS, /* one text or a list of them */
    FIELD_LIST,
    FIELD_MAP,
    FIELD_BOOL,
    FIELD_NUMBER, /* whole, not negative */
    FIELD_ANY
} FieldType;

typedef struct Field {
    const char *key; /* NULL ends the list */
    FieldType type;
    bool is_required;
} Field;

/* True when the node is an object that holds these fields and no other. */
bool table_shape(const Table *table, const cJSON *node, const Field *fields, const char *what);
/* False and a Fail at the node's line. */
__attribute__((format(printf, 3, 4))) bool table_fail(const Table *table, const cJSON *node,
                                                      const char *format, ...);
/* A copy of the text under the key, or the empty text. */
Str table_text(const Table *table, const cJSON *object, const char *key);
bool table_flag(const cJSON *object, const char *key);
/* The enum value of the word under the key; value stays as it is when the key is not there. */
bool table_word(const Table *table, const cJSON *object, const char *key, WordSet set, unsigned *value);
/* The names of a pattern that stands in the text of node. */
bool table_pattern(const Table *table, const cJSON *node, const char *text, Pattern *pattern);
/* Lines of a text or a list of texts, each followed by ending but the last one where the ending is a blank. */
Str table_joined(const Table *table, const cJSON *node, char ending);

/* One section of a table each. */
bool table_calls(const Table *table, const cJSON *list);
bool table_handovers(const Table *table, const cJSON *list);
bool table_methods(const Table *table, const cJSON *list);
bool table_types(const Table *table, const cJSON *map);
bool table_traits(const Table *table, const cJSON *map);
bool table_spellings(const Table *table, const cJSON *list);
bool table_swaps(const Table *table, const cJSON *list);
bool table_codes(const Table *table, const cJSON *list);
bool table_effects(const Table *table, const cJSON *map);

/* One condition, such as {"keyword": "timeout", "is": 0}. */
bool table_condition(const Table *table, const cJSON *node, Condition *condition);
/* The `unless` list of a call; gives where it starts in the model and how many there are. */
bool table_unless(const Table *table, const cJSON *list, uint32_t *first, uint32_t *count);

#endif
