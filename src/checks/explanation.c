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

const char *verdict_text(LineVerdict verdict)
{
    static const char *const texts[LINE_VERDICT_COUNT] = {
        [LINE_VERDICT_REPORTED] = "reported",
        [LINE_VERDICT_ELSEWHERE] = "judged-elsewhere",
        [LINE_VERDICT_STRONGER] = "weaker",
        [LINE_VERDICT_CHEAP] = "cheap",
        [LINE_VERDICT_INFO] = "info",
        [LINE_VERDICT_SILENCED] = "silenced",
        [LINE_VERDICT_DESELECTED] = "deselected",
        [LINE_VERDICT_OFFLOADED] = "offloaded",
        [LINE_VERDICT_OFF_LOOP] = "off-loop",
        [LINE_VERDICT_NOT_ON_LOOP] = "not-on-loop",
        [LINE_VERDICT_NOT_RUN] = "not-run-here",
        [LINE_VERDICT_HARMLESS] = "harmless",
        [LINE_VERDICT_UNKNOWN] = "unknown",
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
