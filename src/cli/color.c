#include "cli/color.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

ColorEnvironment color_environment(void)
{
    return (ColorEnvironment){
        .no_color = getenv("NO_COLOR"),
        .force_color = getenv("FORCE_COLOR"),
        .clicolor_force = getenv("CLICOLOR_FORCE"),
        .clicolor = getenv("CLICOLOR"),
        .term = getenv("TERM"),
    };
}

const char *color_choice(size_t index)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static bool is_set(const char *value)
{
    return value && *value;
}

static bool is_set_and_not_0(const char *value)
{
    return is_set(value) && strcmp(value, "0") != 0;
}

bool color_wanted(ColorChoice choice, const ColorEnvironment *environment, bool to_terminal)
{
    if (choice != COLOR_AUTO) return choice == COLOR_ALWAYS;
    if (is_set(environment->no_color)) return false;
    if (is_set_and_not_0(environment->force_color) || is_set_and_not_0(environment->clicolor_force))
        return true;
    if (is_set(environment->clicolor) && !is_set_and_not_0(environment->clicolor)) return false;
    return to_terminal && !(environment->term && strcmp(environment->term, "dumb") == 0);
}
