/* Advice without edits: a long job that ends with the request, or with the process that serves it, belongs to a worker. */
#include "fixes/shape.h"
#include "base/banned.h"

static void propose(Draft *draft)
{
    if (!str_equal(draft->report->finding.code, STR("LS405"))) return;
    draft_title(draft, "Hand the job to a worker process");
    draft_note(draft, "over a queue of tasks that outlives this process");
    draft_display(draft);
}

const FixShape fix_own_worker = {.name = "own-worker", .rank = RANK_MISUSE, .propose = propose};
