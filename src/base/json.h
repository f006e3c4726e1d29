/* json.h - JSON in (through cJSON) with the line of every trouble, JSON out as a stream.
 *
 * Owner   json_parse: the cJSON tree belongs to the caller (cJSON_Delete).
 * Errors  a text that is not JSON is a Fail with path and line. */
#ifndef LOOPSAFE_BASE_JSON_H
#define LOOPSAFE_BASE_JSON_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/fail.h"

/* NULL and a Fail when the text is not one JSON value. */
cJSON *json_parse(Str text, const char *path, Fail *fail) __attribute__((warn_unused_result));

/* A JSON text that is being written: braces and commas are kept by the writer. */
typedef struct JsonOut {
    Buf *buf;
    bool pretty; /* two blanks an indent, else one line */
    unsigned depth;
    bool need_comma; /* an item stands before the next one at this depth */
    bool after_key;
} JsonOut;

void json_out_init(JsonOut *out, Buf *buf, bool pretty);
void json_out_open(JsonOut *out, char bracket);  /* '{' or '[' */
void json_out_close(JsonOut *out, char bracket); /* '}' or ']' */
void json_out_key(JsonOut *out, const char *key);
void json_out_str(JsonOut *out, Str text); /* bytes that are not UTF-8 become U+FFFD */
void json_out_number(JsonOut *out, uint64_t number);
void json_out_integer(JsonOut *out, int64_t number);
/* With that many places behind the point, at most 9; what is no number becomes null. */
void json_out_decimal(JsonOut *out, double number, int places);
/* Six digits, as few as say it; what is no number becomes null. */
void json_out_real(JsonOut *out, double number);
void json_out_bool(JsonOut *out, bool value);
void json_out_null(JsonOut *out);

#endif
