/* body_hash.h - what a request's body says, as a number: two clients that send the same JSON with other blanks or escapes
 * have sent the same.
 *
 * Shape   JSON up to LIMIT_JSON_BODY bytes is hashed by its values, members in their order; all else by its bytes.
 * Owner   body_hash_free. */
#ifndef LOOPSAFE_STANDIN_BODY_HASH_H
#define LOOPSAFE_STANDIN_BODY_HASH_H

#include "base/buf.h"

typedef struct BodyHash {
    uint64_t bytes_hash;
    bool is_json; /* as the request says */
    Buf text;     /* of JSON that is short enough */
} BodyHash;

void body_hash_begin(BodyHash *hash, bool is_json);
void body_hash_add(BodyHash *hash, Str bytes);
uint64_t body_hash_end(BodyHash *hash);
void body_hash_free(BodyHash *hash);

#endif
