/* layouts.h - where CPython keeps what a stack is made of; rows made by scripts/interpreter-layout, compared with the
 * interpreters' own headers by tests/verify/layouts.py. Included by layout.c alone.
 *
 * LAYOUT(major, minor, thread_frame, cframe_frame, frame_previous, frame_code, frame_instruction, frame_owner,
 *        code_file, code_name, code_lines, code_first, code_start, wide_header) */
LAYOUT(3, 8, 24, NO_FIELD, 24, 32, 104, NO_FIELD, 104, 112, 120, 40, NO_FIELD, 72)
LAYOUT(3, 9, 24, NO_FIELD, 24, 32, 104, NO_FIELD, 104, 112, 120, 40, NO_FIELD, 72)
LAYOUT(3, 10, 24, NO_FIELD, 24, 32, 96, NO_FIELD, 104, 112, 120, 40, NO_FIELD, 72)
LAYOUT(3, 11, 56, 8, 48, 32, 56, NO_FIELD, 112, 128, 136, 72, 184, 72)
LAYOUT(3, 12, 56, 0, 8, 0, 56, 70, 112, 128, 136, 68, 192, 56)
