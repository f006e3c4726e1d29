/* front.h - stands before the database server of the run: whatever user and database a client names, it gets the user and the
 * empty database that loopsafe has made for it (Routes.database).
 *
 *   client ─ "user=shop, database=orders" ─▶ front ─ "user=loopsafe, database=run_3" ─▶ PostgreSQL's socket; then bytes, both ways
 *
 * Shape   a thread a connection. Encryption is declined, a request to cancel is handed on as it is.
 * Errors  what is no first message of version 3 is closed. */
#ifndef LOOPSAFE_STANDIN_FRONT_H
#define LOOPSAFE_STANDIN_FRONT_H

#include "base/buf.h"
#include "base/fail.h"
#include "probe/routes.h"

typedef enum FrontMessage {
    FRONT_WANTED,  /* more bytes are */
    FRONT_START,   /* written anew into `rewritten` */
    FRONT_ENCRYPT, /* "shall we encrypt?" */
    FRONT_CANCEL,  /* to be handed on */
    FRONT_BROKEN
} FrontMessage;

/* Reads the first message of a client; *used: its bytes. */
FrontMessage front_read(Str bytes, const char *database, Buf *rewritten, size_t *used);
/* Serves a listening socket from threads of its own. */
bool front_serve(int listener, const char *postgres, const Routes *routes, Fail *fail);

#define FRONT_USER "loopsafe"

#endif
