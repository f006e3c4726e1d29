/* document.h - the files that the client has open, with the text that it shows.
 *
 * Shape   one Document a URI; text is UTF-8 as the client sent it, with its line ends.
 * Owner   documents_free ends them; a pointer to a Document holds until it is closed.
 * Errors  a change of nothing that is open, or of a broken shape, is refused.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_DOCUMENT_H
#define LOOPSAFE_SERVER_DOCUMENT_H

#include "base/json.h"
#include "base/vec.h"
#include "server/position.h"

typedef struct Document {
    Buf uri;  /* as the client spells it */
    Buf path; /* absolute, with `.` and `..` resolved; ends in NUL */
    int64_t version;
    Buf text;
} Document;

typedef struct Documents {
    VEC(Document *) items;
} Documents;

void documents_free(Documents *documents);
/* NULL: it is not open. */
Document *document_find(const Documents *documents, Str uri);
Document *document_find_path(const Documents *documents, Str path);
/* Opened a second time, it takes the new text. NULL: the URI is no file's. */
Document *document_open(Documents *documents, Str uri, int64_t version, Str text);
void document_close(Documents *documents, Document *document);
/* One item of `contentChanges`; false: it is broken. */
bool document_change(Document *document, const cJSON *change, PositionEncoding encoding)
    __attribute__((warn_unused_result));
/* The absolute path of a file URI; false: it is no file's. */
bool document_path(Str uri, Buf *path) __attribute__((warn_unused_result));

#endif
