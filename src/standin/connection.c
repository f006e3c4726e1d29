#define _GNU_SOURCE
#include "standin/connection.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/banned.h"

static const uint64_t SILENCE_NS =
    5000000000u; /* protocols in which the server speaks first would wait for ever */
enum { TLS_HANDSHAKE = 0x16 };

/* --- beginning --- */

/* Who was meant stands in the address that the connection comes from (probe/routes.h). */
static void read_meant(Connection *connection, const Settings *settings)
{
    struct sockaddr_in from = {0};
    socklen_t length = sizeof from;
    if (getpeername(connection->channel.socket, (struct sockaddr *)&from, &length) != 0) return;
    if (!routes_text(settings->routes, ntohl(from.sin_addr.s_addr), connection->meant,
                     sizeof connection->meant))
        return;
    Str meant = str_from(connection->meant);
    connection->host = str_part(meant, 0, str_find_last(meant, ':'));
    if (str_starts(connection->host, STR("[")))
        connection->host = str_part(connection->host, 1, connection->host.len - 1);
}

Connection *connection_new(int socket, const Settings *settings, uint64_t now_ns)
{
    Connection *connection = memory_alloc(sizeof *connection);
    memset(connection, 0, sizeof *connection);
    connection->channel.socket = socket;
    connection->since_ns = now_ns;
    http_reader_init(&connection->reader);
    buf_init(&connection->input);
    buf_init(&connection->output);
    read_meant(connection, settings);
    return connection;
}

void connection_free(Connection *connection)
{
    channel_close(&connection->channel);
    http_reader_free(&connection->reader);
    if (connection->mail) mail_dialogue_free(connection->mail);
    free(connection->mail);
    buf_free(&connection->input);
    buf_free(&connection->output);
    free(connection);
}

/* --- answers --- */

static const char *words_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *words;
    } known[] = {{200, "OK"},
                 {201, "Created"},
                 {202, "Accepted"},
                 {204, "No Content"},
                 {301, "Moved Permanently"},
                 {302, "Found"},
                 {304, "Not Modified"},
                 {400, "Bad Request"},
                 {401, "Unauthorized"},
                 {403, "Forbidden"},
                 {404, "Not Found"},
                 {409, "Conflict"},
                 {429, "Too Many Requests"},
                 {500, "Internal Server Error"},
                 {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status) return known[i].words;
    return "Answered";
}

static void write_answer(Buf *output, const PendingAnswer *pending)
{
    if (pending->reply.len) {
        buf_add(output, pending->reply);
        return;
    }
    static const Answer bad_request = {.status = 400, .headers = {"", 0}, .body = {"", 0}};
    const Answer *answer = pending->answer ? pending->answer : &bad_request;
    bool has_body = answer->status != 204 && answer->status != 304;
    buf_format(output, "HTTP/1.1 %u %s\r\n", answer->status, words_of(answer->status));
    buf_add(output, answer->headers);
    if (has_body) buf_format(output, "Content-Length: %zu\r\n", answer->body.len);
    buf_format(output, "Connection: %s\r\n\r\n", pending->last ? "close" : "keep-alive");
    if (has_body && !pending->bare) buf_add(output, answer->body);
}

static void write_due(Connection *connection, uint64_t now_ns)
{
    while (connection->pending_count && connection->pending[connection->first_pending].due_ns <= now_ns) {
        write_answer(&connection->output, &connection->pending[connection->first_pending]);
        connection->first_pending = (connection->first_pending + 1) % LIMIT_HTTP_PIPELINE;
        connection->pending_count--;
    }
}

static void add_pending(Connection *connection, Desk *desk, PendingAnswer pending)
{
    size_t place = (connection->first_pending + connection->pending_count++) % LIMIT_HTTP_PIPELINE;
    connection->pending[place] = pending;
    if (pending.last) connection->is_ending = true;
    alarms_add(&desk->alarms, (Alarm){pending.due_ns, connection->subject, connection->generation});
}

/* From here on the connection speaks TLS; what came in plain behind the command does not count. */
static bool begin_tls(Connection *connection, Desk *desk)
{
    connection->is_turning = false;
    connection->channel.session =
        authority_session(desk->authority, connection->channel.socket, &connection->host);
    return connection->channel.session != NULL;
}

/* False: the client is gone. */
static bool flush(Connection *connection, Desk *desk)
{
    while (connection_wants_room(connection)) {
        size_t count;
        Str rest = str_drop(buf_str(&connection->output), connection->sent);
        ChannelStatus status = channel_write(&connection->channel, rest, &count);
        if (status == CHANNEL_LATER) return true;
        if (status != CHANNEL_MOVED) return false;
        connection->sent += count;
    }
    if (connection->sent < connection->output.len) return true;
    buf_clear(&connection->output);
    connection->sent = 0;
    if (connection->is_turning && !connection->pending_count) return begin_tls(connection, desk);
    return !connection->is_ending || connection->pending_count;
}

/* --- requests --- */

static void take_request(Connection *connection, Desk *desk, uint64_t now_ns)
{
    const HttpRequest *request = &connection->reader.request;
    Str host = request->host.len ? request->host : connection->host;
    const Answer *answer = answers_find(desk->settings->answers, host, request->method, request->target);
    uint64_t delay_ns = answer->delay_ns;
    if (delay_ns == UINT64_MAX)
        delay_ns = settings_delay(desk->settings, request->host, str_from(connection->meant));
    connection->requests++;
    journal_request(&desk->journal, now_ns, delay_ns, host, request);
    add_pending(connection, desk,
                (PendingAnswer){.due_ns = now_ns + delay_ns,
                                .answer = answer,
                                .bare = str_equal(request->method, STR("HEAD")),
                                .last = !request->keep_alive});
}

/* Garbage behind requests is answered, garbage at first is another protocol. */
static bool refuse(Connection *connection, Desk *desk, uint64_t now_ns)
{
    if (!connection->requests) {
        journal_oddity(&desk->journal, now_ns, str_from(connection->meant), "spoke no HTTP");
        return false;
    }
    add_pending(connection, desk, (PendingAnswer){.due_ns = now_ns, .last = true});
    return true;
}

/* Takes what it can of the bytes; false: the connection has ended. */
static bool take_requests(Connection *connection, Desk *desk, Str bytes, uint64_t now_ns)
{
    while (bytes.len && !connection->is_ending && connection->pending_count < LIMIT_HTTP_PIPELINE) {
        size_t used;
        HttpStep step = http_reader_feed(&connection->reader, bytes, &used);
        bytes = str_drop(bytes, used);
        if (step == HTTP_HEAD && connection->reader.request.expects_continue && !connection->pending_count)
            buf_add_text(&connection->output, "HTTP/1.1 100 Continue\r\n\r\n");
        /* A request without a body is complete with its head, and needs no further byte to be so. */
        if (step == HTTP_HEAD && !bytes.len) step = http_reader_feed(&connection->reader, bytes, &used);
        if (step == HTTP_DONE) take_request(connection, desk, now_ns);
        if (step == HTTP_BROKEN) return refuse(connection, desk, now_ns);
    }
    if (!connection->is_ending) buf_add(&connection->input, bytes);
    return true;
}

/* --- mail --- */

enum { PORT_MAIL = 25, PORT_SUBMISSION = 587, PORT_SUBMISSION_TLS = 465 };

/* Of the place that was meant; 0: it is unknown. */
static unsigned meant_port(const Connection *connection)
{
    Str text = str_after_last(str_from(connection->meant), ':');
    unsigned port = 0;
    for (size_t i = 0; i < text.len && port <= UINT16_MAX; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return 0;
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
    }
    return port;
}

static void note_no_mail(const Connection *connection, Desk *desk, uint64_t now_ns)
{
    if (!connection->requests)
        journal_oddity(&desk->journal, now_ns, str_from(connection->meant), "sent no mail");
}

static void answer_mail(Connection *connection, Desk *desk, MailStep step, uint64_t now_ns)
{
    MailDialogue *mail = connection->mail;
    Str meant = str_from(connection->meant);
    uint64_t delay_ns = settings_delay(desk->settings, STR(""), meant);
    if (step == MAIL_TAKEN) {
        connection->requests++;
        journal_mail(&desk->journal, now_ns, delay_ns, meant, &mail->mail);
    } else {
        journal_talk(&desk->journal, now_ns, delay_ns);
    }
    if (step == MAIL_LEAVE) note_no_mail(connection, desk, now_ns);
    if (step == MAIL_ENCRYPT) mail_encrypted(mail);
    connection->is_turning = step == MAIL_ENCRYPT;
    add_pending(
        connection, desk,
        (PendingAnswer){.due_ns = now_ns + delay_ns, .reply = mail->reply, .last = step == MAIL_LEAVE});
}

static void take_mails(Connection *connection, Desk *desk, Str bytes, uint64_t now_ns)
{
    while (bytes.len && connection_wants_bytes(connection)) {
        size_t used;
        MailStep step = mail_feed(connection->mail, bytes, &used);
        bytes = str_drop(bytes, used);
        if (step != MAIL_WANTED) answer_mail(connection, desk, step, now_ns);
    }
    if (!connection->is_ending && !connection->is_turning) buf_add(&connection->input, bytes);
}

/* The greeting is nobody's answer and comes without delay. */
bool connection_begin(Connection *connection, Desk *desk, uint64_t now_ns)
{
    unsigned port = meant_port(connection);
    bool begins_with_tls = port == PORT_SUBMISSION_TLS;
    if (port != PORT_MAIL && port != PORT_SUBMISSION && !begins_with_tls) return true;
    connection->mail = memory_alloc(sizeof *connection->mail);
    mail_dialogue_init(connection->mail, !begins_with_tls);
    connection->has_spoken = !begins_with_tls;
    journal_talk(&desk->journal, now_ns, 0);
    add_pending(connection, desk, (PendingAnswer){.due_ns = now_ns, .reply = connection->mail->reply});
    return !begins_with_tls || begin_tls(connection, desk);
}

/* --- bytes --- */

static bool take_bytes(Connection *connection, Desk *desk, Str bytes, uint64_t now_ns)
{
    if (!connection->mail) return take_requests(connection, desk, bytes, now_ns);
    take_mails(connection, desk, bytes, now_ns);
    return true;
}

/* What was left lying while too much was pending. */
static bool take_leftover(Connection *connection, Desk *desk, uint64_t now_ns)
{
    if (!connection->input.len) return true;
    Buf leftover = connection->input;
    buf_init(&connection->input);
    bool goes_on = take_bytes(connection, desk, buf_str(&leftover), now_ns);
    buf_free(&leftover);
    return goes_on;
}

/* --- events --- */

/* The first byte says what is spoken; false: nothing can be spoken. */
static bool choose_channel(Connection *connection, Desk *desk)
{
    unsigned char first;
    if (recv(connection->channel.socket, &first, 1, MSG_PEEK) != 1) return true;
    connection->has_spoken = true;
    return connection->mail || first != TLS_HANDSHAKE || begin_tls(connection, desk);
}

static void note_end(const Connection *connection, Desk *desk, ChannelStatus status, uint64_t now_ns)
{
    if (connection->requests) return;
    const char *words =
        status == CHANNEL_MISTRUSTED ? "did not trust the certificate of the run" : "said nothing";
    if (status == CHANNEL_CLOSED && connection->has_spoken)
        words = connection->mail ? "sent no mail" : "spoke no HTTP";
    journal_oddity(&desk->journal, now_ns, str_from(connection->meant), words);
}

static bool read_all(Connection *connection, Desk *desk, uint64_t now_ns)
{
    char bytes[16384];
    size_t count;
    while (connection_wants_bytes(connection)) {
        ChannelStatus status = channel_read(&connection->channel, bytes, sizeof bytes, &count);
        if (status == CHANNEL_LATER) return true;
        if (status != CHANNEL_MOVED) {
            note_end(connection, desk, status, now_ns);
            connection->is_ending = true; /* the other direction may still be open for what is pending */
            return connection->pending_count > 0;
        }
        if (!take_bytes(connection, desk, (Str){bytes, count}, now_ns)) return false;
    }
    return true;
}

bool connection_ready(Connection *connection, Desk *desk, uint64_t now_ns)
{
    if (!connection->has_spoken && !choose_channel(connection, desk)) return false;
    return read_all(connection, desk, now_ns) && flush(connection, desk);
}

bool connection_tick(Connection *connection, Desk *desk, uint64_t now_ns)
{
    if (!connection->has_spoken && now_ns - connection->since_ns >= SILENCE_NS) {
        note_end(connection, desk, CHANNEL_LATER, now_ns);
        return false;
    }
    bool was_full = connection->pending_count == LIMIT_HTTP_PIPELINE;
    write_due(connection, now_ns);
    if (was_full && !(take_leftover(connection, desk, now_ns) && read_all(connection, desk, now_ns)))
        return false;
    return flush(connection, desk);
}

bool connection_wants_room(const Connection *connection)
{
    return connection->sent < connection->output.len && channel_is_open(&connection->channel);
}

bool connection_wants_bytes(const Connection *connection)
{
    return !connection->is_ending && !connection->is_turning &&
           connection->pending_count < LIMIT_HTTP_PIPELINE;
}
