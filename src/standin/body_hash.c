#include "standin/body_hash.h"

#include "base/json.h"
#include "base/limits.h"

#include "base/banned.h"

/* FNV-1a. */
static uint64_t hash_on(uint64_t hash, Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * 1099511628211u;
    return hash;
}

static const uint64_t HASH_START = 14695981039346656037u;

void body_hash_begin(BodyHash *hash, bool is_json)
{
    buf_clear(&hash->text);
    hash->bytes_hash = HASH_START;
    hash->is_json = is_json;
}

void body_hash_add(BodyHash *hash, Str bytes)
{
    hash->bytes_hash = hash_on(hash->bytes_hash, bytes);
    if (hash->is_json && hash->text.len + bytes.len > LIMIT_JSON_BODY) hash->is_json = false;
    if (hash->is_json) buf_add(&hash->text, bytes);
}

uint64_t body_hash_end(BodyHash *hash)
{
    Fail fail = {0};
    cJSON *value = hash->is_json ? json_parse(buf_str(&hash->text), "body", &fail) : NULL;
    if (!value) return hash->bytes_hash;
    char *text = cJSON_PrintUnformatted(value);
    uint64_t by_value = text ? hash_on(HASH_START, str_from(text)) : hash->bytes_hash;
    cJSON_free(text);
    cJSON_Delete(value);
    return by_value;
}

void body_hash_free(BodyHash *hash)
{
    buf_free(&hash->text);
}
