/* Advice without edits: what is made for every request is made once, where the program starts. Where that is, and who closes
 * it, is for people to say. */
#include "fixes/shape.h"
#include "base/banned.h"

static void propose(Draft *draft)
{
    if (!str_equal(draft->report->finding.code, STR("LS409"))) return;
    draft_title(draft, "Make `%.*s` once, and share it", DRAFT_STR(draft->report->finding.sink));
    draft_note(draft, "in the lifespan of the application, which closes it at the end");
    draft_display(draft);
}

const FixShape fix_once = {.name = "once", .rank = RANK_MISUSE, .propose = propose};
