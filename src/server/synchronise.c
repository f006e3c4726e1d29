#include "server/diagnostics.h"
#include "server/methods.h"
#include "server/params.h"

#include "base/banned.h"

enum {
    /* After a key was pressed: whoever types presses the next one within this time. */
    DELAY_TYPING_MS = 200,
    /* After a file was opened or changed on the disk: others follow at once. */
    DELAY_OTHERS_MS = 30
};

static bool is_python(const cJSON *document, Str uri)
{
    Str language;
    if (params_text(document, "languageId", &language) && str_equal(language, STR("python"))) return true;
    return str_ends(uri, STR(".py")) || str_ends(uri, STR(".pyi"));
}

void method_did_open(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    const cJSON *opened = params_get(params, "textDocument");
    Str uri, text;
    int64_t version = 0;
    if (!params_text(opened, "uri", &uri) || !params_text(opened, "text", &text)) {
        server->options->complain("textDocument/didOpen without uri or text");
        return;
    }
    if (!is_python(opened, uri)) return;
    if (!params_integer(opened, "version", &version)) version = 0;
    const Document *document = document_open(&server->documents, uri, version, text);
    if (!document) return;
    root_want(root_get(&server->roots, buf_str(&document->path)), DELAY_OTHERS_MS);
}

/* The open document that a notification is about, or NULL. */
static Document *document_of(const Server *server, const cJSON *params)
{
    Str uri;
    return params_text(params, "textDocument.uri", &uri) ? document_find(&server->documents, uri) : NULL;
}

/* Some document of the root is open. */
static bool is_in_use(const Server *server, const Root *root)
{
    if (server->options->all_files && !root->file.len) return true;
    for (size_t i = 0; i < server->documents.items.count; i++)
        if (root_find(&server->roots, buf_str(&server->documents.items.items[i]->path)) == root) return true;
    return false;
}

static void close_document(Server *server, Document *document)
{
    Root *root = root_find(&server->roots, buf_str(&document->path));
    diagnostics_clear(server, buf_str(&document->uri));
    document_close(&server->documents, document);
    if (!root) return;
    /* What was not saved is gone: the others see the disk again. */
    if (is_in_use(server, root))
        root_want(root, DELAY_OTHERS_MS);
    else if (root->file.len)
        root->is_gone = true;
    else
        root->is_due = false;
}

static bool change(Server *server, Document *document, const cJSON *changes)
{
    if (!cJSON_IsArray(changes)) return false;
    for (const cJSON *item = changes->child; item; item = item->next)
        if (!document_change(document, item, server->client.encoding)) return false;
    return true;
}

/* After a change that is none, what the client shows is not known: the document is as good as closed. */
void method_did_change(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    Document *document = document_of(server, params);
    if (!document) return;
    int64_t version;
    if (!change(server, document, params_get(params, "contentChanges"))) {
        server->options->complain("textDocument/didChange with a change that is none");
        close_document(server, document);
        return;
    }
    document->version =
        params_integer(params, "textDocument.version", &version) ? version : document->version + 1;
    server_want(server, buf_str(&document->path), DELAY_TYPING_MS);
}

void method_did_save(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    const Document *document = document_of(server, params);
    if (document) server_want(server, buf_str(&document->path), DELAY_OTHERS_MS);
}

void method_did_close(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    Document *document = document_of(server, params);
    if (document) close_document(server, document);
}

static void want_in_use(Server *server, Root *root)
{
    if (root && is_in_use(server, root)) root_want(root, DELAY_OTHERS_MS);
}

void method_did_change_files(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    const cJSON *changes = params_get(params, "changes");
    Str uri;
    Buf path;
    buf_init(&path);
    for (const cJSON *item = cJSON_IsArray(changes) ? changes->child : NULL; item; item = item->next) {
        buf_clear(&path);
        if (params_text(item, "uri", &uri) && document_path(uri, &path))
            want_in_use(server, root_find(&server->roots, buf_str(&path)));
    }
    buf_free(&path);
}

void method_did_change_configuration(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    (void)params;
    for (size_t i = 0; i < server->roots.items.count; i++)
        want_in_use(server, server->roots.items.items[i]);
}

static void each_folder(Server *server, const cJSON *folders, void (*act)(Roots *roots, Str directory))
{
    Str uri;
    Buf path;
    buf_init(&path);
    for (const cJSON *item = cJSON_IsArray(folders) ? folders->child : NULL; item; item = item->next) {
        buf_clear(&path);
        if (params_text(item, "uri", &uri) && document_path(uri, &path)) act(&server->roots, buf_str(&path));
    }
    buf_free(&path);
}

/* Documents may belong to another root now: all are looked at again. */
void method_did_change_folders(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    each_folder(server, params_get(params, "event.removed"), roots_remove_folder);
    each_folder(server, params_get(params, "event.added"), roots_add_folder);
    for (size_t i = 0; i < server->documents.items.count; i++) {
        Str path = buf_str(&server->documents.items.items[i]->path);
        root_want(root_get(&server->roots, path), DELAY_OTHERS_MS);
    }
    method_did_change_configuration(server, NULL, NULL);
}
