#define _POSIX_C_SOURCE 200809L
#include "server/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "server/actions.h"
#include "server/diagnostics.h"
#include "server/dispatch.h"

#include "base/banned.h"

bool server_is_current(const Run *run, const Document *document)
{
    const RunDocument *seen = run_document(run, buf_str(&document->path));
    return seen && seen->version == document->version && str_equal(seen->text, buf_str(&document->text));
}

void server_want(Server *server, Str path, int64_t delay_ms)
{
    Root *root = root_find(&server->roots, path);
    if (root) root_want(root, delay_ms);
}

/* --- runs --- */

static void start_run(Server *server, Root *root)
{
    root->is_due = false;
    server->running_root = root;
    server->running = run_start(&server->options->analysis, buf_str(&root->directory), buf_str(&root->file),
                                &server->documents, server->wake[1]);
}

/* The user's set-up: said once, until it is another trouble or none. */
static void tell_trouble(Server *server, Root *root, const char *trouble)
{
    enum { TYPE_ERROR = 1 };
    if (str_equal(buf_str(&root->told), str_from(trouble))) return;
    buf_clear(&root->told);
    buf_add_text(&root->told, trouble);
    JsonOut *out = wire_notification(&server->wire, "window/showMessage");
    json_out_open(out, '{');
    json_out_key(out, "type");
    json_out_number(out, TYPE_ERROR);
    json_out_key(out, "message");
    Buf message;
    buf_init(&message);
    buf_add_text(&message, "loopsafe: ");
    buf_add_text(&message, trouble);
    json_out_str(out, buf_str(&message));
    buf_free(&message);
    json_out_close(out, '}');
    wire_send(&server->wire);
}

static void take_run(Server *server, Root *root, Run *run)
{
    if (!run_succeeded(run)) {
        tell_trouble(server, root, run_trouble(run));
        run_free(run);
        return;
    }
    buf_clear(&root->told);
    if (!root->is_gone) diagnostics_publish(server, root, run, root->latest);
    run_free(root->latest);
    root->latest = run;
}

static void end_run(Server *server)
{
    Run *run = server->running;
    Root *root = server->running_root;
    run_join(run);
    server->running = NULL;
    server->running_root = NULL;
    take_run(server, root, run);
}

static void start_due(Server *server)
{
    roots_sweep(&server->roots, server->running_root);
    Root *root = roots_next(&server->roots);
    if (!server->running && root && root->due_ms <= roots_now_ms()) start_run(server, root);
}

/* --- the loop --- */

/* What poll waits at most; -1: for ever. */
static int patience_ms(const Server *server)
{
    const Root *root = server->running ? NULL : roots_next(&server->roots);
    if (!root) return -1;
    int64_t left = root->due_ms - roots_now_ms();
    return left <= 0 ? 0 : (int)left;
}

static void read_messages(Server *server)
{
    Str body;
    MessageStatus status = MESSAGE_READ;
    while (status != MESSAGE_WANTED && server->phase != PHASE_ENDED) {
        status = message_reader_next(&server->reader, &body);
        if (status == MESSAGE_READ) dispatch_message(server, body);
        if (status == MESSAGE_BROKEN) {
            server->options->complain(server->reader.trouble);
            wire_error(&server->wire, NULL, WIRE_PARSE_ERROR, server->reader.trouble);
        }
    }
}

/* Reads what is there; at the end of the input nobody is left to serve. */
static void read_input(Server *server)
{
    char bytes[64 * 1024];
    ssize_t count = read(server->options->input, bytes, sizeof bytes);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
        server->phase = PHASE_ENDED;
        return;
    }
    message_reader_feed(&server->reader, (Str){bytes, (size_t)count});
    read_messages(server);
}

static void read_wake(Server *server)
{
    char byte;
    if (read(server->wake[0], &byte, 1) == 1 && server->running) end_run(server);
}

static void serve_once(Server *server)
{
    enum { INPUT, WAKE, OUTPUT };
    struct pollfd ready[] = {
        [INPUT] = {.fd = server->options->input, .events = POLLIN},
        [WAKE] = {.fd = server->wake[0], .events = POLLIN},
        [OUTPUT] = {.fd = wire_waits(&server->wire) ? server->options->output : -1, .events = POLLOUT},
    };
    if (poll(ready, sizeof ready / sizeof ready[0], patience_ms(server)) < 0) {
        if (errno != EINTR) server->phase = PHASE_ENDED;
        return;
    }
    if (ready[OUTPUT].revents && !wire_flush(&server->wire, server->options->output))
        server->phase = PHASE_ENDED;
    if (ready[WAKE].revents) read_wake(server);
    if (ready[INPUT].revents && server->phase != PHASE_ENDED) read_input(server);
    start_due(server);
    actions_settle(server);
}

/* What was answered before `exit` still goes out, to a client that reads it. */
static void flush_rest(Server *server)
{
    enum { PATIENCE_MS = 1000 };
    struct pollfd ready = {.fd = server->options->output, .events = POLLOUT};
    while (wire_waits(&server->wire) && poll(&ready, 1, PATIENCE_MS) > 0)
        if (!wire_flush(&server->wire, server->options->output)) return;
}

static void free_server(Server *server)
{
    actions_drop(server);
    documents_free(&server->documents);
    roots_free(&server->roots);
    message_reader_free(&server->reader);
    wire_free(&server->wire);
    close(server->wake[0]);
    close(server->wake[1]);
}

bool server_run(const ServerOptions *options)
{
    Server server = {.options = options};
    message_reader_init(&server.reader);
    wire_init(&server.wire);
    if (pipe(server.wake) != 0) {
        options->complain(strerror(errno));
        return false;
    }
    while (server.phase != PHASE_ENDED)
        serve_once(&server);
    flush_rest(&server);
    /* Nobody waits for the analysis that still runs, and it cannot be stopped: it ends with the process. */
    if (server.running) {
        run_abandon(server.running);
        _exit(server.was_shut_down ? 0 : 1);
    }
    free_server(&server);
    return server.was_shut_down;
}
