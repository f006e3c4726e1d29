#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "runtime/request_list.h"
#include "runtime/request_text.h"

#include "base/banned.h"

enum { LONGEST_METHOD = 16 };

typedef struct Reader {
    RequestList *list;
    const char *path;
    Fail *fail;
    uint32_t row1;
    Buf headers; /* for the next request */
} Reader;

static bool refuse(const Reader *reader, const char *words)
{
    return fail_at(reader->fail, reader->path, reader->row1, "%s", words);
}

static bool is_method(Str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < 'A' || word.ptr[i] > 'Z') return false;
    return word.len > 0 && word.len <= LONGEST_METHOD;
}

/* --- headers --- */

static bool read_header(Reader *reader, Str line)
{
    Str name = str_before(line, ':');
    if (name.len == line.len || !header_is_name(name))
        return refuse(reader,
                      "is no request ('METHOD /path [json]'), no header ('Name: value') and no comment");
    if (header_is_ours(name))
        return fail_at(reader->fail, reader->path, reader->row1,
                       "the header '%.*s' comes with the connection: leave it out", (int)name.len, name.ptr);
    header_add(&reader->headers, name, str_trim(str_drop(line, name.len + 1)));
    return true;
}

/* --- requests --- */

static bool is_json(Str text)
{
    const char *end = NULL;
    cJSON *value = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, 0);
    bool whole = value && end == text.ptr + text.len;
    cJSON_Delete(value);
    return whole;
}

/* A body is JSON unless a header says something else. */
static bool check_body(Reader *reader, Str body)
{
    if (!body.len) return true;
    Str kind = header_find(buf_str(&reader->headers), STR("content-type"));
    if (kind.ptr && str_find(kind, STR("json")) == SIZE_MAX) return true;
    if (!is_json(body)) return refuse(reader, "the body is not valid JSON");
    if (!kind.ptr) header_add(&reader->headers, STR("Content-Type"), STR("application/json"));
    return true;
}

/* `@name`: a file in the folder of the file of requests. ptr NULL and a Fail: it cannot be read. */
static Str read_body(Reader *reader, Str written)
{
    Arena *arena = reader->list->arena;
    if (!str_starts(written, STR("@"))) return str_copy(arena, written);
    Str here = str_from(reader->path), name = str_drop(written, 1), body = {0};
    size_t slash = str_find_last(here, '/');
    bool absolute = str_starts(name, STR("/")) || slash == SIZE_MAX;
    Str path = absolute ? str_copy(arena, name) : str_join(arena, str_part(here, 0, slash), STR("/"), name);
    IoStatus status = io_read_file(arena, path.ptr, LIMIT_RECORDING_BYTES, &body);
    if (status == IO_OK) return body;
    fail_at(reader->fail, reader->path, reader->row1, "'%s': %s", path.ptr, io_status_text(status));
    return (Str){0};
}

static Str sent_target(Arena *arena, Str written)
{
    Buf target;
    buf_init(&target);
    target_add_written(&target, target_of_url(written));
    Str copy = str_copy(arena, buf_str(&target));
    buf_free(&target);
    return copy;
}

static bool read_request(Reader *reader, Str method, Str rest)
{
    Arena *arena = reader->list->arena;
    Str written = str_before(rest, ' '), body = str_trim(str_drop(rest, written.len));
    Str target = sent_target(arena, written);
    if (!target.len) return refuse(reader, "the path of a request begins with '/'");
    body = read_body(reader, body);
    if (!body.ptr || !check_body(reader, body)) return false;
    Request request = {
        .load = {str_copy(arena, method), target, str_copy(arena, buf_str(&reader->headers)), body},
        .origin = REQUEST_FROM_FILE,
        .route = SIZE_MAX,
        .row1 = reader->row1,
    };
    buf_clear(&reader->headers);
    return request_list_add(reader->list, &request) || refuse(reader, "too many requests");
}

static bool read_line(Reader *reader, Str line)
{
    line = str_trim(line);
    if (!line.len || str_starts(line, STR("#"))) return true;
    Str method = str_before(line, ' ');
    if (is_method(method) && method.len < line.len)
        return read_request(reader, method, str_trim(str_drop(line, method.len)));
    return read_header(reader, line);
}

static bool read_all(Reader *reader, Str text)
{
    while (text.len) {
        size_t end = str_find_byte(text, '\n');
        reader->row1++;
        if (!read_line(reader, str_part(text, 0, end == SIZE_MAX ? text.len : end))) return false;
        text = end == SIZE_MAX ? STR("") : str_drop(text, end + 1);
    }
    return !reader->headers.len || refuse(reader, "ends with headers that no request follows");
}

bool requests_read_lines(RequestList *list, Str text, const char *path, Fail *fail)
{
    Reader reader = {.list = list, .path = path, .fail = fail};
    buf_init(&reader.headers);
    if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_drop(text, 3);
    bool read = read_all(&reader, text);
    buf_free(&reader.headers);
    return read;
}
