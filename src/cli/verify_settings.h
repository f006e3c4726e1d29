/* verify_settings.h - the options of `loopsafe verify`, as typed, and the plan that they make.
 *
 * Owner   borrows from argv and the arena.
 * Errors  what argv alone shows to be wrong is a Fail. */
#ifndef LOOPSAFE_CLI_VERIFY_SETTINGS_H
#define LOOPSAFE_CLI_VERIFY_SETTINGS_H

#include "cli/args.h"
#include "verify/plan.h"

typedef struct VerifySettings {
    Options options; /* of the analysis */
    bool fix;
    const char *before, *after; /* folders */
    StrList endpoints, users, stand_ins, services, stubs, openings, environment;
    const char *requests, *think, *rate, *seconds, *delay, *stall;
    const char *answers, *prepare;
    const char *html, *json; /* files; NULL: not wanted */
    bool quick, no_model, writes, allow_guard_only, reference_runtime, quiet;
    size_t server, color, target;
    const char *http_client;
} VerifySettings;

extern const ArgTable verify_table;

VerifySettings verify_settings_new(void);
/* Turns what was typed into a plan; all paths become absolute. */
bool verify_settings_finish(VerifySettings *settings, Arena *arena, const AppPlace *place, VerifyPlan *plan,
                            Fail *fail) __attribute__((warn_unused_result));

#endif
