#define _GNU_SOURCE
#include "standin/http_request.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"

#include "base/banned.h"

void http_reader_init(HttpReader *reader)
{
    memset(reader, 0, sizeof *reader);
    buf_init(&reader->head);
    buf_init(&reader->line);
}

void http_reader_free(HttpReader *reader)
{
    buf_free(&reader->head);
    buf_free(&reader->line);
    body_hash_free(&reader->body);
}

/* --- the head --- */

static bool is_token_byte(char byte)
{
    bool letter =
        (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    return letter || (byte && strchr("!#$%&'*+-.^_`|~", byte));
}

static bool is_token(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_token_byte(text.ptr[i])) return false;
    return text.len > 0;
}

static bool is_visible(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f) return false;
    return text.len > 0;
}

static bool same_word(Str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.ptr, word, text.len) == 0;
}

/* What stands behind a first part and the byte that ends it. */
static Str behind(Str text, Str part)
{
    return str_drop(text, part.len < text.len ? part.len + 1 : text.len);
}

static bool has_word(Str list, const char *word)
{
    while (list.len) {
        Str item = str_before(list, ',');
        if (same_word(str_trim(item), word)) return true;
        list = behind(list, item);
    }
    return false;
}

/* Takes the text up to a line's end off the front. */
static Str take_line(Str *text)
{
    Str line = str_before(*text, '\n');
    *text = behind(*text, line);
    if (str_ends(line, STR("\r"))) line.len--;
    return line;
}

/* A request to a proxy names the host in its target: "http://host/path". */
static void split_target(HttpRequest *request)
{
    if (!str_starts(request->target, STR("http://"))) return;
    Str rest = str_drop(request->target, strlen("http://"));
    request->host = str_before(rest, '/');
    request->target = request->host.len < rest.len ? str_drop(rest, request->host.len) : STR("/");
}

static bool read_request_line(HttpRequest *request, Str line)
{
    *request = (HttpRequest){0};
    request->method = str_before(line, ' ');
    Str rest = behind(line, request->method);
    request->target = str_before(rest, ' ');
    Str version = behind(rest, request->target);
    request->keep_alive = !str_equal(version, STR("HTTP/1.0"));
    bool known = version.len == strlen("HTTP/1.1") && str_starts(version, STR("HTTP/1."));
    bool sound = known && is_token(request->method) && request->method.len <= LIMIT_HTTP_METHOD &&
                 is_visible(request->target);
    if (sound) split_target(request);
    return sound;
}

/* False: not digits alone, or more than 2^53. */
static bool read_length(Str text, uint64_t *length)
{
    *length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || *length > (uint64_t)1 << 53) return false;
        *length = *length * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len > 0;
}

typedef struct Framing {
    bool has_length, is_chunked;
    uint64_t length;
} Framing;

static bool read_header(HttpRequest *request, Framing *framing, Str name, Str value)
{
    if (same_word(name, "host")) {
        if (!request->host.len) request->host = value;
        return !value.len || is_visible(value);
    }
    if (same_word(name, "content-length")) {
        uint64_t before = framing->length;
        bool again = framing->has_length;
        framing->has_length = true;
        return read_length(value, &framing->length) && (!again || before == framing->length);
    }
    if (same_word(name, "transfer-encoding")) {
        framing->is_chunked = has_word(value, "chunked");
        return framing->is_chunked;
    }
    if (same_word(name, "connection")) {
        if (has_word(value, "close")) request->keep_alive = false;
        if (has_word(value, "keep-alive")) request->keep_alive = true;
    }
    if (same_word(name, "content-type")) request->is_json = str_find(value, STR("json")) != SIZE_MAX;
    if (same_word(name, "expect")) request->expects_continue = has_word(value, "100-continue");
    return true;
}

static bool read_headers(HttpRequest *request, Framing *framing, Str head)
{
    while (head.len) {
        Str line = take_line(&head);
        if (!line.len) break;
        size_t colon = str_find_byte(line, ':');
        if (colon == SIZE_MAX || !is_token(str_part(line, 0, colon))) return false;
        if (!read_header(request, framing, str_part(line, 0, colon), str_trim(str_drop(line, colon + 1))))
            return false;
    }
    return true;
}

static HttpStep break_off(HttpReader *reader)
{
    reader->phase = HTTP_IN_RUINS;
    return HTTP_BROKEN;
}

static HttpStep read_head(HttpReader *reader)
{
    HttpRequest *request = &reader->request;
    Framing framing = {0};
    Str head = buf_str(&reader->head), line = take_line(&head);
    bool sound = read_request_line(request, line) && read_headers(request, &framing, head);
    if (!sound || (framing.has_length && framing.is_chunked)) return break_off(reader);
    body_hash_begin(&reader->body, request->is_json);
    reader->left = framing.length;
    reader->phase = framing.is_chunked ? HTTP_IN_CHUNK_SIZE : framing.length ? HTTP_IN_BODY : HTTP_AT_END;
    if (reader->phase == HTTP_AT_END) request->expects_continue = false;
    return HTTP_HEAD;
}

/* Another protocol shows in its first bytes or its first line; its client may wait for us to say so. */
static bool may_be_head(HttpReader *reader, char byte)
{
    if (reader->in_method) {
        reader->in_method = byte != ' ';
        return byte == ' ' ? reader->head.len > 0
                           : is_token_byte(byte) && reader->head.len < LIMIT_HTTP_METHOD;
    }
    if (!reader->in_first_line || byte != '\n') return true;
    reader->in_first_line = false;
    Str head = buf_str(&reader->head);
    HttpRequest request;
    return read_request_line(&request, take_line(&head));
}

/* The head ends with an empty line. */
static bool head_is_whole(const Buf *head)
{
    Str text = buf_str(head);
    return str_ends(text, STR("\n\r\n")) || str_ends(text, STR("\n\n"));
}

static HttpStep feed_head(HttpReader *reader, Str bytes, size_t *used)
{
    while (*used < bytes.len) {
        char byte = bytes.ptr[(*used)++];
        if (!reader->head.len && (byte == '\r' || byte == '\n')) continue;
        if (!may_be_head(reader, byte) || reader->head.len == LIMIT_HTTP_HEAD) return break_off(reader);
        buf_add_byte(&reader->head, byte);
        if (byte == '\n' && head_is_whole(&reader->head)) return read_head(reader);
    }
    return HTTP_WANTED;
}

static void begin(HttpReader *reader)
{
    buf_clear(&reader->head);
    reader->request = (HttpRequest){0};
    reader->phase = HTTP_IN_HEAD;
    reader->in_method = reader->in_first_line = true;
}

/* --- the body --- */

static void feed_body(HttpReader *reader, Str bytes, size_t *used)
{
    HttpRequest *request = &reader->request;
    size_t there = bytes.len - *used;
    size_t count = reader->left < there ? (size_t)reader->left : there;
    body_hash_add(&reader->body, str_part(bytes, *used, *used + count));
    *used += count;
    reader->left -= count;
    request->body_bytes += count;
    if (!reader->left) reader->phase = reader->phase == HTTP_IN_CHUNK ? HTTP_IN_CHUNK_END : HTTP_AT_END;
}

/* False: it is not there yet. */
static bool collect_line(HttpReader *reader, Str bytes, size_t *used)
{
    while (*used < bytes.len && reader->line.len <= LIMIT_HTTP_LINE) {
        char byte = bytes.ptr[(*used)++];
        if (byte == '\n') return true;
        buf_add_byte(&reader->line, byte);
    }
    return false;
}

static int digit_value(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static bool read_chunk_size(HttpReader *reader)
{
    Str text = str_trim(str_before(buf_str(&reader->line), ';'));
    reader->left = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_value(text.ptr[i]);
        if (digit < 0 || reader->left >> 52) return false;
        reader->left = reader->left * 16 + (uint64_t)digit;
    }
    return text.len > 0;
}

static HttpStep end_line(HttpReader *reader)
{
    bool empty = !str_trim(buf_str(&reader->line)).len, sound = true;
    if (reader->phase == HTTP_IN_CHUNK_SIZE) {
        sound = read_chunk_size(reader);
        reader->phase = reader->left ? HTTP_IN_CHUNK : HTTP_IN_TRAILER;
    } else if (reader->phase == HTTP_IN_CHUNK_END) {
        sound = empty;
        reader->phase = HTTP_IN_CHUNK_SIZE;
    } else if (empty) {
        reader->phase = HTTP_AT_END;
    }
    buf_clear(&reader->line);
    return sound ? HTTP_WANTED : break_off(reader);
}

static HttpStep feed_line(HttpReader *reader, Str bytes, size_t *used)
{
    if (collect_line(reader, bytes, used)) return end_line(reader);
    return reader->line.len > LIMIT_HTTP_LINE ? break_off(reader) : HTTP_WANTED;
}

static HttpStep finish(HttpReader *reader)
{
    reader->request.body_hash = reader->request.body_bytes ? body_hash_end(&reader->body) : 0;
    reader->phase = HTTP_AT_START;
    return HTTP_DONE;
}

HttpStep http_reader_feed(HttpReader *reader, Str bytes, size_t *used)
{
    *used = 0;
    if (reader->phase == HTTP_IN_RUINS) return HTTP_BROKEN;
    if (reader->phase == HTTP_AT_START && bytes.len) begin(reader);
    HttpStep step = HTTP_WANTED;
    while (step == HTTP_WANTED && reader->phase != HTTP_AT_END && *used < bytes.len) {
        if (reader->phase == HTTP_IN_HEAD)
            step = feed_head(reader, bytes, used);
        else if (reader->phase == HTTP_IN_BODY || reader->phase == HTTP_IN_CHUNK)
            feed_body(reader, bytes, used);
        else
            step = feed_line(reader, bytes, used);
    }
    return step == HTTP_WANTED && reader->phase == HTTP_AT_END ? finish(reader) : step;
}
