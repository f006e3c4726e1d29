#include "server/actions.h"

#include "server/diagnostics.h"
#include "server/edits.h"
#include "server/locate.h"
#include "server/params.h"

#include "base/limits.h"

#include "base/banned.h"

/* One question, with the answer as it is written. */
typedef struct Question {
    Server *server;
    Run *run;
    JsonOut *out;
    const cJSON *only; /* kinds that are asked for, or NULL: any */
    ClientPosition start, end;
    Str path; /* absolute */
} Question;

/* `source` asks for `source.fixAll` and what is below it. */
static bool kind_covers(Str asked, Str kind)
{
    if (!asked.len || str_equal(asked, kind)) return true;
    return str_starts(kind, asked) && kind.ptr[asked.len] == '.';
}

static bool is_asked_for(const Question *question, const char *kind)
{
    if (!cJSON_IsArray(question->only)) return true;
    for (const cJSON *item = question->only->child; item; item = item->next)
        if (cJSON_IsString(item) && kind_covers(str_from(item->valuestring), str_from(kind))) return true;
    return false;
}

static bool is_before(ClientPosition one, ClientPosition other)
{
    return one.line < other.line || (one.line == other.line && one.character < other.character);
}

/* The finding's place and the range have a character or an end in common. */
static bool is_in_range(const Question *question, const Finding *finding)
{
    const RunText *text = run_text(question->run, finding->place.path);
    PositionEncoding encoding = question->server->client.encoding;
    ClientPosition start = locate_position(text, finding->place.start, encoding);
    ClientPosition end = locate_position(text, finding->place.end, encoding);
    return !is_before(end, question->start) && !is_before(question->end, start);
}

/* --- one fix --- */

static void write_text(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    json_out_str(out, text);
}

/* The title, and what the user should know before choosing it. */
static void write_title(JsonOut *out, const Fix *fix)
{
    Buf title;
    buf_init(&title);
    buf_add(&title, fix->title);
    if (fix->applicability == APPLICABILITY_UNSAFE) buf_add_text(&title, " (unsafe)");
    for (size_t i = 0; i < fix->package_count; i++) {
        buf_add_text(&title, i ? ", " : "; needs ");
        buf_add(&title, fix->packages[i]);
    }
    write_text(out, "title", buf_str(&title));
    buf_free(&title);
}

static void write_fixed(const Question *question, const Finding *finding)
{
    json_out_key(question->out, "diagnostics");
    json_out_open(question->out, '[');
    diagnostic_write(question->server, question->out, question->run, finding);
    json_out_close(question->out, ']');
}

static void write_fix(const Question *question, const Finding *finding, const Fix *fix, bool is_first,
                      const Edits *edits)
{
    JsonOut *out = question->out;
    json_out_open(out, '{');
    write_title(out, fix);
    write_text(out, "kind", STR("quickfix"));
    write_fixed(question, finding);
    if (question->server->client.prefers && is_first && fix->applicability == APPLICABILITY_SAFE) {
        json_out_key(out, "isPreferred");
        json_out_bool(out, true);
    }
    edits_write(question->server, out, question->run, edits);
    json_out_close(out, '}');
}

/* True: it was written. */
static bool offer_fix(const Question *question, const Finding *finding, const Fix *fix, bool is_first)
{
    Edits edits = {0};
    bool is_offered = fix->edit_count && fix->applicability != APPLICABILITY_DISPLAY &&
                      edits_add(&edits, fix) && edits_are_current(question->server, question->run, &edits);
    if (is_offered) write_fix(question, finding, fix, is_first, &edits);
    edits_free(&edits);
    return is_offered;
}

static void offer_fixes(const Question *question, const Finding *finding)
{
    bool is_first = true;
    for (size_t i = 0; i < finding->fix_count; i++)
        if (offer_fix(question, finding, &finding->fixes[i], is_first)) is_first = false;
}

/* --- all of them --- */

static const Fix *safe_fix(const Finding *finding)
{
    for (size_t i = 0; i < finding->fix_count; i++)
        if (finding->fixes[i].edit_count && finding->fixes[i].applicability == APPLICABILITY_SAFE)
            return &finding->fixes[i];
    return NULL;
}

/* The fix has no edit of a file that is no longer what it was. */
static bool is_current(const Question *question, const Fix *fix)
{
    Edits alone = {0};
    bool current = edits_add(&alone, fix) && edits_are_current(question->server, question->run, &alone);
    edits_free(&alone);
    return current;
}

static Edits all_safe_edits(const Question *question)
{
    const Result *result = run_result(question->run);
    Edits edits = {0};
    for (size_t i = 0; i < result->finding_count; i++) {
        const Finding *finding = &result->findings[i];
        const Fix *fix = safe_fix(finding);
        if (!fix || !run_means(question->run, finding->place.path, question->path)) continue;
        /* What gets in the way of another one is for the next time. */
        if (is_current(question, fix) && !edits_add(&edits, fix)) continue;
    }
    return edits;
}

static void offer_all(const Question *question)
{
    JsonOut *out = question->out;
    Edits edits = all_safe_edits(question);
    if (edits.items.count) {
        json_out_open(out, '{');
        write_text(out, "title", STR("loopsafe: apply all safe fixes"));
        write_text(out, "kind", STR(ACTION_FIX_ALL));
        edits_write(question->server, out, question->run, &edits);
        json_out_close(out, '}');
    }
    edits_free(&edits);
}

/* --- the answer --- */

static void write_actions(const Question *question)
{
    const Result *result = run_result(question->run);
    for (size_t i = 0; is_asked_for(question, "quickfix") && i < result->finding_count; i++) {
        const Finding *finding = &result->findings[i];
        if (finding->fix_count && run_means(question->run, finding->place.path, question->path) &&
            is_in_range(question, finding))
            offer_fixes(question, finding);
    }
    if (is_asked_for(question, ACTION_FIX_ALL)) offer_all(question);
}

static const Document *document_of(const Server *server, const cJSON *params)
{
    Str uri;
    if (!params_text(params, "textDocument.uri", &uri)) return NULL;
    return document_find(&server->documents, uri);
}

/* run NULL: nothing is known of the document. */
static void answer(Server *server, const cJSON *id, const cJSON *params, const Document *document, Run *run)
{
    Question question = {.server = server, .run = run, .only = params_get(params, "context.only")};
    if (!params_position(params, "range.start", &question.start) ||
        !params_position(params, "range.end", &question.end)) {
        wire_error(&server->wire, id, WIRE_INVALID_PARAMS, "textDocument/codeAction without a range");
        return;
    }
    question.out = wire_result(&server->wire, id);
    json_out_open(question.out, '[');
    if (run && server->client.takes_actions) {
        question.path = buf_str(&document->path);
        write_actions(&question);
    }
    json_out_close(question.out, ']');
    wire_send(&server->wire);
}

/* The analysis of the document as it is now; *pending: there will be one. */
static Run *run_of(const Server *server, const Document *document, bool *pending)
{
    const Root *root = document ? root_find(&server->roots, buf_str(&document->path)) : NULL;
    *pending = root && (root->is_due || server->running_root == root);
    bool is_known = root && root->latest && server_is_current(root->latest, document);
    return is_known && !*pending ? root->latest : NULL;
}

/* An answer now; false: it has to wait. */
static bool try_answer(Server *server, const cJSON *id, const cJSON *params)
{
    bool pending;
    const Document *document = document_of(server, params);
    Run *run = run_of(server, document, &pending);
    if (!run && pending) return false;
    answer(server, id, params, document, run);
    return true;
}

/* A person asked, or a save waits: not the editor by itself, at every step of the cursor. */
static bool is_wanted_now(const cJSON *params)
{
    enum { TRIGGER_AUTOMATIC = 2 };
    int64_t trigger;
    bool is_told = params_integer(params, "context.triggerKind", &trigger);
    return !is_told || trigger != TRIGGER_AUTOMATIC;
}

void actions_ask(Server *server, const cJSON *id, const cJSON *params)
{
    if (try_answer(server, id, params)) return;
    if (server->waiting.count >= LIMIT_PENDING_REQUESTS) {
        wire_error(&server->wire, id, WIRE_CONTENT_MODIFIED, "too many requests wait for an analysis");
        return;
    }
    const Document *document = document_of(server, params);
    Root *root = root_find(&server->roots, buf_str(&document->path));
    if (root->is_due && is_wanted_now(params)) root_want(root, 0);
    Waiting waiting = {cJSON_Duplicate(id, true), cJSON_Duplicate(params, true)};
    vec_add(&server->waiting, waiting);
}

static void forget(Waiting *waiting)
{
    cJSON_Delete(waiting->id);
    cJSON_Delete(waiting->params);
}

void actions_settle(Server *server)
{
    size_t kept = 0;
    for (size_t i = 0; i < server->waiting.count; i++) {
        Waiting waiting = server->waiting.items[i];
        if (try_answer(server, waiting.id, waiting.params))
            forget(&waiting);
        else
            server->waiting.items[kept++] = waiting;
    }
    server->waiting.count = kept;
}

void actions_cancel(Server *server, const cJSON *id)
{
    size_t kept = 0;
    for (size_t i = 0; i < server->waiting.count; i++) {
        Waiting waiting = server->waiting.items[i];
        if (!cJSON_Compare(waiting.id, id, true)) {
            server->waiting.items[kept++] = waiting;
            continue;
        }
        wire_error(&server->wire, waiting.id, WIRE_CANCELLED, "cancelled");
        forget(&waiting);
    }
    server->waiting.count = kept;
}

void actions_drop(Server *server)
{
    for (size_t i = 0; i < server->waiting.count; i++)
        forget(&server->waiting.items[i]);
    vec_free(&server->waiting);
}
