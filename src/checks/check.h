/* check.h - what a check is: one file check_NAME.c that exports `const Check check_NAME`; the build finds it.
 *
 * Shape   a check reads one analysed file and adds findings; detection is the program layer's, wording is here.
 * Owner   findings and their strings: the results arena of the run. */
#ifndef LOOPSAFE_CHECKS_CHECK_H
#define LOOPSAFE_CHECKS_CHECK_H

#include "base/vec.h"
#include "checks/finding.h"
#include "checks/subject.h"

/* A finding, and the rows on which a comment silences it. */
typedef struct Report {
    Finding finding;
    uint32_t first_row1, last_row1;
    bool cheap;                /* shown in strict mode only */
    const Module *sink_module; /* where the primitive is called; NULL: in the file itself */
    Subject subject;
} Report;

typedef struct CheckRun {
    const Program *program;
    const Unit *unit;
    uint32_t left_out;     /* bits of effects whose code nobody wants to see: weaker ones take their place */
    const char *runs_once; /* why all of the file runs once (a command-line module), or NULL */
    Arena *results;
    VEC(Report) reports;
} CheckRun;

typedef struct Check {
    const char *name;
    void (*run)(CheckRun *run);
} Check;

extern const Check *const checks[]; /* made by the build from src/checks/check_*.c */
extern const size_t check_count;

/* A place in any unit. */
Place check_place(const CheckRun *run, const Unit *unit, Span span);
/* The line on which the span starts, without its indentation. */
Str check_line(const CheckRun *run, const Unit *unit, Span span);
/* Fills what does not depend on the check: path, frame; adds the report, which the check may complete. */
Report *check_add(CheckRun *run, Finding finding, Span span, uint32_t first_row1, uint32_t last_row1,
                  bool cheap);
const CodeRule *check_code(const CheckRun *run, const char *code);

#endif
