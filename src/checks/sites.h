/* sites.h - findings at a statement of a function, for checks that have no effect and no reach to tell of.
 *
 * Owner   texts live in the run's results arena. */
#ifndef LOOPSAFE_CHECKS_SITES_H
#define LOOPSAFE_CHECKS_SITES_H

#include "checks/chain.h"

/* Where a finding stands: an expression of a statement of the instance's function. */
typedef struct Site {
    const Instance *instance;
    NodeId report, statement;
} Site;

/* A finding of the code with the function's name and nothing else. */
Finding site_finding(CheckRun *run, const char *code, const Site *site);
/* Names what is at fault, and where it stands in the instance. */
void site_sink(CheckRun *run, Finding *finding, const Instance *instance, NodeId node, Str name);
/* Adds the finding, or gives NULL: one for a statement. cheap: with --strict only. */
Report *site_add(CheckRun *run, Finding finding, const Site *site, bool cheap);
/* Runs once, as far as can be told: a command, start-up. */
bool site_runs_once(const CheckRun *run, const Instance *instance);

/* For "%.*s". */
#define SITE_STR(text) (int)(text).len, (text).ptr

#endif
