/* process_call.h - the arguments of a call that runs a program, as far as the asynchronous form has them.
 *
 *   subprocess.run(["ls", path], capture_output=True, text=True, check=True)
 *                  command       piped                decoded    checked
 *
 * Shape   texts are those of the file. */
#ifndef LOOPSAFE_FIXES_PROCESS_CALL_H
#define LOOPSAFE_FIXES_PROCESS_CALL_H

#include "fixes/twin_edit.h"

/* What the call gives. */
typedef enum ProcessGives {
    GIVES_RESULT, /* an object with returncode, stdout, stderr */
    GIVES_CODE,   /* the return code */
    GIVES_OUTPUT, /* the text that the program wrote */
    GIVES_STATUS  /* the status as the system packs it */
} ProcessGives;

typedef struct ProcessCall {
    ProcessGives gives;
    NodeId command;
    bool shell, checked, decoded;
    bool pipes_out, pipes_err, pipes_in; /* read and written by communicate */
    Str input;                           /* what is written to it; empty: nothing */
    Str encoding;                        /* arguments of decode(): `"latin-1"`; empty: none */
    Str passed;                          /* other keywords, each with ", " before it */
} ProcessCall;

/* The path is a function that runs a program and waits for it. */
bool process_is_call(Str path);
/* Reads the call, or refuses with the argument that has no equivalent. */
bool process_read(Draft *draft, const Spot *spot, Str path, ProcessCall *call);

#endif
