#define _GNU_SOURCE
#include "probe/walk.h"

#include <string.h>

#include "probe/lines.h"
#include "probe/memory.h"
#include "probe/probe.h"
#include "probe/pytext.h"

#include "base/banned.h"

enum { FRAME_BYTES_MOST = 256, CODE_BYTES_MOST = 512, POINTER_TAGS = 3 };

typedef struct RawFrame {
    uint64_t previous, code, instruction;
    bool native; /* made by the interpreter's own C code */
} RawFrame;

typedef struct RawCode {
    uint64_t type, file, name, lines;
    uint32_t first1;
} RawCode;

static uint64_t word_at(const char *bytes, uint16_t field)
{
    uint64_t word;
    memcpy(&word, bytes + field, sizeof word);
    return word;
}

static uint32_t half_word_at(const char *bytes, uint16_t field)
{
    uint32_t half_word;
    memcpy(&half_word, bytes + field, sizeof half_word);
    return half_word;
}

static bool frame_read(uint64_t address, RawFrame *frame)
{
    const Layout *layout = &probe.layout;
    char bytes[FRAME_BYTES_MOST];
    if (layout->frame_bytes > sizeof bytes || !memory_read(address, bytes, layout->frame_bytes)) return false;
    frame->previous = word_at(bytes, layout->frame_previous);
    frame->code = word_at(bytes, layout->frame_code) & ~(uint64_t)POINTER_TAGS;
    frame->instruction = layout->code_start == NO_FIELD ? half_word_at(bytes, layout->frame_instruction)
                                                        : word_at(bytes, layout->frame_instruction);
    frame->native = layout->frame_owner != NO_FIELD && bytes[layout->frame_owner] >= OWNER_NATIVE;
    return true;
}

static bool code_read(uint64_t address, RawCode *code)
{
    const Layout *layout = &probe.layout;
    char bytes[CODE_BYTES_MOST];
    if (layout->code_bytes > sizeof bytes || !memory_read(address, bytes, layout->code_bytes)) return false;
    *code = (RawCode){.type = word_at(bytes, OBJECT_TYPE),
                      .file = word_at(bytes, layout->code_file),
                      .name = word_at(bytes, layout->code_name),
                      .lines = word_at(bytes, layout->code_lines),
                      .first1 = half_word_at(bytes, layout->code_first)};
    return code->type == probe.code_type;
}

/* In bytes from the first instruction; negative: none has run. */
static int64_t instruction_offset(const RawFrame *frame)
{
    const Layout *layout = &probe.layout;
    if (layout->code_start != NO_FIELD)
        return (int64_t)(frame->instruction - (frame->code + layout->code_start));
    return (int64_t)(int32_t)(uint32_t)frame->instruction * layout->index_bytes;
}

static uint32_t name_of(uint64_t object)
{
    Store *store = &probe.store;
    size_t size = pytext_read(&probe.layout, object, store->text, sizeof store->text);
    return size ? store_text(store, store->text, size) : 0;
}

/* --- frames that were looked up before: a loop is found in the same few places --- */

/* The number of a frame plus one. Code that was freed and code that took its place are told apart by what they point to. */
static uint32_t frame_number(const RawFrame *raw)
{
    RawCode code;
    if (!code_read(raw->code, &code)) return 0;
    int64_t offset = instruction_offset(raw);
    FrameKey key = {raw->code, code.file, code.name, code.lines, offset, code.first1};
    KnownFrame *known = store_known(&probe.store, &key);
    if (known->number && memcmp(&known->key, &key, sizeof key) == 0) return known->number;
    ProbeFrame frame = {.file = name_of(code.file),
                        .function = name_of(code.name),
                        .line1 = line_of(probe.layout.lines, code.lines, code.first1, offset),
                        .first1 = code.first1};
    if (!frame.file) return 0;
    *known = (KnownFrame){key, store_frame(&probe.store, &frame)};
    return known->number;
}

/* --- from frame to frame --- */

static size_t walk_from(uint64_t address, uint32_t *frames, size_t capacity)
{
    size_t count = 0;
    for (size_t steps = 0; address && count < capacity && steps < 2 * LIMIT_PROBE_DEPTH; steps++) {
        RawFrame frame;
        if (!frame_read(address, &frame)) return 0;
        address = frame.previous;
        if (frame.native) continue;
        uint32_t number = frame_number(&frame);
        if (!number) return 0;
        frames[count++] = number - 1;
    }
    return count;
}

/* C code that is about to run a frame has a C frame of its own, in which the frame is put a moment later: until then what
 * the one before it has is the stack. */
static size_t walk_from_c_frame(uint64_t c_frame, uint32_t *frames, size_t capacity)
{
    uint16_t current = probe.layout.cframe_frame;
    uint64_t first, before;
    size_t count = memory_read_word(c_frame + current, &first) ? walk_from(first, frames, capacity) : 0;
    if (count || !memory_read_word(c_frame + current + sizeof(void *), &before)) return count;
    return memory_read_word(before + current, &first) ? walk_from(first, frames, capacity) : 0;
}

size_t walk_frames(uint64_t thread_state, uint32_t *frames, size_t capacity)
{
    const Layout *layout = &probe.layout;
    uint64_t first;
    if (!thread_state || !memory_read_word(thread_state + layout->thread_frame, &first)) return 0;
    return layout->cframe_frame == NO_FIELD ? walk_from(first, frames, capacity)
                                            : walk_from_c_frame(first, frames, capacity);
}

uint32_t walk_stack(uint64_t thread_state)
{
    Store *store = &probe.store;
    size_t count = walk_frames(thread_state, store->stack, LIMIT_PROBE_DEPTH);
    if (!count) atomic_fetch_add_explicit(&store->header->bad_samples, 1, memory_order_relaxed);
    return store_stack(store, store->stack, count);
}
