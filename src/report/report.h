/* report.h - findings as text: one Reporter a format.
 *
 *   Report (what a run found) ──▶ Reporter.write ──▶ Buf
 *
 * Shape   a view: a format adds nothing to the findings and leaves their order alone. One file report_NAME.c
 *         exports `const Reporter reporter_NAME`; the build makes the table of them.
 * Owner   a Report borrows everything; the text belongs to the caller's Buf.
 * Errors  none: writing the text out is the caller's.
 * Order   reporters by name of their file. */
#ifndef LOOPSAFE_REPORT_REPORT_H
#define LOOPSAFE_REPORT_REPORT_H

#include "base/buf.h"
#include "checks/finding.h"

/* What a run found and what it left out. */
typedef struct Report {
    const Finding *findings;
    size_t finding_count;
    size_t info_count;         /* findings of severity info that are not among them */
    size_t suppressed_count;   /* silenced by comments */
    size_t out_of_scope_count; /* files left out by scope */
} Report;

typedef struct ReportStyle {
    bool color;                 /* terminal colours; formats for programs ignore it */
    bool quiet;                 /* findings only, no footer */
    bool hides_fixes;           /* they were tried: what is left is not said to be fixable */
    bool unsafe_fixes;          /* those that are unsafe are said to be fixable, too */
    bool shows_run;             /* a run of `loopsafe verify` was asked about the findings */
    Str directory;              /* absolute; what relative paths are made absolute with */
    const Catalogue *catalogue; /* names of the codes; NULL: unknown */
} ReportStyle;

typedef struct Reporter {
    const char *name;    /* as typed after --output-format */
    bool for_people;     /* not a format that programs read */
    const char *summary; /* one line for people who choose a format */
    void (*write)(Buf *buf, const Report *report, const ReportStyle *style);
    /* How often each code was found instead of the findings. */
    void (*write_statistics)(Buf *buf, const Report *report, const ReportStyle *style);
} Reporter;

/* The fix that is said to be at hand: sure enough, with edits, of a finding that counts; or NULL. */
const Fix *report_fix(const Finding *finding, const ReportStyle *style);

/* Made by cmake/reporters.cmake. */
extern const Reporter *const reporters[];
extern const size_t reporter_count;

/* Names by index; NULL after the last. */
const char *reporter_name(size_t index);
/* NULL: no format has that name. */
const Reporter *reporter_find(Str name);

#endif
