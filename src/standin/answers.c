#define _GNU_SOURCE
#include "standin/answers.h"

#include <string.h>
#include <strings.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/vec.h"
#include "source/glob.h"

#include "base/banned.h"

typedef struct Entry {
    Answer answer;
    Str method; /* empty: any */
    Glob host, path;
    bool any_host, any_path;
} Entry;

struct Answers {
    const Entry *entries;
    size_t count;
    Answer usual;
};

typedef struct Reading {
    Arena *arena;
    const char *path;
    size_t index;
    Fail *fail;
} Reading;

static bool refuse(const Reading *reading, const char *key, const char *what)
{
    return fail_at(reading->fail, reading->path, 0, "answers[%zu]%s%s: %s", reading->index, *key ? "." : "",
                   key, what);
}

/* --- the parts of an entry --- */

static bool read_pattern(const Reading *reading, const cJSON *item, const char *key, Glob *glob, bool *any)
{
    *any = !item;
    if (!item) return true;
    if (!cJSON_IsString(item)) return refuse(reading, key, "a text is wanted");
    Str pattern = str_copy(reading->arena, str_from(item->valuestring));
    return glob_compile(reading->arena, pattern, GLOB_RUFF, glob) ||
           refuse(reading, key, "the pattern is not well-formed");
}

static bool read_number(const Reading *reading, const cJSON *item, const char *key, double from, double to,
                        double *number)
{
    if (!item) return true;
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= from && item->valuedouble <= to))
        return refuse(reading, key, "no number that could stand here");
    *number = item->valuedouble;
    return true;
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if (*text == '\r' || *text == '\n') return false;
    return true;
}

/* Those are written by the stand-in itself. */
static bool is_framing(const char *name)
{
    return strcasecmp(name, "content-length") == 0 || strcasecmp(name, "transfer-encoding") == 0 ||
           strcasecmp(name, "connection") == 0;
}

static bool add_headers(const Reading *reading, const cJSON *headers, Buf *lines, bool *typed)
{
    if (headers && !cJSON_IsObject(headers)) return refuse(reading, "headers", "an object is wanted");
    const cJSON *item;
    cJSON_ArrayForEach(item, headers)
    {
        if (!cJSON_IsString(item) || !*item->string || !is_plain(item->string) ||
            !is_plain(item->valuestring) || strchr(item->string, ':'))
            return refuse(reading, "headers", "names and texts of one line are wanted");
        if (is_framing(item->string))
            return refuse(reading, "headers", "length and connection are the stand-in's own");
        if (strcasecmp(item->string, "content-type") == 0) *typed = true;
        buf_format(lines, "%s: %s\r\n", item->string, item->valuestring);
    }
    return true;
}

static bool read_headers(const Reading *reading, const cJSON *entry, Answer *answer)
{
    Buf lines;
    buf_init(&lines);
    bool typed = false,
         sound = add_headers(reading, cJSON_GetObjectItemCaseSensitive(entry, "headers"), &lines, &typed);
    bool is_json = !cJSON_GetObjectItemCaseSensitive(entry, "body");
    if (!typed)
        buf_format(&lines, "Content-Type: %s\r\n",
                   is_json ? "application/json" : "text/plain; charset=utf-8");
    answer->headers = str_copy(reading->arena, buf_str(&lines));
    buf_free(&lines);
    return sound;
}

static bool read_body(const Reading *reading, const cJSON *entry, Answer *answer)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(entry, "body");
    const cJSON *json = cJSON_GetObjectItemCaseSensitive(entry, "json");
    answer->body = STR("{\"ok\": true}");
    if (text && json) return refuse(reading, "body", "either body or json");
    if (text && !cJSON_IsString(text)) return refuse(reading, "body", "a text is wanted");
    if (text) answer->body = str_copy(reading->arena, str_from(text->valuestring));
    if (!json) return true;
    char *printed = cJSON_PrintUnformatted(json);
    if (!printed) memory_exhausted();
    answer->body = str_copy(reading->arena, str_from(printed));
    cJSON_free(printed);
    return true;
}

static bool knows_keys(const Reading *reading, const cJSON *entry)
{
    static const char *const keys[] = {"host",    "method", "path", "status",
                                       "headers", "body",   "json", "delay_ms"};
    const cJSON *item;
    cJSON_ArrayForEach(item, entry)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            known = known || strcmp(item->string, keys[i]) == 0;
        if (!known) return refuse(reading, item->string, "no such key");
    }
    return cJSON_IsObject(entry) || refuse(reading, "", "an object is wanted");
}

static bool read_entry(const Reading *reading, const cJSON *json, Entry *entry)
{
    double status = 200, delay_ms = -1;
    const cJSON *method = cJSON_GetObjectItemCaseSensitive(json, "method");
    if (!knows_keys(reading, json)) return false;
    if (method && !cJSON_IsString(method)) return refuse(reading, "method", "a text is wanted");
    if (method) entry->method = str_copy(reading->arena, str_from(method->valuestring));
    bool sound =
        read_pattern(reading, cJSON_GetObjectItemCaseSensitive(json, "host"), "host", &entry->host,
                     &entry->any_host) &&
        read_pattern(reading, cJSON_GetObjectItemCaseSensitive(json, "path"), "path", &entry->path,
                     &entry->any_path) &&
        read_number(reading, cJSON_GetObjectItemCaseSensitive(json, "status"), "status", 200, 599, &status) &&
        read_number(reading, cJSON_GetObjectItemCaseSensitive(json, "delay_ms"), "delay_ms", 0, 3600000,
                    &delay_ms) &&
        read_headers(reading, json, &entry->answer) && read_body(reading, json, &entry->answer);
    entry->answer.status = (unsigned)status;
    entry->answer.delay_ns = delay_ms < 0 ? UINT64_MAX : (uint64_t)(delay_ms * 1e6);
    return sound;
}

/* --- the file --- */

static bool read_all(Arena *arena, const char *path, const cJSON *root, Answers *answers, Fail *fail)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "answers");
    if (!cJSON_IsArray(list)) return fail_at(fail, path, 0, "no \"answers\": a list of them is wanted");
    Entry *entries = arena_array(arena, (size_t)cJSON_GetArraySize(list), sizeof *entries);
    Reading reading = {.arena = arena, .path = path, .fail = fail};
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!read_entry(&reading, item, &entries[reading.index])) return false;
        reading.index++;
    }
    answers->entries = entries;
    answers->count = reading.index;
    return true;
}

const Answers *answers_read(Arena *arena, const char *path, Fail *fail)
{
    Answers *answers = arena_alloc(arena, sizeof *answers);
    answers->usual = (Answer){.status = 200,
                              .headers = STR("Content-Type: application/json\r\n"),
                              .body = STR("{\"ok\": true}"),
                              .delay_ns = UINT64_MAX};
    if (!path) return answers;
    Str text;
    IoStatus status = io_read_file(arena, path, LIMIT_TABLE_BYTES, &text);
    if (status != IO_OK) {
        fail_at(fail, path, 0, "%s", io_status_text(status));
        return NULL;
    }
    cJSON *root = json_parse(text, path, fail);
    bool sound = root && read_all(arena, path, root, answers, fail);
    cJSON_Delete(root);
    return sound ? answers : NULL;
}

/* What GET would get is also what HEAD is told of. */
static bool method_fits(Str wanted, Str method)
{
    if (!wanted.len || str_equal(wanted, method)) return true;
    return str_equal(wanted, STR("GET")) && str_equal(method, STR("HEAD"));
}

static bool entry_fits(const Entry *entry, Str host, Str method, Str path)
{
    if (!method_fits(entry->method, method)) return false;
    if (!entry->any_path && !glob_matches(&entry->path, path)) return false;
    return entry->any_host || glob_matches(&entry->host, host) ||
           glob_matches(&entry->host, str_before(host, ':'));
}

const Answer *answers_find(const Answers *answers, Str host, Str method, Str target)
{
    Str path = str_before(target, '?');
    for (size_t i = 0; i < answers->count; i++)
        if (entry_fits(&answers->entries[i], host, method, path)) return &answers->entries[i].answer;
    return &answers->usual;
}
