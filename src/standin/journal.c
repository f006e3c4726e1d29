#define _GNU_SOURCE
#include "standin/journal.h"

#include <fcntl.h>
#include <inttypes.h>

#include "base/io.h"

#include "base/banned.h"

bool journal_open(Journal *journal, const char *path)
{
    journal->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    buf_init(&journal->lines);
    return journal->file >= 0;
}

static Str or_dash(Str text)
{
    return text.len ? text : STR("-");
}

void journal_request(Journal *journal, uint64_t at_ns, uint64_t delay_ns, Str host,
                     const HttpRequest *request)
{
    buf_format(&journal->lines, "R %" PRIu64 " %" PRIx64 " %" PRIu64 " ", at_ns, request->body_hash,
               delay_ns);
    buf_add(&journal->lines, request->method);
    buf_add_byte(&journal->lines, ' ');
    buf_add(&journal->lines, or_dash(host));
    buf_add_byte(&journal->lines, ' ');
    buf_add(&journal->lines, request->target);
    buf_add_byte(&journal->lines, '\n');
}

void journal_mail(Journal *journal, uint64_t at_ns, uint64_t delay_ns, Str destination, const Mail *mail)
{
    buf_format(&journal->lines, "M %" PRIu64 " %" PRIx64 " %" PRIu64 " ", at_ns, mail->hash, delay_ns);
    buf_add(&journal->lines, or_dash(destination));
    buf_add_byte(&journal->lines, ' ');
    buf_add(&journal->lines, mail->from);
    buf_add_byte(&journal->lines, ' ');
    buf_add(&journal->lines, mail->recipients);
    buf_add_byte(&journal->lines, '\n');
}

void journal_talk(Journal *journal, uint64_t at_ns, uint64_t delay_ns)
{
    buf_format(&journal->lines, "T %" PRIu64 " %" PRIu64 "\n", at_ns, delay_ns);
}

void journal_oddity(Journal *journal, uint64_t at_ns, Str destination, const char *words)
{
    buf_format(&journal->lines, "O %" PRIu64 " ", at_ns);
    buf_add(&journal->lines, or_dash(destination));
    buf_format(&journal->lines, " %s\n", words);
}

void journal_flush(Journal *journal)
{
    /* Nobody is there to be told of a full disk but the reader, who misses the lines. */
    if (journal->lines.len && !io_write_stream(journal->file, buf_str(&journal->lines))) journal->file = -1;
    buf_clear(&journal->lines);
}
