#define _POSIX_C_SOURCE 200809L
#include "server/wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

#include "base/banned.h"

/* What a pipe that is ready takes for certain: POSIX's least PIPE_BUF is 512, systems in use have 4096. */
enum { CHUNK_BYTES = 4096 };

void wire_init(Wire *wire)
{
    *wire = (Wire){0};
    buf_init(&wire->body);
    buf_init(&wire->pending);
}

void wire_free(Wire *wire)
{
    buf_free(&wire->body);
    buf_free(&wire->pending);
}

static void begin(Wire *wire)
{
    buf_clear(&wire->body);
    json_out_init(&wire->out, &wire->body, false);
    json_out_open(&wire->out, '{');
    json_out_key(&wire->out, "jsonrpc");
    json_out_str(&wire->out, STR("2.0"));
}

static bool is_whole(double number)
{
    return number >= -9007199254740992.0 && number <= 9007199254740992.0 && number == (double)(int64_t)number;
}

static void add_id(Wire *wire, const cJSON *id)
{
    json_out_key(&wire->out, "id");
    if (cJSON_IsString(id))
        json_out_str(&wire->out, str_from(id->valuestring));
    else if (cJSON_IsNumber(id) && is_whole(id->valuedouble))
        json_out_integer(&wire->out, (int64_t)id->valuedouble);
    else
        json_out_null(&wire->out);
}

JsonOut *wire_result(Wire *wire, const cJSON *id)
{
    begin(wire);
    add_id(wire, id);
    json_out_key(&wire->out, "result");
    return &wire->out;
}

JsonOut *wire_notification(Wire *wire, const char *method)
{
    begin(wire);
    json_out_key(&wire->out, "method");
    json_out_str(&wire->out, str_from(method));
    json_out_key(&wire->out, "params");
    return &wire->out;
}

JsonOut *wire_request(Wire *wire, const char *method)
{
    begin(wire);
    json_out_key(&wire->out, "id");
    json_out_number(&wire->out, ++wire->last_request);
    json_out_key(&wire->out, "method");
    json_out_str(&wire->out, str_from(method));
    json_out_key(&wire->out, "params");
    return &wire->out;
}

void wire_send(Wire *wire)
{
    json_out_close(&wire->out, '}');
    buf_format(&wire->pending, "Content-Length: %zu\r\n\r\n", wire->body.len);
    buf_add(&wire->pending, buf_str(&wire->body));
}

void wire_error(Wire *wire, const cJSON *id, WireError code, const char *message)
{
    begin(wire);
    add_id(wire, id);
    json_out_key(&wire->out, "error");
    json_out_open(&wire->out, '{');
    json_out_key(&wire->out, "code");
    json_out_integer(&wire->out, code);
    json_out_key(&wire->out, "message");
    json_out_str(&wire->out, str_from(message));
    json_out_close(&wire->out, '}');
    wire_send(wire);
}

void wire_null(Wire *wire, const cJSON *id)
{
    json_out_null(wire_result(wire, id));
    wire_send(wire);
}

bool wire_waits(const Wire *wire)
{
    return wire->sent < wire->pending.len;
}

bool wire_flush(Wire *wire, int descriptor)
{
    if (wire->pending.len - wire->sent > LIMIT_PENDING_BYTES) return false;
    Str left = str_drop(buf_str(&wire->pending), wire->sent);
    ssize_t written = write(descriptor, left.ptr, left.len < CHUNK_BYTES ? left.len : CHUNK_BYTES);
    if (written < 0) return errno == EINTR || errno == EAGAIN;
    wire->sent += (size_t)written;
    if (wire_waits(wire)) return true;
    buf_clear(&wire->pending);
    wire->sent = 0;
    return true;
}
