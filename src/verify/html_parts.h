/* html_parts.h - the sections of the page, in their order. Each writes nothing when it has nothing to say. */
#ifndef LOOPSAFE_VERIFY_HTML_PARTS_H
#define LOOPSAFE_VERIFY_HTML_PARTS_H

#include "verify/html_page.h"

/* The verdict in one sentence, counts of verdicts, the three numbers that changed. */
void html_add_banner(const Page *page);
/* What the analysis had said, worst verdict first. */
void html_add_findings(const Page *page);
/* Numbers before and after: one row a load. */
void html_add_endpoints(const Page *page);
/* One part an endpoint: timelines, distributions, what changed in its answers. */
void html_add_details(const Page *page);
/* What held the loop, with stacks; what nobody had foretold comes first. */
void html_add_stalls(const Page *page);
void html_add_predictions(const Page *page);
/* How it was measured: loads in words, stand-ins, stubs, masks, notices, versions, command. */
void html_add_conditions(const Page *page);

#endif
