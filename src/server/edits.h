/* edits.h - the edits of one fix, or of several together, as a WorkspaceEdit.
 *
 * Order   by path, offset and the order in which they were added. */
#ifndef LOOPSAFE_SERVER_EDITS_H
#define LOOPSAFE_SERVER_EDITS_H

#include "server/server_state.h"

typedef struct Edits {
    VEC(const FixEdit *) items;
    VEC(const FixClaim *) claims;
} Edits;

void edits_free(Edits *edits);
/* Adds all of a fix, or nothing: false when it touches what is there. An edit that is there already, such as the import
 * that two fixes need, is not added again. */
bool edits_add(Edits *edits, const Fix *fix);
/* Every file that they stand in is as the run saw it. */
bool edits_are_current(const Server *server, Run *run, const Edits *edits);
/* One member "edit" of an object. */
void edits_write(Server *server, JsonOut *out, Run *run, const Edits *edits);

#endif
