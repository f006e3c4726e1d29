/* Prints the program that fits what was measured of an endpoint, for scripts.
 *
 *     model_fit NAME=VALUE…
 *
 * NAME: loop_cpu, thread_cpu, process_cpu, loop_blocked, alone (milliseconds a request), thread_pool, process_pool. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/fit.h"

#include "base/banned.h"

static bool set(FitMeasured *measured, Str name, const char *value)
{
    const struct {
        const char *name;
        double *ms;
    } times[] = {{"loop_cpu", &measured->loop_cpu_ms},
                 {"thread_cpu", &measured->thread_cpu_ms},
                 {"process_cpu", &measured->process_cpu_ms},
                 {"loop_blocked", &measured->loop_blocked_ms},
                 {"alone", &measured->alone_ms}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (str_equal(name, str_from(times[i].name))) {
            *times[i].ms = strtod(value, NULL);
            return true;
        }
    if (str_equal(name, STR("thread_pool"))) measured->thread_pool = str_from(value);
    if (str_equal(name, STR("process_pool"))) measured->process_pool = str_from(value);
    return str_ends(name, STR("_pool"));
}

int main(int count, char **words)
{
    FitMeasured measured = {0};
    for (int i = 1; i < count; i++) {
        const char *equals = strchr(words[i], '=');
        if (equals && set(&measured, (Str){words[i], (size_t)(equals - words[i])}, equals + 1)) continue;
        fprintf(stderr, "model_fit: what is %s?\n", words[i]);
        return 2;
    }
    Arena arena;
    arena_init(&arena);
    Str program = fit_program(&arena, &measured);
    printf("%.*s\n", (int)program.len, program.ptr);
    arena_free(&arena);
    return 0;
}
