#define _GNU_SOURCE
#include "probe/layout.h"

#include <dlfcn.h>
#include <string.h>

#include "base/banned.h"

/* --- the table --- */

typedef struct Row {
    uint32_t version; /* major and minor, as in PY_VERSION_HEX */
    Layout layout;
} Row;

#define LAYOUT(major, minor, frame, cframe, previous, code, instruction, owner, file, name, table, first,    \
               start, wide)                                                                                  \
    {.version = (major) << 8 | (minor),                                                                      \
     .layout = {.thread_frame = (frame),                                                                     \
                .cframe_frame = (cframe),                                                                    \
                .frame_previous = (previous),                                                                \
                .frame_code = (code),                                                                        \
                .frame_instruction = (instruction),                                                          \
                .frame_owner = (owner),                                                                      \
                .code_file = (file),                                                                         \
                .code_name = (name),                                                                         \
                .code_lines = (table),                                                                       \
                .code_first = (first),                                                                       \
                .code_start = (start),                                                                       \
                .wide_header = (wide)}},

static const Row rows[] = {
#include "probe/layouts.h"
};

static bool layout_from_table(Layout *layout, uint32_t minor_version)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].version != minor_version) continue;
        *layout = rows[i].layout;
        return true;
    }
    return false;
}

/* --- what the interpreter tells: 64-bit numbers, of which later versions have more --- */

typedef struct Told {
    uint32_t version;
    uint16_t thread_frame, frame_previous, frame_code, frame_instruction,
        frame_owner; /* positions in the numbers */
    uint16_t code_file, code_name, code_lines, code_first, code_start, object_type;
} Told;

enum { TOLD_NUMBERS = 64, TOLD_WITHOUT_GIL = 2 };

static const Told told[] = {{0x030d, 23, 29, 30, 31, 33, 35, 37, 38, 39, 43, 45},
                            {0x030e, 26, 32, 33, 34, 36, 40, 42, 43, 44, 48, 51}};

static uint16_t told_at(const uint64_t *numbers, uint16_t position)
{
    return numbers[position] < NO_FIELD ? (uint16_t)numbers[position] : NO_FIELD;
}

static Layout layout_told(const uint64_t *numbers, const Told *at)
{
    return (Layout){.thread_frame = told_at(numbers, at->thread_frame),
                    .cframe_frame = NO_FIELD,
                    .frame_previous = told_at(numbers, at->frame_previous),
                    .frame_code = told_at(numbers, at->frame_code),
                    .frame_instruction = told_at(numbers, at->frame_instruction),
                    .frame_owner = told_at(numbers, at->frame_owner),
                    .code_file = told_at(numbers, at->code_file),
                    .code_name = told_at(numbers, at->code_name),
                    .code_lines = told_at(numbers, at->code_lines),
                    .code_first = told_at(numbers, at->code_first),
                    .code_start = told_at(numbers, at->code_start),
                    .wide_header = 56};
}

static bool layout_from_interpreter(Layout *layout, uint32_t minor_version)
{
    const void *runtime = dlsym(RTLD_DEFAULT, "_PyRuntime");
    if (!runtime || memcmp(runtime, "xdebugpy", 8) != 0) return false;
    uint64_t numbers[TOLD_NUMBERS];
    memcpy(numbers, runtime, sizeof numbers);
    if (numbers[TOLD_WITHOUT_GIL]) return false; /* objects have other headers there */
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (told[i].version != minor_version || numbers[told[i].object_type] != OBJECT_TYPE) continue;
        *layout = layout_told(numbers, &told[i]);
        return true;
    }
    return false;
}

/* --- what follows from these --- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t end_of(uint16_t field)
{
    return field == NO_FIELD ? 0 : field + sizeof(void *);
}

static void layout_complete(Layout *layout, uint32_t minor_version)
{
    layout->lines = minor_version >= 0x030b   ? LINES_LOCATIONS
                    : minor_version == 0x030a ? LINES_RANGES
                                              : LINES_PAIRS;
    layout->index_bytes = minor_version >= 0x030a ? 2 : 1;
    layout->ascii_header = minor_version >= 0x030c ? 40 : 48;
    layout->frame_bytes = larger(larger(end_of(layout->frame_previous), end_of(layout->frame_code)),
                                 larger(end_of(layout->frame_instruction),
                                        layout->frame_owner == NO_FIELD ? 0 : layout->frame_owner + 1u));
    layout->code_bytes = larger(larger(end_of(layout->code_file), end_of(layout->code_name)),
                                larger(end_of(layout->code_lines), end_of(layout->code_first)));
}

/* The bits of an ASCII string are known: one byte a character, compact, ASCII. Where they stand differs. */
static bool layout_find_kind(Layout *layout, const void *ascii)
{
    static const uint16_t shifts[] = {2, 8, 16};
    uint32_t state;
    memcpy(&state, (const char *)ascii + TEXT_STATE, sizeof state);
    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        layout->kind_shift = shifts[i];
        if ((state >> shifts[i] & 31) == (1 | 1 << 3 | 1 << 4)) return true;
    }
    return false;
}

bool layout_find(Layout *layout, uint32_t version, const void *ascii)
{
    uint32_t minor_version = version >> 16;
    if (!layout_from_table(layout, minor_version) && !layout_from_interpreter(layout, minor_version))
        return false;
    layout_complete(layout, minor_version);
    return layout_find_kind(layout, ascii);
}
