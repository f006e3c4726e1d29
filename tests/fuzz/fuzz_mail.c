/* fuzz_mail.c - any bytes as what a mail client says, at once and in pieces: the same replies and mails, and no more than there was. */
#include "base/fail.h"
#include "base/limits.h"
#include "standin/mail_dialogue.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Seen {
    size_t replies, mails;
    uint64_t hash; /* of all replies and mails */
    bool over;     /* the client goes, or what follows is TLS */
} Seen;

static void check_mail(const Mail *mail)
{
    Str last = {"", 0}, rest = mail->recipients;
    size_t count = 0;
    if (!mail->from.len || mail->bytes > LIMIT_MAIL_BYTES) BUG("a mail that could not be taken");
    for (; rest.len; count++) {
        Str word = str_before(rest, ' ');
        if (!word.len || str_compare(last, word) > 0) BUG("recipients are not in order");
        last = word;
        rest = str_drop(rest, word.len < rest.len ? word.len + 1 : rest.len);
    }
    if (!count || count > LIMIT_MAIL_RECIPIENTS) BUG("a mail for nobody, or for too many");
}

static void note(Seen *seen, const MailDialogue *dialogue, MailStep step)
{
    if (!str_ends(dialogue->reply, STR("\r\n")) || dialogue->reply.len < 6) BUG("a reply without an end");
    seen->replies++;
    seen->hash = seen->hash * 31 + str_hash(dialogue->reply) + step;
    seen->over = step == MAIL_LEAVE || step == MAIL_ENCRYPT;
    if (step != MAIL_TAKEN) return;
    check_mail(&dialogue->mail);
    seen->mails++;
    seen->hash += dialogue->mail.hash + str_hash(dialogue->mail.from) + str_hash(dialogue->mail.recipients);
}

static void feed(MailDialogue *dialogue, Str bytes, Seen *seen)
{
    while (bytes.len && !seen->over) {
        size_t used;
        MailStep step = mail_feed(dialogue, bytes, &used);
        if (!used || used > bytes.len) BUG("nothing taken, or more than there was");
        bytes = str_drop(bytes, used);
        if (step == MAIL_WANTED && bytes.len) BUG("bytes were left");
        if (step != MAIL_WANTED) note(seen, dialogue, step);
    }
}

static Seen talk(Str bytes, size_t piece, bool can_encrypt)
{
    MailDialogue dialogue;
    Seen seen = {0};
    mail_dialogue_init(&dialogue, can_encrypt);
    for (size_t at = 0; at < bytes.len; at += piece)
        feed(&dialogue, str_part(bytes, at, at + piece < bytes.len ? at + piece : bytes.len), &seen);
    mail_dialogue_free(&dialogue);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str bytes = {(const char *)data, size};
    if (!size) return 0;
    for (int can_encrypt = 0; can_encrypt < 2; can_encrypt++) {
        Seen whole = talk(bytes, size, can_encrypt), pieces = talk(bytes, 1 + size / 7, can_encrypt);
        if (whole.replies != pieces.replies || whole.mails != pieces.mails || whole.hash != pieces.hash)
            BUG("pieces are heard otherwise");
    }
    return 0;
}
