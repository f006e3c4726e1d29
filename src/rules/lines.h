/* lines.h - on which line of a JSON text each value stands.
 *
 * Shape   cJSON keeps no places, so lines_mark writes the line into `valueint` of every node of the tree; a number
 *         is read from `valuedouble` from then on. A member of an object has the line of its key. */
#ifndef LOOPSAFE_RULES_LINES_H
#define LOOPSAFE_RULES_LINES_H

#include "base/json.h"

/* The tree must be what json_parse made of the text. */
void lines_mark(cJSON *tree, Str text);
size_t line1_of(const cJSON *node);

#endif
