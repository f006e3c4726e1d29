#include "verify/verdict.h"

#include "base/banned.h"

const char *verdict_name(Verdict verdict)
{
    static const char *const names[VERDICTS] = {
        [VERDICT_NONE] = "",
        [VERDICT_FIXED] = "FIXED",
        [VERDICT_NOT_FIXED] = "NOT FIXED",
        [VERDICT_BEHAVIOUR_CHANGED] = "BEHAVIOUR CHANGED",
        [VERDICT_SLOWER] = "SLOWER",
        [VERDICT_NOT_REPRODUCED] = "NOT REPRODUCED",
        [VERDICT_NOT_EXERCISED] = "NOT EXERCISED",
        [VERDICT_NOISY] = "NOISY",
    };
    return names[verdict];
}

const char *seen_name(Seen seen)
{
    static const char *const names[] = {
        [SEEN_CONFIRMED] = "confirmed",
        [SEEN_NOT_REPRODUCED] = "not reproduced",
        [SEEN_NOT_EXERCISED] = "not exercised",
    };
    return names[seen];
}

const char *stall_kind_name(StallKind kind)
{
    static const char *const names[STALL_KINDS] = {
        [STALL_BLOCKED] = "blocked",
        [STALL_CPU] = "computing",
        [STALL_GIL] = "waiting for the GIL",
    };
    return names[kind];
}
