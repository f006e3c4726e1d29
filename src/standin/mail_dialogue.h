/* mail_dialogue.h - the server's side of SMTP (RFC 5321), without any socket or clock: bytes in, replies and mails out.
 *
 *   bytes ─ mail_feed ─▶ MAIL_REPLY … ─▶ MAIL_TAKEN (envelope and hash of the mail are known) ─▶ MAIL_LEAVE
 *                    └─▶ MAIL_ENCRYPT: the reply, then TLS; mail_encrypted
 *
 * Shape   pieces of any size give the same steps. Every mail for anybody is taken, every name and password believed.
 *         A text ends with CRLF.CRLF alone. Of mails their envelope is kept, and a hash of the text (mail_text.h).
 * Owner   mail_dialogue_free. Replies live for ever; the texts of a mail until the next mail_feed.
 * Errors  are replies: 500 to 504 for commands, 452 and 552 at a limit, 421 and MAIL_LEAVE after LIMIT_MAIL_MISTAKES. */
#ifndef LOOPSAFE_STANDIN_MAIL_DIALOGUE_H
#define LOOPSAFE_STANDIN_MAIL_DIALOGUE_H

#include "standin/mail_text.h"

typedef enum MailStep {
    MAIL_WANTED,  /* more bytes are */
    MAIL_REPLY,   /* to be sent */
    MAIL_TAKEN,   /* the same, and a mail is whole */
    MAIL_ENCRYPT, /* the reply, then TLS; what was sent behind the command in plain does not count */
    MAIL_LEAVE    /* the reply, then the end of the connection */
} MailStep;

typedef enum MailPhase {
    MAIL_AT_COMMAND,
    MAIL_AT_SECRET, /* of AUTH PLAIN, or the password of AUTH LOGIN */
    MAIL_AT_NAME,   /* of AUTH LOGIN */
    MAIL_IN_TEXT,
    MAIL_AT_END
} MailPhase;

/* A mail that was taken. */
typedef struct Mail {
    Str from;       /* "<>": nobody, as in reports of what could not be delivered */
    Str recipients; /* between blanks, sorted: their order means nothing */
    uint64_t hash, bytes;
} Mail;

typedef struct MailDialogue {
    MailPhase phase;
    bool can_encrypt; /* STARTTLS is offered */
    bool has_greeted, has_sender, has_name;
    bool is_overlong; /* the line */
    bool is_refused;  /* the text, for a line or its size */
    bool fresh_line;  /* the line before ended with CRLF */
    size_t recipient_count, mistakes;
    uint64_t text_bytes;
    Buf line, sender, recipients;
    MailText text;
    Str reply; /* ends in CRLF */
    Mail mail;
} MailDialogue;

/* Its first reply is the greeting, which nobody has asked for. */
void mail_dialogue_init(MailDialogue *dialogue, bool can_encrypt);
void mail_dialogue_free(MailDialogue *dialogue);
/* TLS has begun: the client starts anew, and is offered it no more. */
void mail_encrypted(MailDialogue *dialogue);
/* Reads up to the next step; *used of the bytes were taken. */
MailStep mail_feed(MailDialogue *dialogue, Str bytes, size_t *used);

#endif
