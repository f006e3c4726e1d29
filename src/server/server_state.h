/* server_state.h - what the server holds, for the files of this layer. */
#ifndef LOOPSAFE_SERVER_SERVER_STATE_H
#define LOOPSAFE_SERVER_SERVER_STATE_H

#include "server/document.h"
#include "server/message.h"
#include "server/root.h"
#include "server/server.h"
#include "server/wire.h"

/* What the client can do, as it said at the start. */
typedef struct Client {
    PositionEncoding encoding;
    bool shows_related;   /* relatedInformation */
    bool takes_versions;  /* in publishDiagnostics */
    bool takes_documents; /* documentChanges in a WorkspaceEdit */
    bool takes_actions;   /* CodeAction, beside Command */
    bool prefers;         /* isPreferred */
    bool watches_files;   /* when it is asked to */
} Client;

typedef enum ServerPhase {
    PHASE_NEW,
    PHASE_SERVING,
    PHASE_SHUT_DOWN, /* only `exit` may follow */
    PHASE_ENDED
} ServerPhase;

/* A request about a text that is not analysed yet. */
typedef struct Waiting {
    cJSON *id, *params; /* owned */
} Waiting;

typedef struct Server {
    const ServerOptions *options;
    ServerPhase phase;
    bool was_shut_down;
    Client client;
    MessageReader reader;
    Wire wire;
    Documents documents;
    Roots roots;
    Run *running; /* NULL: none */
    Root *running_root;
    int wake[2]; /* a pipe: a run writes when it has ended */
    VEC(Waiting) waiting;
} Server;

/* The document is what the run has seen. */
bool server_is_current(const Run *run, const Document *document);
/* Analyses what the file belongs to so long after now. */
void server_want(Server *server, Str path, int64_t delay_ms);

#endif
