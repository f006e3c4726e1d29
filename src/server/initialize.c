#include "base/path.h"
#include "server/actions.h"
#include "server/methods.h"
#include "server/params.h"

#include "base/banned.h"

/* --- what the client says --- */

static bool read_encoding(const cJSON *name, PositionEncoding *encoding)
{
    for (int i = 0; i < POSITION_ENCODINGS; i++) {
        *encoding = (PositionEncoding)i;
        if (cJSON_IsString(name) &&
            str_equal(str_from(name->valuestring), str_from(position_encoding_text(*encoding))))
            return true;
    }
    return false;
}

/* The client's list is in its own order: the first that we know. A client without a list means UTF-16. */
static PositionEncoding agreed_encoding(const cJSON *params)
{
    const cJSON *names = params_get(params, "capabilities.general.positionEncodings");
    PositionEncoding encoding;
    for (const cJSON *name = cJSON_IsArray(names) ? names->child : NULL; name; name = name->next)
        if (read_encoding(name, &encoding)) return encoding;
    return POSITION_UTF16;
}

static Client read_client(const cJSON *params)
{
    const cJSON *can = params_get(params, "capabilities");
    return (Client){
        .encoding = agreed_encoding(params),
        .shows_related = params_true(can, "textDocument.publishDiagnostics.relatedInformation"),
        .takes_versions = params_true(can, "textDocument.publishDiagnostics.versionSupport"),
        .takes_documents = params_true(can, "workspace.workspaceEdit.documentChanges"),
        .takes_actions = params_get(can, "textDocument.codeAction.codeActionLiteralSupport") != NULL,
        .prefers = params_true(can, "textDocument.codeAction.isPreferredSupport"),
        .watches_files = params_true(can, "workspace.didChangeWatchedFiles.dynamicRegistration"),
    };
}

static void add_folder(Server *server, Str uri)
{
    Buf path;
    buf_init(&path);
    if (document_path(uri, &path)) roots_add_folder(&server->roots, buf_str(&path));
    buf_free(&path);
}

/* Folders, or what clients sent before there were several. */
static void read_folders(Server *server, const cJSON *params)
{
    const cJSON *folders = params_get(params, "workspaceFolders");
    Str text;
    if (cJSON_IsArray(folders) && folders->child) {
        for (const cJSON *folder = folders->child; folder; folder = folder->next)
            if (params_text(folder, "uri", &text)) add_folder(server, text);
    } else if (params_text(params, "rootUri", &text)) {
        add_folder(server, text);
    } else if (params_text(params, "rootPath", &text) && str_starts(text, STR("/"))) {
        Buf path;
        buf_init(&path);
        path_add_absolute(&path, STR("/"), text);
        roots_add_folder(&server->roots, buf_str(&path));
        buf_free(&path);
    }
}

/* --- what we say --- */

static void open_object(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_open(out, '{');
}

static void write_text(JsonOut *out, const char *key, const char *text)
{
    json_out_key(out, key);
    json_out_str(out, str_from(text));
}

static void write_true(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_bool(out, true);
}

static void write_synchronisation(JsonOut *out)
{
    enum { INCREMENTAL = 2 };
    open_object(out, "textDocumentSync");
    write_true(out, "openClose");
    json_out_key(out, "change");
    json_out_number(out, INCREMENTAL);
    write_true(out, "save");
    json_out_close(out, '}');
}

static void write_action_kinds(JsonOut *out)
{
    open_object(out, "codeActionProvider");
    json_out_key(out, "codeActionKinds");
    json_out_open(out, '[');
    json_out_str(out, STR("quickfix"));
    json_out_str(out, STR(ACTION_FIX_ALL));
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void write_folders(JsonOut *out)
{
    open_object(out, "workspace");
    open_object(out, "workspaceFolders");
    write_true(out, "supported");
    write_true(out, "changeNotifications");
    json_out_close(out, '}');
    json_out_close(out, '}');
}

static void write_capabilities(const Server *server, JsonOut *out)
{
    open_object(out, "capabilities");
    write_text(out, "positionEncoding", position_encoding_text(server->client.encoding));
    write_synchronisation(out);
    write_action_kinds(out);
    write_folders(out);
    json_out_close(out, '}');
}

void method_initialize(Server *server, const cJSON *id, const cJSON *params)
{
    server->client = read_client(params);
    server->phase = PHASE_SERVING;
    read_folders(server, params);
    JsonOut *out = wire_result(&server->wire, id);
    json_out_open(out, '{');
    write_capabilities(server, out);
    open_object(out, "serverInfo");
    write_text(out, "name", "loopsafe");
    write_text(out, "version", LOOPSAFE_VERSION);
    json_out_close(out, '}');
    json_out_close(out, '}');
    wire_send(&server->wire);
}

/* --- afterwards --- */

static void write_watcher(JsonOut *out, const char *pattern)
{
    json_out_open(out, '{');
    write_text(out, "globPattern", pattern);
    json_out_close(out, '}');
}

static void write_registration(JsonOut *out)
{
    json_out_open(out, '{');
    write_text(out, "id", "watched-files");
    write_text(out, "method", "workspace/didChangeWatchedFiles");
    open_object(out, "registerOptions");
    json_out_key(out, "watchers");
    json_out_open(out, '[');
    write_watcher(out, "**/*.{py,pyi}");
    write_watcher(out, "**/{pyproject,loopsafe,.loopsafe}.toml");
    json_out_close(out, ']');
    json_out_close(out, '}');
    json_out_close(out, '}');
}

/* Files that change without being open: another program's, another branch's. */
static void ask_for_changes(Server *server)
{
    JsonOut *out = wire_request(&server->wire, "client/registerCapability");
    json_out_open(out, '{');
    json_out_key(out, "registrations");
    json_out_open(out, '[');
    write_registration(out);
    json_out_close(out, ']');
    json_out_close(out, '}');
    wire_send(&server->wire);
}

void method_initialized(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    (void)params;
    if (server->client.watches_files) ask_for_changes(server);
    for (size_t i = 0; server->options->all_files && i < server->roots.items.count; i++)
        root_want(server->roots.items.items[i], 0);
}
