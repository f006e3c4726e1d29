#include "server/methods.h"

#include "server/actions.h"
#include "server/params.h"

#include "base/banned.h"

static void method_shutdown(Server *server, const cJSON *id, const cJSON *params)
{
    (void)params;
    server->phase = PHASE_SHUT_DOWN;
    server->was_shut_down = true;
    wire_null(&server->wire, id);
}

static void method_exit(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    (void)params;
    server->phase = PHASE_ENDED;
}

static void method_cancel(Server *server, const cJSON *id, const cJSON *params)
{
    (void)id;
    const cJSON *cancelled = params_get(params, "id");
    if (cancelled) actions_cancel(server, cancelled);
}

static void method_code_action(Server *server, const cJSON *id, const cJSON *params)
{
    actions_ask(server, id, params);
}

static const Method methods[] = {
    {"initialize", true, method_initialize},
    {"initialized", false, method_initialized},
    {"shutdown", true, method_shutdown},
    {"exit", false, method_exit},
    {"$/cancelRequest", false, method_cancel},
    {"textDocument/didOpen", false, method_did_open},
    {"textDocument/didChange", false, method_did_change},
    {"textDocument/didSave", false, method_did_save},
    {"textDocument/didClose", false, method_did_close},
    {"textDocument/codeAction", true, method_code_action},
    {"workspace/didChangeWatchedFiles", false, method_did_change_files},
    {"workspace/didChangeWorkspaceFolders", false, method_did_change_folders},
    {"workspace/didChangeConfiguration", false, method_did_change_configuration},
};

const Method *method_find(Str name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (str_equal(str_from(methods[i].name), name)) return &methods[i];
    return NULL;
}
