/* mail_text.h - the text of a mail, hashed without what differs each time a program sends the same one.
 *
 *   Date: Sun, 22 Nov 2026 …                      ─▶  Date
 *   Content-Type: multipart/mixed; boundary="=3f" ─▶  Content-Type: multipart/mixed; boundary=""
 *   --=3f--                                       ─▶  ----
 *
 * Shape   left out are the values of Date, Message-ID and DKIM-Signature, and the boundaries of parts, where they are said and
 *         where they stand. That such a header is there counts. Lines end alike, whatever ended them.
 * Owner   mail_text_free. */
#ifndef LOOPSAFE_STANDIN_MAIL_TEXT_H
#define LOOPSAFE_STANDIN_MAIL_TEXT_H

#include "standin/body_hash.h"

typedef struct MailText {
    BodyHash hash;
    Buf boundaries; /* each ended by a line's end; LIMIT_MAIL_BOUNDARIES at most */
    size_t boundary_count;
    bool in_head;   /* of the mail or of a part */
    bool is_outer;  /* that head is the mail's own */
    bool skips;     /* lines that go on with a header that is left out */
    bool says_type; /* the header says of what type the text is, perhaps with a boundary */
} MailText;

void mail_text_begin(MailText *text);
/* The next line without its end. */
void mail_text_add(MailText *text, Str line);
uint64_t mail_text_end(MailText *text);
void mail_text_free(MailText *text);

#endif
