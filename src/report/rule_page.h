/* rule_page.h - a code explained, as a page of Markdown. */
#ifndef LOOPSAFE_REPORT_RULE_PAGE_H
#define LOOPSAFE_REPORT_RULE_PAGE_H

#include "base/buf.h"
#include "rules/catalogue.h"

/* Calls of that effect are reported under the code. */
bool rule_has_effect(const Catalogue *catalogue, const CodeRule *rule, Effect effect);
void rule_page_add(Buf *page, const Catalogue *catalogue, const CodeRule *rule);

#endif
