/* journal.h - what the stand-in was asked, for loopsafe: lines at the end of a file (runtime/stand_in.c reads them).
 *
 *   R <at_ns> <hash of the body, hex> <delay_ns> <method> <host> <target>
 *   M <at_ns> <hash of the text, hex> <delay_ns> <host:port> <from> <to> …    a mail
 *   T <at_ns> <delay_ns>                                                      a step of a conversation that is no call by itself
 *   O <at_ns> <host:port> <words>                                             a connection from which nothing came
 *
 * Order   a request stands in the file before its answer leaves: who has the answer finds the line. */
#ifndef LOOPSAFE_STANDIN_JOURNAL_H
#define LOOPSAFE_STANDIN_JOURNAL_H

#include "standin/http_request.h"
#include "standin/mail_dialogue.h"

typedef struct Journal {
    int file;
    Buf lines; /* not written yet */
} Journal;

bool journal_open(Journal *journal, const char *path);
void journal_request(Journal *journal, uint64_t at_ns, uint64_t delay_ns, Str host,
                     const HttpRequest *request);
void journal_mail(Journal *journal, uint64_t at_ns, uint64_t delay_ns, Str destination, const Mail *mail);
void journal_talk(Journal *journal, uint64_t at_ns, uint64_t delay_ns);
void journal_oddity(Journal *journal, uint64_t at_ns, Str destination, const char *words);
void journal_flush(Journal *journal);

#endif
