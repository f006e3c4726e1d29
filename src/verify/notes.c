#define _GNU_SOURCE
#include "verify/notes.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "verify/words.h"

#include "base/banned.h"

static void add_once(Arena *arena, NoteList *list, Str line)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->items[i], line)) return;
    vec_add(list, str_copy(arena, line));
}

static const Str *taken(Arena *arena, NoteList *list, size_t *count)
{
    Str *lines = arena_array(arena, list->count, sizeof *lines);
    for (size_t i = 0; i < list->count; i++)
        lines[i] = list->items[i];
    *count = list->count;
    vec_free(list);
    return lines;
}

void notes_begin(Notes *notes, Arena *arena, Run *run)
{
    *notes = (Notes){.arena = arena};
    char date[32] = "";
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts)) strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
    run->started = str_copy(arena, str_from(date));
    struct utsname name;
    if (uname(&name) == 0)
        run->machine = str_format(arena, "%s %s, %s, %ld processors", name.sysname, name.release,
                                  name.machine, sysconf(_SC_NPROCESSORS_ONLN));
    run->version = STR(LOOPSAFE_VERSION);
}

static const char *mode_words(const ProbeArea *area)
{
    switch ((ProbeMode)atomic_load(&area->header->mode)) {
    case PROBE_MODE_NONE:
        return "no loop seen";
    case PROBE_MODE_FRAMES:
        return "frames read from memory";
    case PROBE_MODE_WATCHDOG:
        return "watchdog";
    }
    return "unknown";
}

void notes_host(Notes *notes, const Host *host, Run *run)
{
    run->python = str_copy(notes->arena, host->python);
    run->framework = str_copy(notes->arena, host->framework);
    run->server = str_copy(notes->arena, host->server);
    run->loop = str_copy(notes->arena, host->loop);
    run->probe = str_from(mode_words(&host->area));
    for (size_t i = 0; i < probe_area_notice_count(&host->area); i++) {
        Str notice = probe_area_notice(&host->area, i);
        if (notice.len) notes_add(notes, str_join(notes->arena, STR("probe: "), notice, STR("")));
    }
    for (size_t i = 0; i < host->stubs.count; i++)
        add_once(notes->arena, &notes->stubs, host->stubs.items[i]);
    for (size_t i = 0; i < host->notices.count; i++)
        notes_add(notes, host->notices.items[i]);
}

/* "PUT /orders: writes, …": who, and why. */
static Str left_out_name(Str words)
{
    size_t end = str_find(words, STR(": "));
    return str_part(words, 0, end == SIZE_MAX ? words.len : end);
}

static Str left_out_reason(Str words)
{
    return str_drop(words, left_out_name(words).len);
}

static size_t first_with_reason(const Requests *requests, Str reason)
{
    for (size_t i = 0;; i++)
        if (str_equal(left_out_reason(requests->left_out[i]), reason)) return i;
}

/* All that have one reason are one notice. */
static void add_left_out(Notes *notes, const Requests *requests, size_t first)
{
    Str reason = left_out_reason(requests->left_out[first]);
    VEC(Str) names = {0};
    for (size_t i = first; i < requests->left_out_count; i++)
        if (str_equal(left_out_reason(requests->left_out[i]), reason))
            vec_add(&names, left_out_name(requests->left_out[i]));
    Str who = words_list(notes->arena, names.items, names.count);
    notes_add(notes, str_join(notes->arena, STR("not asked: "), who, reason));
    vec_free(&names);
}

void notes_left_out(Notes *notes, const Requests *requests, size_t files)
{
    if (requests->http2_count)
        notes_add(notes,
                  str_format(notes->arena,
                             "%zu request%s recorded over HTTP/2, which is not driven: asked over HTTP/1.1",
                             requests->http2_count, requests->http2_count == 1 ? " was" : "s were"));
    for (size_t i = 0; i < requests->left_out_count; i++)
        if (first_with_reason(requests, left_out_reason(requests->left_out[i])) == i)
            add_left_out(notes, requests, i);
    if (files)
        notes_add(notes,
                  str_format(notes->arena,
                             "%zu file%s not copied: no plain files, links out of the tree, or unreadable",
                             files, files == 1 ? " was" : "s were"));
}

void notes_refused(Notes *notes, const ProbeArea *area)
{
    size_t count = probe_area_count(area);
    for (size_t i = 0; i < count; i++) {
        const ProbeRecord *record = probe_area_record(area, i);
        if (atomic_load(&record->kind) != PROBE_REFUSED) continue;
        Str place = probe_area_text(area, record->text);
        notes_add(notes, str_join(notes->arena, STR("refused: a connection to "), place, STR("")));
    }
}

/* Loops that were entered, one a thread, and those of them that have never come back to wait. */
static void count_loops(const ProbeArea *area, size_t *loops, size_t *stuck)
{
    static const uint64_t same_ns = 1000000; /* between entering and the first tick's start */
    static const uint64_t long_ns = 200000000;
    uint64_t open_ns[PROBE_LANES], now_ns = clock_now_ns();
    bool known[PROBE_LANES] = {false};
    probe_area_open_ticks(area, open_ns);
    for (size_t i = 0; i < probe_area_count(area); i++) {
        const ProbeRecord *record = probe_area_record(area, i);
        if (atomic_load(&record->kind) != PROBE_LOOP || record->lane >= PROBE_LANES || record->for_ns)
            continue;
        uint64_t open = open_ns[record->lane];
        *loops += !known[record->lane];
        *stuck += open >= record->at_ns && open - record->at_ns < same_ns && now_ns - open > long_ns;
        known[record->lane] = true;
    }
}

void notes_loops(Notes *notes, const ProbeArea *area)
{
    size_t loops = 0, stuck = 0;
    count_loops(area, &loops, &stuck);
    if (!loops) notes_add(notes, STR("no event loop was seen: what holds one up is not measured"));
    if (loops > 1)
        notes_add(notes,
                  str_format(notes->arena, "%zu threads run event loops: each is watched by itself", loops));
    if (stuck)
        notes_add(
            notes,
            str_format(notes->arena,
                       "%zu of %zu event loops never came back to wait, or waits in a way that the probe "
                       "does not see: its stalls are not measured",
                       stuck, loops));
}

/* Libraries that the user's environment puts in front of all programs. */
void notes_preload(Notes *notes, const Str *wanted, size_t wanted_count)
{
    const char *preload = getenv("LD_PRELOAD");
    if (!preload || !*preload) return;
    for (size_t i = 0; i < wanted_count; i++)
        if (str_equal(str_before(wanted[i], '='), STR("LD_PRELOAD"))) return;
    notes_add(
        notes,
        str_format(notes->arena,
                   "LD_PRELOAD of this environment is not handed on (%.200s): --env LD_PRELOAD loads it "
                   "behind the probe",
                   preload));
}

void notes_outside(Notes *notes, const Outside *outside)
{
    const Str *lines;
    size_t count = outside_lines(outside, notes->arena, &lines);
    for (size_t i = 0; i < count; i++)
        add_once(notes->arena, &notes->stand_ins, lines[i]);
}

void notes_masks(Notes *notes, const Differences *differences)
{
    size_t count;
    const Str *masks = differences_masks(differences, &count);
    for (size_t i = 0; i < count; i++)
        add_once(notes->arena, &notes->masks, masks[i]);
}

void notes_add(Notes *notes, Str notice)
{
    add_once(notes->arena, &notes->notices, notice);
}

void notes_take(Notes *notes, Run *run)
{
    run->stand_ins = taken(notes->arena, &notes->stand_ins, &run->stand_in_count);
    run->stubs = taken(notes->arena, &notes->stubs, &run->stub_count);
    run->masks = taken(notes->arena, &notes->masks, &run->mask_count);
    run->notices = taken(notes->arena, &notes->notices, &run->notice_count);
}
