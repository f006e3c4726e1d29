/* schema_value.h - values that a JSON schema (OpenAPI 3.0 and 3.1) allows, as small as they can be.
 *
 * Shape   of everything that leaves a choice, variant 0 takes the first and variant 1 the second: examples, words of an enum,
 *         alternatives; of an object variant 0 has what is required and variant 1 all of it.
 * Owner   the caller (cJSON_Delete).
 * Errors  none: what cannot be made (a pattern that is too clever, a schema without end) becomes the nearest thing. */
#ifndef LOOPSAFE_RUNTIME_SCHEMA_VALUE_H
#define LOOPSAFE_RUNTIME_SCHEMA_VALUE_H

#include "base/buf.h"
#include "base/json.h"

typedef struct SchemaMaker {
    const cJSON *document; /* that "$ref" names parts of */
    unsigned variant;
    size_t values;    /* made so far; beyond LIMIT_SCHEMA_VALUES only what is least */
    bool has_example; /* one of them stands in the schema */
} SchemaMaker;

/* What a "$ref" names, through several; the object itself when it has none, NULL when it leads nowhere. */
const cJSON *schema_resolve(const cJSON *document, const cJSON *object);
/* NULL is never given. */
cJSON *schema_value(SchemaMaker *maker, const cJSON *schema);
/* One of "examples" ({"name": {"value": …}} or a list), "example"; NULL: there is none. */
const cJSON *schema_example(const SchemaMaker *maker, const cJSON *object);
/* The schema asks for the bytes of a file. */
bool schema_is_file(const cJSON *document, const cJSON *schema);

/* --- schema_pattern.c --- */
/* Appends a short text that the regular expression matches; false: it is beyond what is understood, and text is as it was. */
bool schema_pattern(Buf *text, Str pattern);

#endif
