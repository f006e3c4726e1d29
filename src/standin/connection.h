/* connection.h - one client of the stand-in: requests in, answers out when they are due, in the order of the requests.
 *
 *   bytes ─▶ channel ─▶ http_request, mail_dialogue ─▶ pending (due at …) ─ connection_tick ─▶ output ─▶ channel
 *
 * Shape   the port that was meant tells mail (25, 587, 465) from HTTP, the first byte tells TLS from plain text; port 465 begins
 *         with TLS. A mail client is greeted at once. While LIMIT_HTTP_PIPELINE answers are pending nothing is read.
 * Owner   connection_free.
 * Errors  what is no HTTP, and who says nothing for five seconds where the client speaks first, is noted in the journal and
 *         closed. */
#ifndef LOOPSAFE_STANDIN_CONNECTION_H
#define LOOPSAFE_STANDIN_CONNECTION_H

#include "base/limits.h"
#include "standin/channel.h"
#include "standin/journal.h"
#include "standin/mail_dialogue.h"
#include "standin/settings.h"
#include "standin/alarms.h"

/* What all connections share. */
typedef struct Desk {
    const Settings *settings;
    Authority *authority;
    Journal journal;
    Alarms alarms;
} Desk;

typedef struct PendingAnswer {
    uint64_t due_ns;
    const Answer *answer; /* NULL: 400 */
    Str reply;            /* instead of it, to a mail client */
    bool bare;            /* to HEAD: without its body */
    bool last;            /* the connection ends behind it */
} PendingAnswer;

typedef struct Connection {
    uint32_t subject, generation; /* for alarms */
    Channel channel;
    char meant[ROUTES_TEXT_BYTES]; /* "host:port" that the client wanted; "": unknown */
    Str host;                      /* of it, for a client that names none in TLS */
    HttpReader reader;
    MailDialogue *mail; /* NULL: HTTP is spoken */
    Buf input;          /* read, and not taken because too much is pending */
    Buf output;
    size_t sent; /* of the output */
    PendingAnswer pending[LIMIT_HTTP_PIPELINE];
    size_t first_pending, pending_count;
    uint64_t since_ns;
    uint64_t requests; /* or mails */
    bool has_spoken;   /* a first byte came, or none is waited for */
    bool is_turning;   /* to TLS, when all is sent; nothing is read till then */
    bool is_ending;    /* nothing more is read; it closes when all is sent */
} Connection;

Connection *connection_new(int socket, const Settings *settings, uint64_t now_ns);
/* Has its place among the subjects now; who speaks first does so. False: nothing can be spoken. */
bool connection_begin(Connection *connection, Desk *desk, uint64_t now_ns);
void connection_free(Connection *connection);
/* The socket can be read or written; false: the connection has ended. */
bool connection_ready(Connection *connection, Desk *desk, uint64_t now_ns);
/* Some timer of it is due; false: the connection has ended. */
bool connection_tick(Connection *connection, Desk *desk, uint64_t now_ns);
/* It waits for room to write. */
bool connection_wants_room(const Connection *connection);
/* It can take requests. */
bool connection_wants_bytes(const Connection *connection);

#endif
