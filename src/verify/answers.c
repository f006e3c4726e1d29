#include "verify/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/visible.h"
#include "verify/json_body.h"
#include "verify/text_body.h"
#include "verify/words.h"
#include "base/banned.h"

typedef struct Answers {
    Differences *differences;
    Arena arena; /* of this comparison */
    const LoadAnswer *before, *again, *after;
} Answers;

/* --- headers --- */

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool same_letters(Str left, Str right)
{
    if (left.len != right.len) return false;
    for (size_t i = 0; i < left.len; i++)
        if (lower(left.ptr[i]) != lower(right.ptr[i])) return false;
    return true;
}

/* The next header of that name from *rest on. */
static Str next_header(Str *rest, Str name)
{
    while (rest->len) {
        Str line = str_before(*rest, '\n');
        *rest = str_drop(*rest, line.len < rest->len ? line.len + 1 : line.len);
        size_t colon = str_find_byte(line, ':');
        if (colon != SIZE_MAX && same_letters(str_trim(str_part(line, 0, colon)), name))
            return str_trim(str_drop(line, colon + 1));
    }
    return (Str){NULL, 0};
}

Str answer_header(const LoadAnswer *answer, Str name)
{
    Str rest = answer->headers;
    return next_header(&rest, name);
}

static int compare_texts(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

/* "session, theme": sorted, since their order says nothing. */
static Str cookie_names(Arena *arena, const LoadAnswer *answer)
{
    VEC(Str) names = {0};
    Str rest = answer->headers, cookie;
    while ((cookie = next_header(&rest, STR("set-cookie"))).ptr)
        vec_add(&names, str_trim(str_before(cookie, '=')));
    if (names.count) qsort(names.items, names.count, sizeof *names.items, compare_texts);
    Str list = STR("");
    for (size_t i = 0; i < names.count; i++)
        list = str_join(arena, list, i ? STR(", ") : STR(""), names.items[i]);
    vec_free(&names);
    return list;
}

static void compare_texts_of(Answers *answers, Str what, Str before, Str again, Str after)
{
    if (!str_equal(before, again))
        differences_mask(answers->differences, what);
    else if (!str_equal(before, after))
        differences_add(answers->differences, what, before.len ? before : STR("none"),
                        after.len ? after : STR("none"));
}

static void compare_header(Answers *answers, Str name)
{
    compare_texts_of(answers, str_join(&answers->arena, STR("header "), name, STR("")),
                     answer_header(answers->before, name), answer_header(answers->again, name),
                     answer_header(answers->after, name));
}

static void compare_headers(Answers *answers)
{
    compare_header(answers, STR("content-type"));
    compare_header(answers, STR("location"));
    compare_texts_of(answers, STR("cookies"), cookie_names(&answers->arena, answers->before),
                     cookie_names(&answers->arena, answers->again),
                     cookie_names(&answers->arena, answers->after));
}

/* --- status --- */

/* Text of the message in an answer that reports an error, however it is wrapped: {"detail": [{"msg": …}]}. */
static const cJSON *message_in(const cJSON *value)
{
    static const char *const keys[] = {"detail", "message", "msg", "error", "title"};
    for (size_t depth = 0; value && depth < 4; depth++) {
        if (cJSON_IsString(value)) return value;
        const cJSON *inner = cJSON_IsArray(value) ? value->child : NULL;
        for (size_t i = 0; cJSON_IsObject(value) && !inner && i < sizeof keys / sizeof keys[0]; i++)
            inner = cJSON_GetObjectItemCaseSensitive(value, keys[i]);
        value = inner;
    }
    return NULL;
}

/* Where in the request the trouble lies, as validators say it: {"loc": ["query", "q"]}. */
static Str place_in(Arena *arena, const cJSON *tree)
{
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(tree, "detail");
    first = cJSON_IsArray(first) ? first->child : NULL;
    const cJSON *part = cJSON_GetObjectItemCaseSensitive(first, "loc");
    Str place = STR("");
    for (part = cJSON_IsArray(part) ? part->child : NULL; part; part = part->next)
        if (cJSON_IsString(part))
            place = str_join(arena, place, place.len ? STR(".") : STR(""), str_from(part->valuestring));
    return place;
}

static Str json_message(Arena *arena, Str body)
{
    Fail ignored = {0};
    cJSON *tree = json_parse(body, NULL, &ignored);
    const cJSON *message = message_in(tree);
    Str text = message ? str_copy(arena, str_from(message->valuestring)) : STR("");
    Str place = place_in(arena, tree);
    if (text.len && place.len) text = str_join(arena, text, STR(" in "), place);
    cJSON_Delete(tree);
    return text;
}

Str answer_trouble(Arena *arena, const LoadAnswer *answer)
{
    if (!answer->status) {
        Str why = words_short(arena, answer->trouble, LIMIT_RUN_VALUE);
        return str_join(arena, STR("no answer"), why.len ? STR(": ") : STR(""), why);
    }
    Str message = json_message(arena, answer->body);
    if (!message.len) message = answer->body;
    Str code = str_format(arena, "%u", answer->status);
    message = words_short(arena, message, LIMIT_RUN_VALUE);
    if (str_starts(message, code)) return message; /* "404: Not Found", as some frameworks write it */
    return str_join(arena, code, message.len ? STR(": ") : STR(""), message);
}

static Str status_text(Answers *answers, const LoadAnswer *answer)
{
    if (answer->status && answer->status < 400) return str_format(&answers->arena, "%u", answer->status);
    return answer_trouble(&answers->arena, answer);
}

/* True: the bodies are answers to the same outcome and worth comparing. */
static bool compare_status(Answers *answers)
{
    uint16_t before = answers->before->status, again = answers->again->status, after = answers->after->status;
    bool is_firm = before == again;
    if (!is_firm)
        differences_mask(answers->differences,
                         str_format(&answers->arena, "status (%u, then %u)", before, again));
    if (after != before && after != again)
        differences_add(answers->differences, STR("status"), status_text(answers, answers->before),
                        status_text(answers, answers->after));
    return is_firm && after == before;
}

/* --- bodies --- */

static bool mentions(Str text, const char *part)
{
    Str wanted = str_from(part);
    for (size_t i = 0; i + wanted.len <= text.len; i++)
        if (same_letters(str_part(text, i, i + wanted.len), wanted)) return true;
    return false;
}

static bool looks_like_json(const LoadAnswer *answer)
{
    Str type = answer_header(answer, STR("content-type")), body = str_trim(answer->body);
    if (type.len) return mentions(type, "json");
    return str_starts(body, STR("{")) || str_starts(body, STR("["));
}

/* A byte that no text holds, or bytes that are no UTF-8, among the first ones. */
static bool is_binary(Str body)
{
    enum { LOOKED_AT = 4096 };
    Str head = str_part(body, 0, body.len < LOOKED_AT ? body.len : LOOKED_AT);
    while (head.len) {
        uint32_t code;
        size_t length = glyph_read(head, &code);
        bool is_cut = head.len < 4 && body.len > LOOKED_AT;
        if (!code || (code == 0xFFFD && !is_cut)) return true;
        head = str_drop(head, length);
    }
    return false;
}

static Str bytes_text(Answers *answers, Str body)
{
    return str_format(&answers->arena, "%zu bytes, hash %08x", body.len, str_hash(body));
}

static void compare_bytes(Answers *answers)
{
    Str before = answers->before->body, again = answers->again->body, after = answers->after->body;
    if (!str_equal(before, again)) {
        differences_mask(answers->differences,
                         before.len == again.len ? STR("body (bytes)") : STR("body (bytes and length)"));
        if (before.len != again.len || before.len == after.len) return;
    }
    if (!str_equal(before, after))
        differences_add(answers->differences, STR("body"), bytes_text(answers, before),
                        bytes_text(answers, after));
}

static void compare_bodies(Answers *answers)
{
    Str before = answers->before->body, again = answers->again->body, after = answers->after->body;
    if (str_equal(before, again) && str_equal(before, after)) return;
    if (looks_like_json(answers->before) && json_body_compare(answers->differences, before, again, after))
        return;
    if (is_binary(before) || is_binary(after))
        compare_bytes(answers);
    else
        text_body_compare(answers->differences, before, again, after);
}

void answers_compare(Differences *differences, const LoadAnswer *before, const LoadAnswer *again,
                     const LoadAnswer *after)
{
    Answers answers = {.differences = differences, .before = before, .again = again, .after = after};
    arena_init(&answers.arena);
    if (compare_status(&answers)) {
        compare_headers(&answers);
        compare_bodies(&answers);
    }
    arena_free(&answers.arena);
}
