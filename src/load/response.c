#define _POSIX_C_SOURCE 200809L
#include "load/response.h"

#include <strings.h>

#include "base/limits.h"

#include "base/banned.h"

static const uint64_t hash_start = 0xcbf29ce484222325u, hash_prime = 0x100000001b3u; /* FNV-1a */

void response_begin(Response *response, bool bodiless, Buf *headers, Buf *body)
{
    Buf line = response->line;
    buf_clear(&line);
    *response = (Response){
        .bodiless = bodiless, .line = line, .headers = headers, .body = body, .body_hash = hash_start};
}

void response_free(Response *response)
{
    buf_free(&response->line);
}

bool response_ended(const Response *response)
{
    return response->part == RESPONSE_DONE || response->part == RESPONSE_BROKEN;
}

static void break_off(Response *response, const char *trouble)
{
    response->part = RESPONSE_BROKEN;
    response->reusable = false;
    response->trouble = trouble;
}

/* --- head --- */

static bool byte_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool text_is(Str text, const char *word)
{
    Str wanted = str_from(word);
    return text.len == wanted.len && strncasecmp(text.ptr, wanted.ptr, wanted.len) == 0;
}

/* HTTP/1.1 200 OK */
static void read_status(Response *response, Str line)
{
    enum { VERSION = 8, CODE = 9, CODE_END = 12 };
    bool formed = line.len >= CODE_END && str_starts(line, STR("HTTP/1.")) &&
                  byte_is_digit(line.ptr[VERSION - 1]) && line.ptr[VERSION] == ' ' &&
                  (line.len == CODE_END || line.ptr[CODE_END] == ' ');
    unsigned status = 0;
    for (size_t i = CODE; formed && i < CODE_END; i++) {
        formed = byte_is_digit(line.ptr[i]);
        status = status * 10 + (unsigned)(line.ptr[i] - '0');
    }
    if (!formed || status < 100) {
        break_off(response, "the first line is no status line of HTTP/1.1");
        return;
    }
    response->status = (uint16_t)status;
    response->reusable = line.ptr[VERSION - 1] != '0';
    response->part = RESPONSE_HEADERS;
}

static bool read_decimal(Str text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!byte_is_digit(text.ptr[i]) || *number > (UINT64_MAX - 9) / 10) return false;
        *number = *number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return text.len > 0;
}

static void read_length(Response *response, Str value)
{
    uint64_t length;
    if (!read_decimal(value, &length))
        break_off(response, "Content-Length is no number");
    else if (response->has_length && length != response->left)
        break_off(response, "two different Content-Length");
    response->left = length;
    response->has_length = true;
}

/* Items of a list, as in `keep-alive, Upgrade`. */
static bool list_has(Str list, const char *word)
{
    while (list.len) {
        Str item = str_before(list, ',');
        if (text_is(str_trim(item), word)) return true;
        list = str_drop(list, item.len < list.len ? item.len + 1 : list.len);
    }
    return false;
}

static void read_field(Response *response, Str name, Str value)
{
    if (text_is(name, "content-length")) {
        read_length(response, value);
    } else if (text_is(name, "transfer-encoding")) {
        response->chunked = text_is(str_trim(str_after_last(value, ',')), "chunked");
    } else if (text_is(name, "connection")) {
        if (list_has(value, "close")) response->reusable = false;
        if (list_has(value, "keep-alive")) response->reusable = true;
    }
}

static void begin_body(Response *response)
{
    response->head_bytes = 0;
    if (response->bodiless || response->status == 204 || response->status == 304)
        response->part = RESPONSE_DONE;
    else if (response->chunked)
        response->part = RESPONSE_CHUNK_SIZE;
    else if (response->has_length)
        response->part = response->left ? RESPONSE_LENGTH : RESPONSE_DONE;
    else {
        response->part = RESPONSE_UNTIL_CLOSE;
        response->reusable = false;
    }
}

/* 100 Continue, 103 Early Hints: the answer itself is still to come. The head's bytes are counted on, so that not any
 * number of them may follow. */
static void skip_interim(Response *response)
{
    response->part = RESPONSE_STATUS;
    response->chunked = response->has_length = false;
    response->left = 0;
    if (response->headers) buf_clear(response->headers);
}

static void end_headers(Response *response)
{
    if (response->status == 101)
        break_off(response, "the server changed to another protocol");
    else if (response->status < 200)
        skip_interim(response);
    else
        begin_body(response);
}

static void read_header(Response *response, Str line)
{
    if (!line.len) {
        end_headers(response);
        return;
    }
    size_t colon = str_find_byte(line, ':');
    if (colon == SIZE_MAX || colon == 0 || line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        break_off(response, "a line of the head is no header");
        return;
    }
    if (response->headers) {
        buf_add(response->headers, line);
        buf_add_text(response->headers, "\r\n");
    }
    read_field(response, str_part(line, 0, colon), str_trim(str_drop(line, colon + 1)));
}

/* --- chunks --- */

static int hex_digit(char byte)
{
    if (byte_is_digit(byte)) return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

/* 1f;extension */
static void read_chunk_size(Response *response, Str line)
{
    Str digits = str_trim(str_before(line, ';'));
    uint64_t size = 0;
    bool formed = digits.len > 0 && digits.len <= 15;
    for (size_t i = 0; formed && i < digits.len; i++) {
        int digit = hex_digit(digits.ptr[i]);
        formed = digit >= 0;
        if (formed) size = size * 16 + (uint64_t)digit;
    }
    response->head_bytes = 0;
    response->left = size;
    if (!formed)
        break_off(response, "the size of a chunk is no number");
    else
        response->part = size ? RESPONSE_CHUNK : RESPONSE_TRAILERS;
}

static void end_chunk(Response *response, Str line)
{
    response->head_bytes = 0;
    if (line.len)
        break_off(response, "a chunk is longer than it said");
    else
        response->part = RESPONSE_CHUNK_SIZE;
}

/* --- bytes --- */

/* Empty lines before a status line are left over from the last answer of careless servers. */
static void read_line(Response *response, Str line)
{
    if (str_ends(line, STR("\r"))) line.len--;
    switch (response->part) {
    case RESPONSE_STATUS:
        if (line.len) read_status(response, line);
        break;
    case RESPONSE_HEADERS:
        read_header(response, line);
        break;
    case RESPONSE_CHUNK_SIZE:
        read_chunk_size(response, line);
        break;
    case RESPONSE_CHUNK_END:
        end_chunk(response, line);
        break;
    default: /* trailers */
        if (!line.len) response->part = RESPONSE_DONE;
    }
}

static size_t feed_line(Response *response, Str bytes)
{
    size_t end = str_find_byte(bytes, '\n');
    size_t took = end == SIZE_MAX ? bytes.len : end + 1;
    response->head_bytes += took;
    if (response->head_bytes > LIMIT_RESPONSE_HEAD_BYTES) {
        break_off(response, "the head is too large");
    } else if (end == SIZE_MAX) {
        buf_add(&response->line, bytes);
    } else if (response->line.len) {
        buf_add(&response->line, str_part(bytes, 0, end));
        read_line(response, buf_str(&response->line));
        buf_clear(&response->line);
    } else {
        read_line(response, str_part(bytes, 0, end));
    }
    return took;
}

static void add_hash(Response *response, Str bytes)
{
    uint64_t hash = response->body_hash;
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * hash_prime;
    response->body_hash = hash;
}

static void take_body(Response *response, Str bytes)
{
    add_hash(response, bytes);
    response->body_bytes += bytes.len;
    if (!response->body) return;
    if (response->body->len + bytes.len > LIMIT_RESPONSE_BODY_BYTES)
        break_off(response, "the body is too large");
    else
        buf_add(response->body, bytes);
}

static size_t feed_body(Response *response, Str bytes)
{
    bool counted = response->part != RESPONSE_UNTIL_CLOSE;
    if (counted && bytes.len > response->left) bytes.len = (size_t)response->left;
    take_body(response, bytes);
    if (counted) response->left -= bytes.len;
    if (counted && !response->left && response->part != RESPONSE_BROKEN)
        response->part = response->part == RESPONSE_CHUNK ? RESPONSE_CHUNK_END : RESPONSE_DONE;
    return bytes.len;
}

static bool part_is_body(ResponsePart part)
{
    return part == RESPONSE_LENGTH || part == RESPONSE_CHUNK || part == RESPONSE_UNTIL_CLOSE;
}

size_t response_feed(Response *response, Str bytes)
{
    size_t at = 0;
    if (bytes.len) response->begun = true;
    while (at < bytes.len && !response_ended(response)) {
        Str rest = str_drop(bytes, at);
        at += part_is_body(response->part) ? feed_body(response, rest) : feed_line(response, rest);
    }
    return at;
}

void response_close(Response *response)
{
    if (response->part == RESPONSE_UNTIL_CLOSE)
        response->part = RESPONSE_DONE;
    else if (response->part != RESPONSE_DONE && response->part != RESPONSE_BROKEN)
        break_off(response, response->begun ? "the connection ended within the answer"
                                            : "the connection ended without an answer");
}
