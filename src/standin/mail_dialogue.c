#include "standin/mail_dialogue.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"

#include "base/banned.h"

#define SIZE_TEXT "67108864"
_Static_assert(LIMIT_MAIL_BYTES == 67108864, "the greeting says how long a mail may be");
#define EXTENSIONS                                                                                           \
    "250-stand-in\r\n250-PIPELINING\r\n250-SIZE " SIZE_TEXT "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"

static const char *const OK = "250 OK\r\n";

void mail_dialogue_init(MailDialogue *dialogue, bool can_encrypt)
{
    memset(dialogue, 0, sizeof *dialogue);
    dialogue->can_encrypt = can_encrypt;
    dialogue->reply = STR("220 stand-in ESMTP\r\n");
}

void mail_dialogue_free(MailDialogue *dialogue)
{
    buf_free(&dialogue->line);
    buf_free(&dialogue->sender);
    buf_free(&dialogue->recipients);
    mail_text_free(&dialogue->text);
}

static void forget_envelope(MailDialogue *dialogue)
{
    dialogue->has_sender = false;
    dialogue->recipient_count = 0;
}

void mail_encrypted(MailDialogue *dialogue)
{
    forget_envelope(dialogue);
    dialogue->can_encrypt = dialogue->has_greeted = dialogue->has_name = false;
    dialogue->phase = MAIL_AT_COMMAND;
}

/* --- replies --- */

static MailStep reply(MailDialogue *dialogue, const char *text)
{
    dialogue->reply = str_from(text);
    return MAIL_REPLY;
}

static MailStep leave(MailDialogue *dialogue, const char *text)
{
    dialogue->phase = MAIL_AT_END;
    reply(dialogue, text);
    return MAIL_LEAVE;
}

static MailStep refuse(MailDialogue *dialogue, const char *text)
{
    if (++dialogue->mistakes == LIMIT_MAIL_MISTAKES)
        return leave(dialogue, "421 Too many commands that cannot be followed\r\n");
    return reply(dialogue, text);
}

/* --- commands --- */

static bool same_letters(Str text, Str word)
{
    return text.len == word.len && strncasecmp(text.ptr, word.ptr, word.len) == 0;
}

static bool starts_alike(Str text, Str word)
{
    return text.len >= word.len && same_letters(str_part(text, 0, word.len), word);
}

/* Takes a word and the blanks behind it off the front. */
static Str take_word(Str *text)
{
    Str word = str_before(*text, ' ');
    *text = str_trim(str_drop(*text, word.len));
    return word;
}

static MailStep greet(MailDialogue *dialogue, Str argument, const char *text)
{
    if (!argument.len) return refuse(dialogue, "501 Who greets?\r\n");
    forget_envelope(dialogue);
    dialogue->has_greeted = true;
    return reply(dialogue, text);
}

static MailStep take_helo(MailDialogue *dialogue, Str argument)
{
    return greet(dialogue, argument, "250 stand-in\r\n");
}

static MailStep take_ehlo(MailDialogue *dialogue, Str argument)
{
    return greet(dialogue, argument,
                 dialogue->can_encrypt ? EXTENSIONS "250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
                                       : EXTENSIONS "250 AUTH PLAIN LOGIN\r\n");
}

/* The address behind "FROM:" or "TO:", without its angle brackets; what follows stays in *argument. False: there is none. */
static bool take_address(Str *argument, Str keyword, Str *address)
{
    if (!starts_alike(*argument, keyword)) return false;
    Str rest = str_trim(str_drop(*argument, keyword.len));
    bool is_quoted = false;
    size_t end = 0;
    for (; end < rest.len && (is_quoted || (rest.ptr[end] != ' ' && rest.ptr[end] != '>')); end++)
        if (rest.ptr[end] == '"') is_quoted = !is_quoted;
    bool has_bracket = str_starts(rest, STR("<"));
    if (is_quoted || has_bracket != (end < rest.len && rest.ptr[end] == '>')) return false;
    *address = str_part(rest, has_bracket, end);
    *argument = str_drop(rest, end + has_bracket);
    return has_bracket || address->len;
}

static bool has_control_byte(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f) return true;
    return false;
}

/* "SIZE=…" among what follows an address says more than is taken. */
static bool is_announced_too_long(Str parameters)
{
    while (parameters.len) {
        Str word = take_word(&parameters);
        if (!starts_alike(word, STR("SIZE="))) continue;
        uint64_t size = 0;
        for (size_t i = strlen("SIZE="); i < word.len && size <= LIMIT_MAIL_BYTES; i++)
            size = size * 10 + (uint64_t)(word.ptr[i] >= '0' && word.ptr[i] <= '9' ? word.ptr[i] - '0' : 0);
        return size > LIMIT_MAIL_BYTES;
    }
    return false;
}

/* An address as one word, for a blank may stand in a quoted one. */
static void add_address(Buf *buf, Str address)
{
    for (size_t i = 0; i < address.len; i++)
        buf_add_byte(buf, address.ptr[i] == ' ' ? '?' : address.ptr[i]);
}

static MailStep take_mail(MailDialogue *dialogue, Str argument)
{
    Str address;
    if (!dialogue->has_greeted) return refuse(dialogue, "503 EHLO first\r\n");
    if (dialogue->has_sender) return refuse(dialogue, "503 A mail has been begun\r\n");
    if (!take_address(&argument, STR("FROM:"), &address) || has_control_byte(address))
        return refuse(dialogue, "501 MAIL FROM:<address>\r\n");
    if (is_announced_too_long(argument)) return refuse(dialogue, "552 Too long\r\n");
    buf_clear(&dialogue->sender);
    buf_clear(&dialogue->recipients);
    add_address(&dialogue->sender, address.len ? address : STR("<>"));
    dialogue->has_sender = true;
    return reply(dialogue, OK);
}

/* Into its place among those that are there. */
static void add_recipient(MailDialogue *dialogue, Str address)
{
    Buf one, all;
    buf_init(&one);
    buf_init(&all);
    add_address(&one, address);
    Str rest = buf_str(&dialogue->recipients);
    bool is_placed = false;
    while (rest.len || !is_placed) {
        bool comes_now = !is_placed && (!rest.len || str_compare(buf_str(&one), str_before(rest, ' ')) < 0);
        Str next = comes_now ? buf_str(&one) : take_word(&rest);
        is_placed = is_placed || comes_now;
        if (all.len) buf_add_byte(&all, ' ');
        buf_add(&all, next);
    }
    buf_free(&one);
    buf_free(&dialogue->recipients);
    dialogue->recipients = all;
    dialogue->recipient_count++;
}

static MailStep take_rcpt(MailDialogue *dialogue, Str argument)
{
    Str address;
    if (!dialogue->has_sender) return refuse(dialogue, "503 MAIL first\r\n");
    if (!take_address(&argument, STR("TO:"), &address) || !address.len || has_control_byte(address))
        return refuse(dialogue, "501 RCPT TO:<address>\r\n");
    if (dialogue->recipient_count == LIMIT_MAIL_RECIPIENTS)
        return refuse(dialogue, "452 Too many recipients\r\n");
    add_recipient(dialogue, address);
    return reply(dialogue, OK);
}

static MailStep take_data(MailDialogue *dialogue, Str argument)
{
    if (argument.len) return refuse(dialogue, "501 DATA has no argument\r\n");
    if (!dialogue->recipient_count) return refuse(dialogue, "503 RCPT first\r\n");
    mail_text_begin(&dialogue->text);
    dialogue->phase = MAIL_IN_TEXT;
    dialogue->text_bytes = 0;
    dialogue->is_refused = false;
    dialogue->fresh_line = true;
    return reply(dialogue, "354 End with a line that holds a dot\r\n");
}

static MailStep take_rset(MailDialogue *dialogue, Str argument)
{
    (void)argument;
    forget_envelope(dialogue);
    return reply(dialogue, OK);
}

static MailStep take_noop(MailDialogue *dialogue, Str argument)
{
    (void)argument;
    return reply(dialogue, OK);
}

static MailStep take_help(MailDialogue *dialogue, Str argument)
{
    (void)argument;
    return reply(dialogue, "214 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY AUTH STARTTLS QUIT\r\n");
}

static MailStep take_vrfy(MailDialogue *dialogue, Str argument)
{
    if (!argument.len) return refuse(dialogue, "501 VRFY whom?\r\n");
    return reply(dialogue, "252 Every mail is taken\r\n");
}

static MailStep take_quit(MailDialogue *dialogue, Str argument)
{
    (void)argument;
    return leave(dialogue, "221 Bye\r\n");
}

static MailStep take_starttls(MailDialogue *dialogue, Str argument)
{
    if (argument.len) return refuse(dialogue, "501 STARTTLS has no argument\r\n");
    if (!dialogue->can_encrypt) return refuse(dialogue, "503 TLS has been begun\r\n");
    reply(dialogue, "220 Begin\r\n");
    return MAIL_ENCRYPT;
}

/* --- names and passwords: all are believed --- */

static MailStep believe(MailDialogue *dialogue)
{
    dialogue->phase = MAIL_AT_COMMAND;
    dialogue->has_name = true;
    return reply(dialogue, "235 Welcome\r\n");
}

static MailStep ask_for(MailDialogue *dialogue, MailPhase phase, const char *text)
{
    dialogue->phase = phase;
    return reply(dialogue, text);
}

/* "Username:" and "Password:", as their clients want it. */
static const char *const ASK_NAME = "334 VXNlcm5hbWU6\r\n", *const ASK_PASSWORD = "334 UGFzc3dvcmQ6\r\n";

static MailStep take_auth(MailDialogue *dialogue, Str argument)
{
    Str mechanism = take_word(&argument);
    if (!dialogue->has_greeted) return refuse(dialogue, "503 EHLO first\r\n");
    if (dialogue->has_name || dialogue->has_sender) return refuse(dialogue, "503 Not now\r\n");
    if (same_letters(mechanism, STR("PLAIN")))
        return argument.len ? believe(dialogue) : ask_for(dialogue, MAIL_AT_SECRET, "334 \r\n");
    if (!same_letters(mechanism, STR("LOGIN"))) return refuse(dialogue, "504 PLAIN or LOGIN\r\n");
    return argument.len ? ask_for(dialogue, MAIL_AT_SECRET, ASK_PASSWORD)
                        : ask_for(dialogue, MAIL_AT_NAME, ASK_NAME);
}

static MailStep take_secret(MailDialogue *dialogue, Str line)
{
    bool is_name = dialogue->phase == MAIL_AT_NAME;
    dialogue->phase = MAIL_AT_COMMAND;
    if (str_equal(line, STR("*"))) return refuse(dialogue, "501 As you like\r\n");
    return is_name ? ask_for(dialogue, MAIL_AT_SECRET, ASK_PASSWORD) : believe(dialogue);
}

static MailStep take_command(MailDialogue *dialogue, Str line)
{
    static const struct {
        const char *verb;
        MailStep (*take)(MailDialogue *dialogue, Str argument);
    } commands[] = {{"EHLO", take_ehlo}, {"HELO", take_helo}, {"MAIL", take_mail},
                    {"RCPT", take_rcpt}, {"DATA", take_data}, {"RSET", take_rset},
                    {"NOOP", take_noop}, {"VRFY", take_vrfy}, {"AUTH", take_auth},
                    {"HELP", take_help}, {"QUIT", take_quit}, {"STARTTLS", take_starttls}};
    Str verb = take_word(&line);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (same_letters(verb, str_from(commands[i].verb))) return commands[i].take(dialogue, line);
    return refuse(dialogue, "500 No such command\r\n");
}

/* --- the text --- */

static MailStep finish_text(MailDialogue *dialogue)
{
    dialogue->phase = MAIL_AT_COMMAND;
    forget_envelope(dialogue);
    uint64_t hash = mail_text_end(&dialogue->text);
    if (dialogue->is_refused) return refuse(dialogue, "552 Too long\r\n");
    dialogue->mistakes = 0;
    dialogue->mail = (Mail){.from = buf_str(&dialogue->sender),
                            .recipients = buf_str(&dialogue->recipients),
                            .hash = hash,
                            .bytes = dialogue->text_bytes};
    reply(dialogue, "250 Taken\r\n");
    return MAIL_TAKEN;
}

/* The line stands in dialogue->line, perhaps with the first byte of its end. */
static MailStep end_text_line(MailDialogue *dialogue)
{
    Str line = buf_str(&dialogue->line);
    bool is_fresh = dialogue->fresh_line;
    dialogue->fresh_line = str_ends(line, STR("\r"));
    if (is_fresh && str_equal(line, STR(".\r")) && !dialogue->is_overlong) return finish_text(dialogue);
    if (dialogue->fresh_line) line.len--;
    if (is_fresh && str_starts(line, STR("."))) line = str_drop(line, 1);
    dialogue->text_bytes += line.len + 1;
    if (dialogue->is_overlong || dialogue->text_bytes > LIMIT_MAIL_BYTES) dialogue->is_refused = true;
    if (!dialogue->is_refused) mail_text_add(&dialogue->text, line);
    return MAIL_WANTED;
}

/* --- lines --- */

static MailStep end_line(MailDialogue *dialogue)
{
    if (dialogue->phase == MAIL_IN_TEXT) return end_text_line(dialogue);
    Str line = str_trim(buf_str(&dialogue->line));
    if (dialogue->is_overlong) {
        dialogue->phase = MAIL_AT_COMMAND;
        return refuse(dialogue, "500 The line is too long\r\n");
    }
    return dialogue->phase == MAIL_AT_COMMAND ? take_command(dialogue, line) : take_secret(dialogue, line);
}

/* Bytes up to a line's end, as many as there is room for; false: the end is not there yet. */
static bool collect_line(MailDialogue *dialogue, Str bytes, size_t *used)
{
    size_t limit = dialogue->phase == MAIL_IN_TEXT ? LIMIT_MAIL_TEXT_LINE : LIMIT_MAIL_LINE;
    Str line = str_before(bytes, '\n');
    size_t room = limit - dialogue->line.len;
    bool is_whole = line.len < bytes.len;
    buf_add(&dialogue->line, str_part(line, 0, line.len < room ? line.len : room));
    if (line.len > room) { /* how it ends counts even where its middle is lost */
        dialogue->is_overlong = true;
        dialogue->line.data[limit - 1] = line.ptr[line.len - 1];
    }
    *used += line.len + is_whole;
    return is_whole;
}

MailStep mail_feed(MailDialogue *dialogue, Str bytes, size_t *used)
{
    *used = 0;
    MailStep step = MAIL_WANTED;
    while (step == MAIL_WANTED && dialogue->phase != MAIL_AT_END && *used < bytes.len) {
        if (!collect_line(dialogue, str_drop(bytes, *used), used)) return MAIL_WANTED;
        step = end_line(dialogue);
        buf_clear(&dialogue->line);
        dialogue->is_overlong = false;
    }
    if (dialogue->phase == MAIL_AT_END && step == MAIL_WANTED) *used = bytes.len;
    return step;
}
