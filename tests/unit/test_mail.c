/* What the stand-in says to mail clients, and which of their texts are the same mail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "standin/mail_dialogue.h"

/* A conversation: all replies in one text, all mails in another: "from>to to#hash of the text". */
typedef struct Talk {
    MailDialogue dialogue;
    Buf replies, mails;
    uint64_t hash; /* of the last mail */
    size_t taken;
    MailStep last;
} Talk;

static void talk_begin(Talk *talk, bool can_encrypt)
{
    memset(talk, 0, sizeof *talk);
    mail_dialogue_init(&talk->dialogue, can_encrypt);
    assert_true(str_starts(talk->dialogue.reply, STR("220 ")));
}

static void talk_end(Talk *talk)
{
    mail_dialogue_free(&talk->dialogue);
    buf_free(&talk->replies);
    buf_free(&talk->mails);
}

static void note_step(Talk *talk, MailStep step)
{
    const Mail *mail = &talk->dialogue.mail;
    if (step == MAIL_WANTED) return;
    talk->last = step;
    assert_true(str_ends(talk->dialogue.reply, STR("\r\n")));
    buf_add(&talk->replies, talk->dialogue.reply);
    if (step != MAIL_TAKEN) return;
    talk->taken++;
    talk->hash = mail->hash;
    buf_format(&talk->mails, "%.*s>%.*s;", (int)mail->from.len, mail->from.ptr, (int)mail->recipients.len,
               mail->recipients.ptr);
}

/* Pieces of that many bytes. */
static void say_in_pieces(Talk *talk, Str bytes, size_t piece)
{
    while (bytes.len) {
        Str now = str_part(bytes, 0, bytes.len < piece ? bytes.len : piece);
        bytes = str_drop(bytes, now.len);
        while (now.len) {
            size_t used;
            note_step(talk, mail_feed(&talk->dialogue, now, &used));
            assert_true(used && used <= now.len);
            now = str_drop(now, used);
        }
    }
}

static void say(Talk *talk, const char *text)
{
    say_in_pieces(talk, str_from(text), SIZE_MAX / 2);
}

/* The replies' first three digits since the last time, and what they said is forgotten. */
static void codes_are(Talk *talk, const char *wanted)
{
    char codes[400] = "";
    size_t count = 0;
    Str rest = buf_str(&talk->replies);
    while (rest.len) {
        Str line = str_before(rest, '\n');
        rest = str_drop(rest, line.len + 1);
        if (line.ptr[3] == '-') continue;
        assert_true(count + 5 < sizeof codes);
        if (count) codes[count++] = ' ';
        memcpy(codes + count, line.ptr, 3);
        codes[count += 3] = 0;
    }
    assert_string_equal(codes, wanted);
    buf_clear(&talk->replies);
}

static void mails_are(const Talk *talk, const char *wanted)
{
    Str mails = buf_str(&talk->mails);
    assert_int_equal(mails.len, strlen(wanted));
    assert_memory_equal(mails.len ? mails.ptr : "", wanted, mails.len);
}

#define ENVELOPE "EHLO shop\r\nMAIL FROM:<s@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n"

static uint64_t hash_of(const char *text)
{
    Talk talk;
    talk_begin(&talk, false);
    say(&talk, ENVELOPE);
    say(&talk, text);
    say(&talk, "\r\n.\r\n");
    assert_int_equal(talk.taken, 1);
    uint64_t hash = talk.hash;
    talk_end(&talk);
    return hash;
}

/* --- the conversation --- */

static const char conversation[] =
    "EHLO shop\r\nmail from:<shop@example.com> SIZE=100 BODY=8BITMIME\r\nRCPT TO:<bob@example.com>\r\n"
    "RCPT TO: <ada@example.com> NOTIFY=NEVER\r\nDATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\n"
    "MAIL FROM:<>\r\nRCPT TO:eve@example.com\r\nDATA\r\n.\r\nNOOP\r\nVRFY eve\r\nHELP\r\nRSET\r\nQUIT\r\n";

static void pieces_say_the_same(void **state)
{
    (void)state;
    uint64_t hash = 0;
    for (size_t piece = sizeof conversation; piece; piece--) {
        Talk talk;
        talk_begin(&talk, false);
        say_in_pieces(&talk, str_from(conversation), piece);
        codes_are(&talk, "250 250 250 250 354 250 250 250 354 250 250 252 214 250 221");
        mails_are(&talk, "shop@example.com>ada@example.com bob@example.com;<>>eve@example.com;");
        assert_int_equal(talk.last, MAIL_LEAVE);
        if (hash) assert_true(hash == talk.hash);
        hash = talk.hash;
        talk_end(&talk);
    }
}

static void wrong_commands_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *said, *codes;
    } cases[] = {{"GET / HTTP/1.1\r\n", "500"},
                 {"\r\n", "500"},
                 {"EHLO\r\n", "501"},
                 {"MAIL FROM:<a@x>\r\n", "503"},
                 {"AUTH PLAIN AGEAYg==\r\n", "503"},
                 {"HELO a\r\nRCPT TO:<a@x>\r\n", "250 503"},
                 {"HELO a\r\nDATA\r\n", "250 503"},
                 {"HELO a\r\nMAIL\r\n", "250 501"},
                 {"HELO a\r\nMAIL FROM:\r\n", "250 501"},
                 {"HELO a\r\nMAIL FROM:<a@x\r\n", "250 501"},
                 {"HELO a\r\nMAIL FROM:a@x>\r\n", "250 501"},
                 {"HELO a\r\nMAIL FROM:<a\x01@x>\r\n", "250 501"},
                 {"HELO a\r\nMAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\n", "250 250 503"},
                 {"HELO a\r\nMAIL FROM:<a@x>\r\nRCPT TO:<>\r\n", "250 250 501"},
                 {"HELO a\r\nMAIL FROM:<a@x>\r\nDATA\r\n", "250 250 503"},
                 {"HELO a\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nRSET\r\nDATA\r\n", "250 250 250 250 503"},
                 {"HELO a\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA now\r\n", "250 250 250 501"},
                 {"HELO a\r\nMAIL FROM:<a@x> SIZE=99999999999999999999\r\n", "250 552"},
                 {"HELO a\r\nVRFY\r\n", "250 501"},
                 {"STARTTLS\r\n", "503"},
                 {"HELO a\r\nAUTH GSSAPI\r\n", "250 504"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Talk talk;
        talk_begin(&talk, false);
        say(&talk, cases[i].said);
        codes_are(&talk, cases[i].codes);
        assert_int_equal(talk.taken, 0);
        talk_end(&talk);
    }
}

static void everybody_is_believed(void **state)
{
    (void)state;
    static const struct {
        const char *said, *codes;
    } cases[] = {{"AUTH PLAIN AGEAYg==\r\n", "235"},
                 {"auth plain\r\nAGEAYg==\r\n", "334 235"},
                 {"AUTH LOGIN\r\nYQ==\r\nYg==\r\nAUTH LOGIN\r\n", "334 334 235 503"},
                 {"AUTH LOGIN YQ==\r\nYg==\r\n", "334 235"},
                 {"AUTH LOGIN\r\n*\r\nNOOP\r\n", "334 501 250"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Talk talk;
        talk_begin(&talk, false);
        say(&talk, "EHLO a\r\n");
        codes_are(&talk, "250");
        say(&talk, cases[i].said);
        codes_are(&talk, cases[i].codes);
        talk_end(&talk);
    }
}

static void tls_begins_anew(void **state)
{
    (void)state;
    Talk talk;
    talk_begin(&talk, true);
    say(&talk, "EHLO a\r\n");
    assert_true(str_find(buf_str(&talk.replies), STR("250-STARTTLS\r\n")) != SIZE_MAX);
    say(&talk, "MAIL FROM:<a@x>\r\nSTARTTLS now\r\nSTARTTLS\r\n");
    codes_are(&talk, "250 250 501 220");
    assert_int_equal(talk.last, MAIL_ENCRYPT);
    mail_encrypted(&talk.dialogue);
    say(&talk, "MAIL FROM:<a@x>\r\nSTARTTLS\r\nEHLO a\r\n");
    assert_true(str_find(buf_str(&talk.replies), STR("STARTTLS")) == SIZE_MAX);
    codes_are(&talk, "503 503 250");
    talk_end(&talk);
}

/* --- limits --- */

static Str repeated(Buf *buf, size_t count)
{
    buf_clear(buf);
    buf_add_repeat(buf, 'a', count);
    return buf_str(buf);
}

static void lines_have_an_end(void **state)
{
    (void)state;
    Talk talk;
    Buf buf;
    buf_init(&buf);
    talk_begin(&talk, false);
    say(&talk, "HELO ");
    say_in_pieces(&talk, repeated(&buf, LIMIT_MAIL_LINE), 1000);
    say(&talk, "\r\nNOOP ");
    say_in_pieces(&talk, repeated(&buf, LIMIT_MAIL_LINE - sizeof "NOOP "), 1000);
    say(&talk, "\r\n" ENVELOPE);
    say_in_pieces(&talk, repeated(&buf, LIMIT_MAIL_TEXT_LINE + 1), 65536);
    say(&talk, "\r\n.\r\nNOOP\r\n"); /* the dot stands behind the end of a line that was cut */
    codes_are(&talk, "500 250 250 250 250 354 552 250");
    assert_int_equal(talk.taken, 0);
    talk_end(&talk);
    buf_free(&buf);
}

static void mails_have_an_end(void **state)
{
    (void)state;
    Talk talk;
    Buf buf;
    buf_init(&buf);
    talk_begin(&talk, false);
    say(&talk, ENVELOPE);
    for (size_t i = 0; i <= LIMIT_MAIL_BYTES / 1000000; i++) {
        say_in_pieces(&talk, repeated(&buf, 1000000), SIZE_MAX / 2);
        say(&talk, "\r\n");
    }
    say(&talk, ".\r\n");
    codes_are(&talk, "250 250 250 354 552");
    say(&talk, ENVELOPE "x\r\n.\r\n");
    codes_are(&talk, "250 250 250 354 250");
    mails_are(&talk, "s@x>a@x;");
    talk_end(&talk);
    buf_free(&buf);
}

static void recipients_and_mistakes_are_counted(void **state)
{
    (void)state;
    Talk talk;
    talk_begin(&talk, false);
    say(&talk, "EHLO a\r\nMAIL FROM:<a@x>\r\n");
    for (size_t i = 0; i < LIMIT_MAIL_RECIPIENTS; i++)
        say(&talk, "RCPT TO:<a@x>\r\n");
    buf_clear(&talk.replies);
    say(&talk, "RCPT TO:<b@x>\r\nDATA\r\n.\r\n");
    codes_are(&talk, "452 354 250");
    for (size_t i = 1; i < LIMIT_MAIL_MISTAKES; i++)
        say(&talk, "FOO\r\n");
    assert_int_equal(talk.last, MAIL_REPLY);
    buf_clear(&talk.replies);
    say(&talk, "FOO\r\nNOOP\r\n");
    codes_are(&talk, "421");
    assert_int_equal(talk.last, MAIL_LEAVE);
    talk_end(&talk);
}

/* --- texts --- */

static void dots_are_unstuffed(void **state)
{
    (void)state;
    assert_true(hash_of("\r\n..\r\nx") != hash_of("\r\n...\r\nx"));
    assert_true(hash_of("\r\n.a") == hash_of("\r\na"));
    /* A dot behind a bare line's end is text: what follows is no command. */
    Talk talk;
    talk_begin(&talk, false);
    say(&talk, ENVELOPE "x\n.\r\nQUIT\r\n\n.\nNOOP\r\n.\r\n");
    codes_are(&talk, "250 250 250 354 250");
    assert_int_equal(talk.taken, 1);
    talk_end(&talk);
}

static void what_differs_each_time_is_left_out(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"Date: Mon, 1 Jan\r\nSubject: a\r\n\r\nx", "Date: Tue, 2 Jan\r\nSubject: a\r\n\r\nx"},
        {"Message-ID: <1@x>\r\n\r\nx", "Message-ID:\r\n <2@x>\r\n\r\nx"},
        {"DKIM-Signature: b=1;\r\n\tc=2\r\n\r\nx", "DKIM-Signature: b=3\r\n\r\nx"},
        {"Content-Type: multipart/mixed; boundary=\"=1\"\r\n\r\n--=1\r\nA: b\r\n\r\nx\r\n--=1--",
         "Content-Type: multipart/mixed; boundary=\"=22\"\r\n\r\n--=22\r\nA: b\r\n\r\nx\r\n--=22--"},
        {"content-type: multipart/mixed;\r\n Boundary=a; charset=x\r\n\r\n--a\r\nContent-Type: "
         "multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--a--",
         "content-type: multipart/mixed;\r\n Boundary=c; charset=x\r\n\r\n--c\r\nContent-Type: "
         "multipart/alternative; boundary=d\r\n\r\n--d\r\n\r\nx\r\n--d--\r\n--c--"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(hash_of(same[i][0]) == hash_of(same[i][1]));
}

static void what_is_said_counts(void **state)
{
    (void)state;
    static const char *const other[][2] = {
        {"Subject: a\r\n\r\nx", "Subject: b\r\n\r\nx"},
        {"Subject: a\r\n\r\nx", "Subject: a\r\n\r\ny"},
        {"Date: x\r\nSubject: a\r\n\r\nx", "Subject: a\r\n\r\nx"},
        {"A: b\r\n\r\nDate: 1", "A: b\r\n\r\nDate: 2"},
        {"A: boundary=1\r\n\r\nx", "A: boundary=2\r\n\r\nx"},
        {"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nDate: 1\r\n\r\nx\r\n--a--",
         "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nDate: 2\r\n\r\nx\r\n--a--"},
        {"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--",
         "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--b--"}};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_true(hash_of(other[i][0]) != hash_of(other[i][1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_say_the_same),
        cmocka_unit_test(wrong_commands_are_told),
        cmocka_unit_test(everybody_is_believed),
        cmocka_unit_test(tls_begins_anew),
        cmocka_unit_test(lines_have_an_end),
        cmocka_unit_test(mails_have_an_end),
        cmocka_unit_test(recipients_and_mistakes_are_counted),
        cmocka_unit_test(dots_are_unstuffed),
        cmocka_unit_test(what_differs_each_time_is_left_out),
        cmocka_unit_test(what_is_said_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
