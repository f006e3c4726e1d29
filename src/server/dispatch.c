#include "server/dispatch.h"

#include "server/escapes.h"
#include "server/methods.h"
#include "server/params.h"

#include "base/banned.h"

/* Of a method that is told of in a line. */
enum { NAME_BYTES = 100 };

/* The client's mistake: a line for whoever looks at the server's log. */
static void complain(const Server *server, const char *what, Str name)
{
    Buf line;
    buf_init(&line);
    buf_add_text(&line, what);
    if (name.len) buf_add_text(&line, ": ");
    buf_add(&line, str_part(name, 0, name.len < NAME_BYTES ? name.len : NAME_BYTES));
    buf_add_byte(&line, '\0');
    server->options->complain(line.data);
    buf_free(&line);
}

static bool is_id(const cJSON *id)
{
    return cJSON_IsString(id) || cJSON_IsNumber(id);
}

/* Before `initialize` and after `shutdown` little is allowed; false: that was said. */
static bool is_in_time(Server *server, const cJSON *id, Str name)
{
    bool is_start = str_equal(name, STR("initialize"));
    if (server->phase == PHASE_SERVING && !is_start) return true;
    if (str_equal(name, STR("exit")) || (server->phase == PHASE_NEW && is_start)) return true;
    if (!id) return false;
    if (server->phase == PHASE_NEW)
        wire_error(&server->wire, id, WIRE_NOT_INITIALIZED, "the first request has to be initialize");
    else
        wire_error(&server->wire, id, WIRE_INVALID_REQUEST,
                   is_start ? "initialize was sent twice" : "the server is shut down");
    return false;
}

static void call_method(Server *server, const cJSON *id, Str name, const cJSON *params)
{
    const Method *method = method_find(name);
    if (!is_in_time(server, id, name)) return;
    if (method && method->is_request == (id != NULL)) {
        method->handle(server, id, params);
    } else if (id && !method) {
        wire_error(&server->wire, id, WIRE_METHOD_NOT_FOUND, "this method is not known");
    } else if (id) {
        wire_error(&server->wire, id, WIRE_INVALID_REQUEST, "this method is a notification");
    } else if (method) {
        complain(server, "a request without id", name);
    }
}

static void dispatch_object(Server *server, const cJSON *message)
{
    Str name;
    const cJSON *id = params_get(message, "id");
    if (params_text(message, "method", &name)) {
        if (id && !is_id(id)) {
            complain(server, "a request whose id is neither number nor text", name);
            wire_error(&server->wire, NULL, WIRE_INVALID_REQUEST, "id is neither number nor text");
            return;
        }
        call_method(server, id, name, params_get(message, "params"));
        return;
    }
    /* What the client answers to our own requests needs no reaction. */
    if (id && (params_get(message, "result") || params_get(message, "error"))) return;
    complain(server, "a message without method", STR(""));
    wire_error(&server->wire, is_id(id) ? id : NULL, WIRE_INVALID_REQUEST, "a message without method");
}

void dispatch_message(Server *server, Str body)
{
    Fail fail = {0};
    Buf mended;
    buf_init(&mended);
    escapes_mend(&mended, body);
    cJSON *message = json_parse(buf_str(&mended), "message", &fail);
    buf_free(&mended);
    if (message) {
        dispatch_object(server, message);
    } else {
        complain(server, fail.text, STR(""));
        wire_error(&server->wire, NULL, WIRE_PARSE_ERROR, "the message is not valid JSON");
    }
    cJSON_Delete(message);
}
