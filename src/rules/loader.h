/* loader.h - a rule table's JSON, checked and put into a model.
 *
 * Errors  the first thing that is wrong is a Fail with path and line: a key that is not known, a wrong type, a word
 *         that is no effect, a brace pattern that does not expand, a path that stands twice.
 * Source  rules/schema.json says the same for readers. */
#ifndef LOOPSAFE_RULES_LOADER_H
#define LOOPSAFE_RULES_LOADER_H

#include "rules/model.h"

typedef enum TableKind {
    TABLE_BUILT_IN,
    TABLE_USER /* may not define codes and effects */
} TableKind;

/* Adds the table to the model; path is for messages. A model that failed is half filled and to be thrown away. */
bool table_load(Model *model, Str text, const char *path, TableKind kind, Fail *fail)
    __attribute__((warn_unused_result));

#endif
