#include "checks/explanation.h"

#include "base/banned.h"

const char *reason_text(ReasonKind kind)
{
    static const char *const texts[] = {
        [REASON_COROUTINE] = "coroutine",
        [REASON_HANDED_OVER] = "handed-over",
        [REASON_DECORATED] = "decorated",
        [REASON_FRAMEWORK] = "framework-method",
        [REASON_CALLED] = "called",
        [REASON_ONCE] = "runs-once",
        [REASON_OFF_LOOP] = "off-loop",
        [REASON_ELSEWHERE] = "not-on-loop",
        [REASON_NOT_REACHED] = "not-reached",
        [REASON_NO_FUNCTION] = "no-function",
        [REASON_OUT_OF_SCOPE] = "out-of-scope",
    };
    return texts[kind];
}

const char *verdict_text(Verdict verdict)
{
    static const char *const texts[VERDICT_COUNT] = {
        [VERDICT_REPORTED] = "reported",
        [VERDICT_ELSEWHERE] = "judged-elsewhere",
        [VERDICT_STRONGER] = "weaker",
        [VERDICT_CHEAP] = "cheap",
        [VERDICT_INFO] = "info",
        [VERDICT_SILENCED] = "silenced",
        [VERDICT_DESELECTED] = "deselected",
        [VERDICT_OFFLOADED] = "offloaded",
        [VERDICT_OFF_LOOP] = "off-loop",
        [VERDICT_NOT_ON_LOOP] = "not-on-loop",
        [VERDICT_NOT_RUN] = "not-run-here",
        [VERDICT_HARMLESS] = "harmless",
        [VERDICT_UNKNOWN] = "unknown",
    };
    return texts[verdict];
}

const char *weight_text(Weight weight)
{
    static const char *const texts[] = {[WEIGHT_NONE] = "none",
                                        [WEIGHT_CHEAP] = "cheap",
                                        [WEIGHT_OFTEN] = "often",
                                        [WEIGHT_ALWAYS] = "always"};
    return texts[weight];
}
