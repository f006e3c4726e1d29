#include "server/diagnostics.h"

#include "report/stop.h"
#include "server/locate.h"

#include "base/banned.h"

static void write_text(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    json_out_str(out, text);
}

static void write_number(JsonOut *out, const char *key, uint64_t number)
{
    json_out_key(out, key);
    json_out_number(out, number);
}

static uint64_t severity_number(Severity severity)
{
    static const uint64_t numbers[] = {
        [SEVERITY_HIGH] = 1,
        [SEVERITY_MEDIUM] = 2,
        [SEVERITY_LOW] = 3,
        [SEVERITY_INFO] = 4,
    };
    return numbers[severity];
}

/* The message, then what to write instead. */
static void write_message(JsonOut *out, const Finding *finding)
{
    Buf message;
    buf_init(&message);
    buf_add(&message, finding->message);
    if (finding->advice.len) {
        buf_add_text(&message, "\nhelp: ");
        buf_add(&message, finding->advice);
    }
    write_text(out, "message", buf_str(&message));
    buf_free(&message);
}

static void write_stop(JsonOut *out, Run *run, const Stop *stop, PositionEncoding encoding)
{
    Buf message;
    buf_init(&message);
    stop_add_text(&message, stop);
    json_out_open(out, '{');
    locate_write_location(out, "location", run, stop->place, encoding);
    write_text(out, "message", buf_str(&message));
    json_out_close(out, '}');
    buf_free(&message);
}

static void write_related(Server *server, JsonOut *out, Run *run, const Finding *finding)
{
    json_out_key(out, "relatedInformation");
    json_out_open(out, '[');
    for (size_t i = stop_first_elsewhere(finding); i < stop_count(finding); i++) {
        Stop stop = stop_at(finding, i);
        if (stop.place->path.len) write_stop(out, run, &stop, server->client.encoding);
    }
    json_out_close(out, ']');
}

void diagnostic_write(Server *server, JsonOut *out, Run *run, const Finding *finding)
{
    const RunText *text = run_text(run, finding->place.path);
    json_out_open(out, '{');
    locate_write_range(out, "range", text, &finding->place, server->client.encoding);
    write_number(out, "severity", severity_number(finding->severity));
    write_text(out, "code", finding->code);
    write_text(out, "source", STR("loopsafe"));
    write_message(out, finding);
    if (server->client.shows_related && stop_count(finding)) write_related(server, out, run, finding);
    json_out_key(out, "data");
    json_out_open(out, '{');
    write_text(out, "fingerprint", str_from(finding->fingerprint));
    json_out_close(out, '}');
    json_out_close(out, '}');
}

/* --- a file --- */

static JsonOut *begin_file(Server *server, Str uri)
{
    JsonOut *out = wire_notification(&server->wire, "textDocument/publishDiagnostics");
    json_out_open(out, '{');
    write_text(out, "uri", uri);
    return out;
}

static void end_file(Server *server, JsonOut *out)
{
    json_out_close(out, '}');
    wire_send(&server->wire);
}

void diagnostics_clear(Server *server, Str uri)
{
    JsonOut *out = begin_file(server, uri);
    json_out_key(out, "diagnostics");
    json_out_open(out, '[');
    json_out_close(out, ']');
    end_file(server, out);
}

/* Findings of one file stand together: those from the index on that have its path. */
static size_t group_end(const Result *result, size_t first)
{
    size_t end = first;
    while (end < result->finding_count &&
           str_equal(result->findings[end].place.path, result->findings[first].place.path))
        end++;
    return end;
}

static void publish_group(Server *server, Run *run, Str uri, const Document *document, size_t first,
                          size_t end)
{
    JsonOut *out = begin_file(server, uri);
    if (document && server->client.takes_versions) {
        json_out_key(out, "version");
        json_out_integer(out, document->version);
    }
    json_out_key(out, "diagnostics");
    json_out_open(out, '[');
    for (size_t i = first; i < end; i++)
        diagnostic_write(server, out, run, &run_result(run)->findings[i]);
    json_out_close(out, ']');
    end_file(server, out);
}

/* The first finding of the file, or SIZE_MAX. */
static size_t group_of(const Run *run, Str path)
{
    const Result *result = run_result(run);
    for (size_t i = 0; i < result->finding_count; i = group_end(result, i))
        if (run_means(run, result->findings[i].place.path, path)) return i;
    return SIZE_MAX;
}

static void publish_document(Server *server, Run *run, const Document *document)
{
    size_t first = group_of(run, buf_str(&document->path));
    size_t end = first == SIZE_MAX ? first : group_end(run_result(run), first);
    publish_group(server, run, buf_str(&document->uri), document, first, end);
}

/* --- files that are not open --- */

static void add_file_uri(Buf *uri, Run *run, Str path)
{
    buf_clear(uri);
    locate_add_uri(uri, run_text(run, path));
}

static void publish_closed(Server *server, Run *run)
{
    const Result *result = run_result(run);
    Buf uri;
    buf_init(&uri);
    for (size_t i = 0, end; i < result->finding_count; i = end) {
        end = group_end(result, i);
        Str path = result->findings[i].place.path;
        if (document_find_path(&server->documents, run_path(run, path))) continue;
        add_file_uri(&uri, run, path);
        publish_group(server, run, buf_str(&uri), NULL, i, end);
    }
    buf_free(&uri);
}

/* Files that had findings before and have none now. */
static void clear_closed(Server *server, Run *run, const Run *before)
{
    const Result *result = run_result(before);
    Buf uri;
    buf_init(&uri);
    for (size_t i = 0; i < result->finding_count; i = group_end(result, i)) {
        Str path = run_path(run, result->findings[i].place.path);
        if (document_find_path(&server->documents, path) || group_of(run, path) != SIZE_MAX) continue;
        add_file_uri(&uri, run, path);
        diagnostics_clear(server, buf_str(&uri));
    }
    buf_free(&uri);
}

void diagnostics_publish(Server *server, const Root *root, Run *run, const Run *before)
{
    for (size_t i = 0; i < server->documents.items.count; i++) {
        const Document *document = server->documents.items.items[i];
        if (root_find(&server->roots, buf_str(&document->path)) != root) continue;
        if (server_is_current(run, document)) publish_document(server, run, document);
    }
    if (!server->options->all_files) return;
    publish_closed(server, run);
    if (before) clear_closed(server, run, before);
}
