/* layout.h - where an interpreter keeps what a stack is made of.
 *
 *   thread state ─(C frame)─▶ frame ─previous─▶ frame …      each frame ─▶ code object ─▶ file, name, table of lines
 *
 * Shape   offsets in bytes, NO_FIELD where a version has no such field. 3.8 to 3.12 by table (layouts.h), from 3.13 on as
 *         the interpreter tells in _PyRuntime. A wrong one is found by the check at the start (loopsafe_probe.py).
 * Errors  an unknown version is false. */
#ifndef LOOPSAFE_PROBE_LAYOUT_H
#define LOOPSAFE_PROBE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NO_FIELD = 0xffff };

/* How a table of lines is written. */
typedef enum LineFormat { LINES_PAIRS, LINES_RANGES, LINES_LOCATIONS } LineFormat; /* -3.9, 3.10, 3.11- */

typedef struct Layout {
    uint16_t thread_frame;
    uint16_t cframe_frame; /* thread_frame leads to a C frame, where this is the frame, then the one before */
    uint16_t frame_previous, frame_code;
    uint16_t frame_instruction; /* pointer to the instruction; before 3.11 an int, the index of it */
    uint16_t frame_owner;       /* a byte: who made the frame; OWNER_NATIVE and above are none of Python's */
    uint16_t code_file, code_name, code_lines, code_first;
    uint16_t code_start;  /* of the instructions; NO_FIELD: frame_instruction is an index */
    uint16_t wide_header; /* bytes before the text of a string that is not ASCII */
    uint16_t ascii_header;
    uint16_t kind_shift;  /* of the bits that say how a string is stored */
    uint16_t index_bytes; /* of one step of the index */
    LineFormat lines;
    size_t frame_bytes, code_bytes; /* that have to be read for all fields */
} Layout;

enum {
    OWNER_NATIVE = 3,
    /* Since 3.8 the same in all versions without tracing of references. */
    OBJECT_TYPE = 8,
    SIZED_COUNT = 16,
    BYTES_START = 32,
    TEXT_STATE = 32
};

/* version as PY_VERSION_HEX; ascii: a string object of ASCII letters, just made. */
bool layout_find(Layout *layout, uint32_t version, const void *ascii);

#endif
