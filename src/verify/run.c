#include "verify/run.h"

#include "base/banned.h"

static bool stalls_at_all(const Run *run)
{
    for (size_t i = 0; i < run->finding_count; i++)
        if (run->findings[i].seen == SEEN_CONFIRMED) return true;
    return false;
}

int run_exit_code(const Run *run)
{
    switch (run->verdict) {
    case VERDICT_FIXED:
        return 0;
    case VERDICT_NOISY:
        return 5;
    case VERDICT_NONE:
        return stalls_at_all(run);
    default:
        return 1;
    }
}
