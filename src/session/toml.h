/* toml.h - a TOML text as a tree of values, each with its line.
 *
 * Shape   tables and arrays hold their members as a list in the text's order. Floats and dates are known to be there,
 *         their value is not kept: nothing asks for it.
 * Owner   the arena handed in; strings are copies.
 * Errors  what is not TOML, a key that is set twice, a table that is opened twice: a Fail with path and line.
 *         Nesting beyond LIMIT_NESTING, more than TOML_MOST_KEYS or TOML_MOST_BYTES, too. */
#ifndef LOOPSAFE_SESSION_TOML_H
#define LOOPSAFE_SESSION_TOML_H

#include "base/fail.h"
#include "base/str.h"

enum {
    /* Keys of one table; a duplicate is looked for among all of them. */
    TOML_MOST_KEYS = 10000,
    /* Bytes of a text: what is no TOML takes seconds a megabyte before that is known. */
    TOML_MOST_BYTES = 1024 * 1024
};

typedef enum TomlKind {
    TOML_TABLE,
    TOML_ARRAY,
    TOML_STRING,
    TOML_BOOLEAN,
    TOML_INTEGER,
    TOML_OTHER
} TomlKind;

/* How a table came to be, which says what may still be added to it. */
typedef enum TomlOrigin {
    TOML_BY_PATH,   /* [a.b] made a */
    TOML_BY_HEADER, /* [a], or [[a]] for an array */
    TOML_BY_KEY,    /* a.b = 1 made a */
    TOML_INLINE     /* { } or [ ]: nothing */
} TomlOrigin;

typedef struct TomlValue {
    TomlKind kind;
    TomlOrigin origin;
    Str key;        /* in a table; an array's members have none */
    uint32_t line1; /* of the key, or of the value in an array */
    Str text;       /* TOML_STRING: its content */
    bool boolean;
    int64_t integer;
    struct TomlValue *next;         /* the next member of the same table or array */
    struct TomlValue *first, *last; /* members */
    size_t count;
} TomlValue;

bool toml_parse(Arena *arena, Str text, const char *path, TomlValue **root, Fail *fail)
    __attribute__((warn_unused_result));
/* A member of a table, or NULL; table may be NULL or no table. */
const TomlValue *toml_find(const TomlValue *table, Str key);

#endif
