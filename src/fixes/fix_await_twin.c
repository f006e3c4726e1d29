/* The asynchronous form of the same call: `await asyncio.sleep(x)` for `time.sleep(x)`. */
#include "fixes/shape.h"
#include "fixes/twin_call.h"
#include "fixes/twin_client.h"
#include "fixes/twin_process.h"
#include "base/banned.h"

/* What blocks stands in the statement itself. */
static bool is_direct(const Subject *subject)
{
    return subject->kind == SUBJECT_STALL && !subject->reach->next && subject->sink &&
           subject->sink->node == subject->node;
}

static void propose(Draft *draft)
{
    if (!is_direct(draft->subject)) return;
    if (!twin_process(draft) && !twin_call(draft)) twin_client(draft);
}

const FixShape fix_await_twin = {.name = "await-twin", .rank = RANK_TWIN, .propose = propose};
