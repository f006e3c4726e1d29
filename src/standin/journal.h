/* journal.h - what the stand-in was asked, for loopsafe: lines at the end of a file (runtime/stand_in.c reads them).
 *
 *   R <at_ns> <hash of the body, hex> <delay_ns> <method> <host> <target>
 *   O <at_ns> <host:port> <words>                                             a connection that was no HTTP
 *
 * Order   a request stands in the file before its answer leaves: who has the answer finds the line. */
#ifndef LOOPSAFE_STANDIN_JOURNAL_H
#define LOOPSAFE_STANDIN_JOURNAL_H

#include "standin/http_request.h"

typedef struct Journal {
    int file;
    Buf lines; /* not written yet */
} Journal;

bool journal_open(Journal *journal, const char *path);
void journal_request(Journal *journal, uint64_t at_ns, uint64_t delay_ns, Str host,
                     const HttpRequest *request);
void journal_oddity(Journal *journal, uint64_t at_ns, Str destination, const char *words);
void journal_flush(Journal *journal);

#endif
