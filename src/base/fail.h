/* fail.h - trouble with the user's set-up: a missing file, a bad table, a bad flag.
 *
 * Shape   one line, `path:line: what is wrong`; the first failure wins, later ones are dropped.
 * Owner   the Fail holds its own text.
 * Order   nobody below cli/ prints it. */
#ifndef LOOPSAFE_BASE_FAIL_H
#define LOOPSAFE_BASE_FAIL_H

#include <stdbool.h>
#include <stddef.h>

enum { FAIL_TEXT_BYTES = 1024 };

typedef struct Fail {
    bool failed;
    char text[FAIL_TEXT_BYTES]; /* cut at a character's border when it would be longer */
} Fail;

/* Records a failure of a place in a file; line1 0 leaves the line out, path NULL the place. Returns false, so
 * that a function can end with `return fail_at(...)`. */
__attribute__((format(printf, 4, 5))) bool fail_at(Fail *fail, const char *path, size_t line1,
                                                   const char *format, ...);

/* A defect of loopsafe itself: says where and ends the process with exit code 3. */
_Noreturn void bug(const char *file, const char *function, const char *what);
#define BUG(what) bug(__FILE__, __func__, (what))

#endif
