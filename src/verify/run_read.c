#include "verify/run_read.h"

#include <math.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "verify/run_json.h"
#include "base/banned.h"

typedef struct Reader {
    Arena *arena;
    const char *path;
    Str text;
    size_t finding; /* that is read */
    Fail *fail;
} Reader;

/* --- the line of a trouble: the JSON library keeps none --- */

static size_t string_end(Str text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++)
        at += text.ptr[at] == '\\';
    return at < text.len ? at : text.len;
}

/* The line on which the item of a list begins that is a member of the outermost object. */
static size_t item_line(Str text, Str list, size_t wanted)
{
    size_t depth = 0, line1 = 1, item = 0;
    bool is_list = false;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte == '"') {
            size_t end = string_end(text, i);
            if (depth == 1) is_list = str_equal(str_part(text, i + 1, end), list);
            i = end;
            continue;
        }
        line1 += byte == '\n';
        if (byte == ']' || byte == '}') depth -= depth > 0;
        if (byte != '[' && byte != '{') continue;
        if (is_list && depth == 2 && item++ == wanted) return line1;
        depth++;
    }
    return 1;
}

static bool trouble(Reader *reader, const char *key, const char *what)
{
    size_t line1 = item_line(reader->text, STR("findings"), reader->finding);
    return fail_at(reader->fail, reader->path, line1, "\"%s\" of a finding %s", key, what);
}

/* --- members of a finding --- */

static bool read_text(Reader *reader, const cJSON *object, const char *key, Str *text)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsString(value)) return trouble(reader, key, "is no text");
    *text = str_copy(reader->arena, str_from(value->valuestring));
    return true;
}

static bool read_row(Reader *reader, const cJSON *object, const char *key, uint32_t *row1)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    double number = cJSON_IsNumber(value) ? value->valuedouble : -1;
    if (number < 0 || number > UINT32_MAX - 1.0 || floor(number) != number)
        return trouble(reader, key, "is no line number");
    *row1 = (uint32_t)number;
    return true;
}

static bool read_seen(Reader *reader, const cJSON *object, Seen *seen)
{
    Str name;
    if (!read_text(reader, object, "seen", &name)) return false;
    for (*seen = SEEN_CONFIRMED; *seen <= SEEN_NOT_EXERCISED; (*seen)++)
        if (str_equal(name, str_from(seen_name(*seen)))) return true;
    return trouble(reader, "seen", "is none of: confirmed, not reproduced, not exercised");
}

static bool read_verdict(Reader *reader, const cJSON *object, Verdict *verdict)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "verdict");
    *verdict = VERDICT_NONE;
    if (cJSON_IsNull(value)) return true;
    Str name;
    if (!read_text(reader, object, "verdict", &name)) return false;
    for (*verdict = VERDICT_FIXED; *verdict < VERDICTS; (*verdict)++)
        if (str_equal(name, str_from(verdict_name(*verdict)))) return true;
    return trouble(reader, "verdict", "is no verdict");
}

static bool read_before(Reader *reader, const cJSON *object, const char *key, double *number)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    value = cJSON_GetObjectItemCaseSensitive(value, "before");
    if (!cJSON_IsNumber(value) || value->valuedouble < 0)
        return trouble(reader, key, "has no number \"before\"");
    *number = value->valuedouble;
    return true;
}

static bool read_stall(Reader *reader, const cJSON *object, double *stall_ms)
{
    double calls, call_ms;
    if (!read_before(reader, object, "stall_ms", stall_ms) || !read_before(reader, object, "calls", &calls) ||
        !read_before(reader, object, "call_ms", &call_ms))
        return false;
    if (*stall_ms <= 0 && calls > 0) *stall_ms = call_ms / calls;
    return true;
}

static bool read_finding(Reader *reader, const cJSON *object, RunSaid *said)
{
    return read_text(reader, object, "code", &said->code) && read_text(reader, object, "path", &said->path) &&
           read_text(reader, object, "fingerprint", &said->fingerprint) &&
           read_row(reader, object, "row", &said->row1) &&
           read_row(reader, object, "end_row", &said->end_row1) && read_seen(reader, object, &said->seen) &&
           read_verdict(reader, object, &said->verdict) && read_stall(reader, object, &said->stall_ms);
}

/* --- the file --- */

static bool know_version(const Reader *reader, const cJSON *tree)
{
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(tree, "loopsafe_run");
    if (!cJSON_IsNumber(version))
        return fail_at(reader->fail, reader->path, 1, "was not written by 'loopsafe verify --json'");
    if (version->valuedouble != RUN_JSON_VERSION)
        return fail_at(reader->fail, reader->path, 1,
                       "was written by another version of loopsafe: its format is %g", version->valuedouble);
    return true;
}

static bool read_tree(Reader *reader, const cJSON *tree, RunSaids *said)
{
    const cJSON *findings = cJSON_GetObjectItemCaseSensitive(tree, "findings");
    if (!know_version(reader, tree)) return false;
    if (!cJSON_IsArray(findings)) return fail_at(reader->fail, reader->path, 1, "has no list \"findings\"");
    size_t count = 0;
    for (const cJSON *finding = findings->child; finding; finding = finding->next)
        count++;
    RunSaid *items = arena_array(reader->arena, count, sizeof *items);
    const cJSON *finding = findings->child;
    for (; finding; finding = finding->next, reader->finding++)
        if (!read_finding(reader, finding, &items[reader->finding])) return false;
    *said = (RunSaids){items, count};
    return true;
}

bool run_read(Arena *arena, const char *path, RunSaids *said, Fail *fail)
{
    Reader reader = {.arena = arena, .path = path, .fail = fail};
    IoStatus status = io_read_file(arena, path, LIMIT_RUN_BYTES, &reader.text);
    if (status != IO_OK) return fail_at(fail, path, 0, "%s", io_status_text(status));
    cJSON *tree = json_parse(reader.text, path, fail);
    if (!tree) return false;
    bool is_read = read_tree(&reader, tree, said);
    cJSON_Delete(tree);
    return is_read;
}
