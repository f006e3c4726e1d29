/* probe_run.c - runs a program under the probe and prints what the probe has written, a JSON object a line.
 *
 *   probe_run PROBE.so STALL_US CALL_US SAMPLE_US OUT.jsonl COMMAND ARGUMENTS...
 *
 * The header comes first ("mode", "notice", counters), then the records in their order, stacks as [file, function, line],
 * innermost first. Exit code: the program's, 128 + n after signal n. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "probe/call_name.h"
#include "runtime/area.h"

#include "base/banned.h"

static const char *const kinds[] = {"empty", "tick", "call", "sample", "gil", "refused", "routed", "loop"};

static cJSON *text_json(Str text)
{
    char *copy = strndup(text.ptr, text.len);
    cJSON *json = cJSON_CreateString(copy ? copy : "");
    free(copy);
    return json;
}

static cJSON *stack_json(const ProbeArea *area, uint32_t stack)
{
    cJSON *frames = cJSON_CreateArray();
    for (size_t i = 0; i < probe_area_depth(area, stack); i++) {
        ProbeFrame frame = probe_area_frame(area, stack, i);
        cJSON *json = cJSON_CreateArray();
        cJSON_AddItemToArray(json, text_json(probe_area_text(area, frame.file)));
        cJSON_AddItemToArray(json, text_json(probe_area_text(area, frame.function)));
        cJSON_AddItemToArray(json, cJSON_CreateNumber(frame.line1));
        cJSON_AddItemToArray(frames, json);
    }
    return frames;
}

static cJSON *record_json(const ProbeArea *area, const ProbeRecord *record)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "kind", kinds[record->kind]);
    cJSON_AddNumberToObject(json, "lane", record->lane);
    cJSON_AddNumberToObject(json, "tick", (double)record->tick);
    cJSON_AddNumberToObject(json, "at_ns", (double)record->at_ns);
    cJSON_AddNumberToObject(json, "for_ns", (double)record->for_ns);
    if (record->kind == PROBE_CALL) cJSON_AddStringToObject(json, "call", probe_call_name(record->call));
    if (record->kind == PROBE_SAMPLE) cJSON_AddBoolToObject(json, "assumed", record->call != 0);
    if (record->text) cJSON_AddItemToObject(json, "text", text_json(probe_area_text(area, record->text)));
    if (record->stack) cJSON_AddItemToObject(json, "stack", stack_json(area, record->stack));
    if (record->kind != PROBE_TICK) return json;
    cJSON_AddNumberToObject(json, "blocked_us", record->blocked_us);
    cJSON_AddNumberToObject(json, "gil_us", record->gil_us);
    cJSON_AddNumberToObject(json, "cpu_us", record->cpu_us);
    cJSON_AddNumberToObject(json, "runqueue_us", record->runqueue_us);
    return json;
}

/* All of them, as one text. */
static cJSON *notices_json(const ProbeArea *area)
{
    Buf all;
    buf_init(&all);
    for (size_t i = 0; i < probe_area_notice_count(area); i++) {
        if (i) buf_add_text(&all, "; ");
        buf_add(&all, probe_area_notice(area, i));
    }
    cJSON *json = text_json(buf_str(&all));
    buf_free(&all);
    return json;
}

static cJSON *header_json(const ProbeArea *area)
{
    ProbeHeader *header = area->header;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "mode", header->mode);
    cJSON_AddItemToObject(json, "notice", notices_json(area));
    cJSON_AddNumberToObject(json, "pid", header->pid);
    cJSON_AddNumberToObject(json, "lost", (double)header->lost);
    cJSON_AddNumberToObject(json, "ticks", (double)header->ticks);
    cJSON_AddNumberToObject(json, "calls", (double)header->calls);
    cJSON_AddNumberToObject(json, "samples", (double)header->samples);
    cJSON_AddNumberToObject(json, "bad_samples", (double)header->bad_samples);
    cJSON_AddNumberToObject(json, "longest_tick_ns", (double)header->longest_tick_ns);
    cJSON *ticks = cJSON_AddArrayToObject(json, "tick_at_ns");
    for (size_t i = 0; i < PROBE_LANES; i++)
        cJSON_AddItemToArray(ticks, cJSON_CreateNumber((double)header->tick_at_ns[i]));
    return json;
}

static void print_json(FILE *out, cJSON *json)
{
    char *text = cJSON_PrintUnformatted(json);
    fprintf(out, "%s\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_area(FILE *out, const ProbeArea *area)
{
    print_json(out, header_json(area));
    for (size_t i = 0; i < probe_area_count(area); i++)
        if (probe_area_record(area, i)->kind) print_json(out, record_json(area, probe_area_record(area, i)));
}

static _Noreturn void run(const char *probe, int descriptor, char **command)
{
    char number[16];
    snprintf(number, sizeof number, "%d", descriptor);
    int kept = dup(descriptor); /* without the flag that closes it */
    snprintf(number, sizeof number, "%d", kept);
    setenv(PROBE_FD_VARIABLE, number, 1);
    setenv("LD_PRELOAD", probe, 1);
    execvp(command[0], command);
    fprintf(stderr, "probe_run: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static uint64_t nanoseconds(const char *text)
{
    return strtoull(text, NULL, 10) * 1000;
}

int main(int count, char **arguments)
{
    ProbeArea area;
    Fail fail = {0};
    if (count < 7) {
        fprintf(stderr, "usage: probe_run PROBE.so STALL_US CALL_US SAMPLE_US OUT.jsonl COMMAND...\n");
        return 2;
    }
    if (!probe_area_new(&area, &fail)) {
        fprintf(stderr, "probe_run: %s\n", fail.text);
        return 2;
    }
    probe_area_settings(&area, nanoseconds(arguments[2]), nanoseconds(arguments[3]),
                        nanoseconds(arguments[4]));
    pid_t child = fork();
    if (child == 0) run(arguments[1], area.descriptor, arguments + 6);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    FILE *out = fopen(arguments[5], "w");
    if (!out) {
        fprintf(stderr, "probe_run: %s: %s\n", arguments[5], strerror(errno));
        return 2;
    }
    print_area(out, &area);
    fclose(out);
    probe_area_free(&area);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
