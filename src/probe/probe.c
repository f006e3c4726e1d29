#define _GNU_SOURCE
#include "probe/probe.h"

#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dlfcn.h>

#include "probe/asker.h"
#include "probe/next.h"
#include "probe/python.h"
#include "probe/walk.h"
#include "probe/watchdog.h"

#include "base/banned.h"

Probe probe;

static bool is_said(const ProbeHeader *area, const char *text)
{
    for (size_t i = 0; i < PROBE_NOTICES; i++) {
        const ProbeNotice *notice = &area->notices[i];
        if (atomic_load(&notice->ready) && !strncmp(notice->text, text, sizeof notice->text - 1)) return true;
    }
    return false;
}

void probe_notice(const char *text)
{
    ProbeHeader *area = probe.area;
    if (!area || is_said(area, text) || atomic_load(&area->notice_count) >= PROBE_NOTICES) return;
    uint32_t place = atomic_fetch_add(&area->notice_count, 1);
    if (place >= PROBE_NOTICES) return;
    snprintf(area->notices[place].text, sizeof area->notices[place].text, "%s", text);
    atomic_store(&area->notices[place].ready, 1);
}

/* --- as a library: nothing is touched before Python arms the probe --- */

static void in_child(void)
{
    lane_forget();
    probe.area = NULL;
}

__attribute__((constructor)) static void begin(void)
{
    next_find_all();
    pthread_atfork(NULL, NULL, in_child);
}

/* --- the shared memory --- */

static bool header_is_whole(const ProbeHeader *header, size_t size)
{
    return header->magic == PROBE_MAGIC && header->version == PROBE_VERSION && header->size == size &&
           header->records_at + (uint64_t)header->record_capacity * sizeof(ProbeRecord) <= size &&
           header->frames_at + (uint64_t)header->frame_capacity * sizeof(ProbeFrame) <= size &&
           header->stacks_at + (uint64_t)header->stack_capacity * sizeof(uint32_t) <= size &&
           header->texts_at + header->text_capacity <= size;
}

static ProbeHeader *area_map(int descriptor)
{
    struct stat state;
    if (fstat(descriptor, &state) != 0 || (size_t)state.st_size < sizeof(ProbeHeader)) return NULL;
    size_t size = (size_t)state.st_size;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (memory == MAP_FAILED) return NULL;
    if (header_is_whole(memory, size)) return memory;
    munmap(memory, size);
    return NULL;
}

/* The descriptor and its variable are gone then: a child that is started does not find them. */
static ProbeHeader *area_take(void)
{
    const char *text = getenv(PROBE_FD_VARIABLE);
    char *end = NULL;
    long descriptor = text ? strtol(text, &end, 10) : -1;
    if (!text || end == text || *end || descriptor < 0 || descriptor > INT32_MAX) return NULL;
    ProbeHeader *header = area_map((int)descriptor);
    unsetenv(PROBE_FD_VARIABLE);
    if (header) close((int)descriptor);
    return header;
}

/* --- the interpreter's code in memory: who waits on a condition from in there waits for the GIL --- */

static int find_segment(struct dl_phdr_info *object, size_t size, void *address_pointer)
{
    (void)size;
    uintptr_t address = *(const uintptr_t *)address_pointer;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD || address < start || address >= start + part->p_memsz) continue;
        probe.interpreter_start = start;
        probe.interpreter_end = start + part->p_memsz;
        return 1;
    }
    return 0;
}

static void find_interpreter(void)
{
    uintptr_t address = (uintptr_t)dlsym(RTLD_DEFAULT, "PyEval_SaveThread");
    if (address) dl_iterate_phdr(find_segment, &address);
}

/* --- what Python calls --- */

static int fail(char *trouble, size_t size, const char *text)
{
    snprintf(trouble, size, "%s", text);
    return -1;
}

int loopsafe_probe_arm(uint32_t version, const void *code_type, const void *ascii, char *trouble, size_t size)
{
    if (probe.area) return fail(trouble, size, "the probe is armed already");
    ProbeHeader *header = area_take();
    if (!header) return fail(trouble, size, PROBE_FD_VARIABLE " names no memory of loopsafe");
    if (!store_open(&probe.store, header)) return fail(trouble, size, "no memory for the probe");
    probe.pid = getpid();
    probe.code_type = (uint64_t)(uintptr_t)code_type;
    find_interpreter();
    atomic_store(&header->python_version, version);
    probe.area = header;
    return layout_find(&probe.layout, version, ascii);
}

static size_t write_frame(const ProbeFrame *frame, char *text, size_t size)
{
    const char *texts = probe.store.texts;
    int length =
        snprintf(text, size, "%s\t%s\t%u\n", texts + frame->file, texts + frame->function, frame->line1);
    return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

size_t loopsafe_probe_walk(const void *thread_state, char *text, size_t size)
{
    uint32_t frames[LIMIT_PROBE_DEPTH];
    store_lock(&probe.store);
    size_t count = walk_frames((uint64_t)(uintptr_t)thread_state, frames, LIMIT_PROBE_DEPTH), length = 0;
    for (size_t i = 0; i < count; i++)
        length += write_frame(&probe.store.frames[frames[i]], text + length, size - length);
    store_unlock(&probe.store);
    return length;
}

int loopsafe_probe_mode(int mode, const char *notice)
{
    if (*notice) probe_notice(notice);
    if (mode == PROBE_MODE_FRAMES && !watchdog_signal()) {
        probe_notice("all real-time signals are taken: the probe asks the interpreter where it computes");
        mode = PROBE_MODE_WATCHDOG;
    }
    if (mode == PROBE_MODE_WATCHDOG && !asker_ready())
        probe_notice("this interpreter can be neither read nor asked: stalls have no lines");
    atomic_store(&probe.area->mode, (uint32_t)mode);
    return mode;
}

void loopsafe_probe_enter(const void *thread_state, unsigned long identity, int selector)
{
    if (!probe.area) return;
    int32_t none = 0;
    atomic_compare_exchange_strong(&probe.area->pid, &none, (int32_t)probe.pid);
    watchdog_start();
    if (!lane_enter((uint64_t)(uintptr_t)thread_state, identity, selector))
        probe_notice("more loops at once than the probe has room for: some are not watched");
}

void loopsafe_probe_wait(void)
{
    Lane *lane = lane_own();
    if (lane) lane_tick_end(lane);
}

void loopsafe_probe_wake(void)
{
    Lane *lane = lane_own();
    if (lane && atomic_load(&lane->state) == LANE_IDLE) lane_tick_begin(lane);
}

void loopsafe_probe_leave(void)
{
    if (probe.area) lane_leave();
}
