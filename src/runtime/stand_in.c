#include "runtime/stand_in.h"

#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "runtime/companion.h"

#include "base/banned.h"

/* --- its start --- */

static void add_text(JsonOut *out, const char *key, const char *text)
{
    if (!text) return;
    json_out_key(out, key);
    json_out_str(out, str_from(text));
}

static void add_delays(JsonOut *out, const OutsidePlan *plan)
{
    json_out_key(out, "delays");
    json_out_open(out, '[');
    for (size_t i = 0; i < plan->rule_count; i++) {
        if (!plan->rules[i].host.len) continue;
        json_out_open(out, '{');
        json_out_key(out, "host");
        json_out_str(out, plan->rules[i].host);
        json_out_key(out, "delay_ns");
        json_out_number(out, plan->rules[i].delay_ns);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

/* The last rule without a host speaks for all others. */
static uint64_t usual_delay(const OutsidePlan *plan)
{
    uint64_t delay_ns = plan->delay_ns;
    for (size_t i = 0; i < plan->rule_count; i++)
        if (!plan->rules[i].host.len) delay_ns = plan->rules[i].delay_ns;
    return delay_ns;
}

static bool write_settings(const StandInPlan *plan, const char *path, const char *journal, Fail *fail)
{
    Buf buf;
    JsonOut out;
    buf_init(&buf);
    json_out_init(&out, &buf, true);
    json_out_open(&out, '{');
    add_text(&out, "routes", plan->routes);
    add_text(&out, "authority", plan->authority);
    add_text(&out, "journal", journal);
    add_text(&out, "answers", plan->outside->answers);
    add_text(&out, "postgres", plan->postgres);
    add_text(&out, "postgres_front", plan->postgres_front);
    json_out_key(&out, "postgres_port");
    json_out_number(&out, plan->postgres_port);
    json_out_key(&out, "delay_ns");
    json_out_number(&out, usual_delay(plan->outside));
    add_delays(&out, plan->outside);
    json_out_close(&out, '}');
    bool written = io_write_file(path, buf_str(&buf), fail);
    buf_free(&buf);
    return written;
}

static uint16_t port_at(const cJSON *told, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(told, key);
    return cJSON_IsNumber(item) ? (uint16_t)item->valueint : 0;
}

static bool read_ready(StandIn *stand_in, Str line, Fail *fail)
{
    cJSON *told = json_parse(line, "loopsafe-stand-in", fail);
    if (!told) return false;
    const cJSON *message = cJSON_GetObjectItemCaseSensitive(told, "message");
    if (cJSON_IsString(message)) fail_at(fail, NULL, 0, "%s", message->valuestring);
    stand_in->port = port_at(told, "port");
    stand_in->name_server = port_at(told, "name_server");
    stand_in->postgres = port_at(told, "postgres");
    cJSON_Delete(told);
    return !fail->failed;
}

bool stand_in_start(StandIn *stand_in, Arena *arena, const StandInPlan *plan, Fail *fail)
{
    const uint64_t patience_ns = 20000000000u;
    *stand_in = (StandIn){.process = {.control = -1}, .journal = {.file = -1}, .arena = arena};
    const char *program = companion_path(arena, "loopsafe-stand-in", fail);
    const char *settings = str_format(arena, "%s/stand-in.json", plan->folder).ptr;
    const char *journal = str_format(arena, "%s/journal", plan->folder).ptr;
    if (!program || !write_settings(plan, settings, journal, fail)) return false;
    if (!tail_open(&stand_in->journal, journal)) return fail_at(fail, journal, 0, "cannot be made");
    const char *arguments[] = {program, settings, NULL};
    const char *environment[] = {"LC_ALL=C", NULL};
    ProcessPlan process = {
        .arguments = arguments, .environment = environment, .folder = plan->folder, .control = true};
    if (!process_start(&stand_in->process, &process, fail)) return false;
    Str line = process_told(&stand_in->process, arena, patience_ns);
    if (line.ptr) return read_ready(stand_in, line, fail);
    process_end(&stand_in->process, 0);
    Str words = process_log_end(&stand_in->process, arena, 400);
    return fail_at(fail, NULL, 0, "the stand-in does not start; it said: %.*s", (int)words.len, words.ptr);
}

void stand_in_end(StandIn *stand_in)
{
    process_free(&stand_in->process);
    tail_close(&stand_in->journal);
    vec_free(&stand_in->counts);
}

/* --- the journal --- */

static Str take_word(Str *line)
{
    Str word = str_before(*line, ' ');
    *line = str_drop(*line, word.len < line->len ? word.len + 1 : word.len);
    return word;
}

static const char DIGITS[] = "0123456789abcdef";

/* A number to the base 10 or 16; digits that are none end it. */
static uint64_t read_number(Str text, unsigned base)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(DIGITS, text.ptr[i], base);
        if (!digit) break;
        number = number * base + (uint64_t)(digit - DIGITS);
    }
    return number;
}

static bool read_request(Arena *arena, Str line, OutsideCall *call, StandInCount *count)
{
    uint64_t at_ns = read_number(take_word(&line), 10), hash = read_number(take_word(&line), 16);
    uint64_t delay_ns = read_number(take_word(&line), 10);
    Str method = take_word(&line), host = take_word(&line), target = line;
    if (!target.len) return false;
    Str place = str_join(arena, str_equal(host, STR("-")) ? STR("") : host, target, STR(""));
    *call = (OutsideCall){.kind = STR("http"), .body_hash = hash, .at_ns = at_ns};
    call->text = str_join(arena, method, STR(" "), place);
    *count = (StandInCount){.host = host, .delay_ns = delay_ns, .count = 1};
    return true;
}

/* "a b" as "a, b" */
static Str with_commas(Arena *arena, Str words)
{
    Buf buf;
    buf_init(&buf);
    while (words.len) {
        if (buf.len) buf_add_text(&buf, ", ");
        buf_add(&buf, take_word(&words));
    }
    Str text = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    return text;
}

static bool read_mail(Arena *arena, Str line, OutsideCall *call, StandInCount *count)
{
    uint64_t at_ns = read_number(take_word(&line), 10), hash = read_number(take_word(&line), 16);
    uint64_t delay_ns = read_number(take_word(&line), 10);
    Str host = take_word(&line), from = take_word(&line);
    if (!line.len) return false;
    *call = (OutsideCall){.kind = STR("mail"), .body_hash = hash, .at_ns = at_ns};
    Str sender = str_join(arena, STR(" from "), from, str_join(arena, STR(" by "), host, STR("")));
    call->text = str_join(arena, STR("to "), with_commas(arena, line), sender);
    *count = (StandInCount){.host = host, .delay_ns = delay_ns, .count = 1, .is_mail = true};
    return true;
}

bool stand_in_line_read(Arena *arena, Str line, OutsideCall *call, StandInCount *count, uint64_t *due_ns)
{
    Str kind = take_word(&line);
    *call = (OutsideCall){0};
    *count = (StandInCount){0};
    *due_ns = 0;
    bool is_call = (str_equal(kind, STR("R")) && read_request(arena, line, call, count)) ||
                   (str_equal(kind, STR("M")) && read_mail(arena, line, call, count));
    if (is_call) *due_ns = call->at_ns + count->delay_ns;
    if (str_equal(kind, STR("T"))) {
        uint64_t at_ns = read_number(take_word(&line), 10);
        *due_ns = at_ns + read_number(line, 10);
    }
    if (is_call || !str_equal(kind, STR("O"))) return is_call;
    take_word(&line);
    Str host = take_word(&line);
    *count = (StandInCount){.host = host, .words = line, .count = 1};
    return line.len > 0;
}

static void add_count(StandIn *stand_in, const StandInCount *count)
{
    for (size_t i = 0; i < stand_in->counts.count; i++) {
        StandInCount *known = &stand_in->counts.items[i];
        bool same = known->delay_ns == count->delay_ns && known->is_mail == count->is_mail &&
                    str_equal(known->host, count->host) && str_equal(known->words, count->words);
        if (!same) continue;
        known->count += count->count;
        return;
    }
    if (stand_in->counts.count == LIMIT_STAND_IN_HOSTS) return;
    StandInCount kept = *count;
    kept.host = str_copy(stand_in->arena, count->host);
    kept.words = str_copy(stand_in->arena, count->words);
    vec_add(&stand_in->counts, kept);
}

void stand_in_calls(StandIn *stand_in, Calls *calls)
{
    if (!process_alive(&stand_in->process))
        stand_in->ended = process_how_ended(&stand_in->process, stand_in->arena);
    Str rest = tail_read(&stand_in->journal);
    while (rest.len) {
        Str line = str_before(rest, '\n');
        OutsideCall call;
        StandInCount count;
        uint64_t due_ns;
        if (stand_in_line_read(calls->arena, line, &call, &count, &due_ns)) {
            if (call.kind.len) vec_add(&calls->items, call);
            add_count(stand_in, &count);
        }
        if (due_ns > stand_in->busy_ns) stand_in->busy_ns = due_ns;
        rest = str_drop(rest, line.len < rest.len ? line.len + 1 : rest.len);
    }
}
