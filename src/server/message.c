#include "server/message.h"

#include <string.h>

#include "base/limits.h"

#include "base/banned.h"

void message_reader_init(MessageReader *reader)
{
    *reader = (MessageReader){0};
    buf_init(&reader->bytes);
}

void message_reader_free(MessageReader *reader)
{
    buf_free(&reader->bytes);
}

/* Moves what is left to the front, so that a long session's buffer does not grow. */
static void drop_done(MessageReader *reader)
{
    size_t left = reader->bytes.len - reader->at;
    if (left) memmove(reader->bytes.data, reader->bytes.data + reader->at, left);
    reader->bytes.len = left;
    reader->at = 0;
}

void message_reader_feed(MessageReader *reader, Str bytes)
{
    if (reader->at) drop_done(reader);
    buf_add(&reader->bytes, bytes);
}

static Str left_of(const MessageReader *reader)
{
    return str_drop(buf_str(&reader->bytes), reader->at);
}

static MessageStatus broken(MessageReader *reader, const char *trouble)
{
    reader->trouble = trouble;
    return MESSAGE_BROKEN;
}

/* --- the head --- */

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* What stands behind `Content-Length:`; false: it is another field. */
static bool length_field(Str line, Str *value)
{
    static const char name[] = "content-length:";
    if (line.len < sizeof name - 1) return false;
    for (size_t i = 0; i < sizeof name - 1; i++)
        if (lower(line.ptr[i]) != name[i]) return false;
    *value = str_trim(str_drop(line, sizeof name - 1));
    return true;
}

/* A number too large for a message reads as SIZE_MAX; false: it is none. */
static bool read_length(Str text, size_t *length)
{
    size_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        if (number > (SIZE_MAX - 9) / 10) {
            number = SIZE_MAX;
            break;
        }
        number = number * 10 + (size_t)(text.ptr[i] - '0');
    }
    *length = number;
    return text.len > 0;
}

/* An empty line: the body follows, unless there is none to be had. */
static MessageStatus end_head(MessageReader *reader)
{
    bool has_length = reader->has_length, is_told = reader->is_told;
    reader->has_length = reader->is_told = false;
    if (is_told) return MESSAGE_WANTED;
    if (!has_length) return broken(reader, "a message without Content-Length");
    if (reader->body_bytes > LIMIT_MESSAGE_BYTES) {
        reader->passed_over = reader->body_bytes;
        return broken(reader, "a message that is too large");
    }
    reader->in_body = true;
    return MESSAGE_WANTED;
}

static MessageStatus take_line(MessageReader *reader, Str line)
{
    Str value;
    if (str_ends(line, STR("\r"))) line.len--;
    if (!line.len) return end_head(reader);
    if (!length_field(line, &value)) return MESSAGE_WANTED;
    reader->has_length = read_length(value, &reader->body_bytes);
    if (reader->has_length || reader->is_told) return MESSAGE_WANTED;
    reader->is_told = true;
    return broken(reader, "a Content-Length that is no number");
}

/* One line of a head; done: nothing more can be read off the bytes at hand. */
static MessageStatus read_line(MessageReader *reader, bool *done)
{
    Str left = left_of(reader);
    size_t end = str_find_byte(left, '\n');
    *done = end == SIZE_MAX;
    if (*done && left.len <= LIMIT_HEAD_BYTES) return MESSAGE_WANTED;
    bool is_long = *done || end > LIMIT_HEAD_BYTES, is_rest = reader->in_long_line;
    reader->at += *done ? left.len : end + 1;
    reader->in_long_line = *done;
    if (is_rest) return MESSAGE_WANTED;
    if (is_long) return broken(reader, "bytes that are no message");
    return take_line(reader, str_part(left, 0, end));
}

/* --- the body --- */

/* False: all that was fed belongs to what is dropped. */
static bool pass_over(MessageReader *reader)
{
    size_t left = left_of(reader).len;
    size_t dropped = left < reader->passed_over ? left : reader->passed_over;
    reader->at += dropped;
    reader->passed_over -= dropped;
    return reader->passed_over == 0;
}

static MessageStatus read_body(MessageReader *reader, Str *body)
{
    Str left = left_of(reader);
    if (left.len < reader->body_bytes) return MESSAGE_WANTED;
    *body = str_part(left, 0, reader->body_bytes);
    reader->at += reader->body_bytes;
    reader->in_body = false;
    return MESSAGE_READ;
}

MessageStatus message_reader_next(MessageReader *reader, Str *body)
{
    bool done = !pass_over(reader);
    MessageStatus status = MESSAGE_WANTED;
    while (!done && status == MESSAGE_WANTED && !reader->in_body)
        status = read_line(reader, &done);
    return reader->in_body ? read_body(reader, body) : status;
}
