/* params.h - reading what a client sent, which may be anything.
 *
 * Owner   texts borrow from the message.
 * Errors  what is missing or of another type is NULL or false. */
#ifndef LOOPSAFE_SERVER_PARAMS_H
#define LOOPSAFE_SERVER_PARAMS_H

#include "base/json.h"
#include "server/position.h"

/* A member of an object, by a path of keys with dots: "textDocument.uri". */
const cJSON *params_get(const cJSON *object, const char *path);
bool params_text(const cJSON *object, const char *path, Str *text) __attribute__((warn_unused_result));
bool params_integer(const cJSON *object, const char *path, int64_t *number)
    __attribute__((warn_unused_result));
bool params_position(const cJSON *object, const char *path, ClientPosition *position)
    __attribute__((warn_unused_result));
/* It is there and true. */
bool params_true(const cJSON *object, const char *path);

#endif
