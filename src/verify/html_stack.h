/* html_stack.h - stacks on the page. Of a deep one the innermost frames are shown, and those of the project wherever they stand:
 * they are what a reader can change.
 *
 * Order   innermost first. */
#ifndef LOOPSAFE_VERIFY_HTML_STACK_H
#define LOOPSAFE_VERIFY_HTML_STACK_H

#include "verify/html_page.h"

/* As a list; at most LIMIT_HTML_FRAMES of the project and as many others. */
void stack_add(const Page *page, RunStack stack);
/* The same within a line of text, and shorter: LIMIT_HTML_TIP_FRAMES. */
void stack_add_short(const Page *page, RunStack stack);

#endif
