#define _POSIX_C_SOURCE 200809L
#include "cli/duration.h"

#include "base/banned.h"

static const double MOST_SECONDS = 86400;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Digits with an optional fraction; returns how many bytes they take, 0: no number stands here. */
static size_t read_number(Str text, double *number)
{
    size_t at = 0;
    double value = 0, scale = 1;
    for (; at < text.len && is_digit(text.ptr[at]) && at < 12; at++)
        value = value * 10 + (text.ptr[at] - '0');
    if (!at) return 0;
    if (at + 1 < text.len && text.ptr[at] == '.' && is_digit(text.ptr[at + 1]))
        for (at++; at < text.len && is_digit(text.ptr[at]); at++)
            value += (text.ptr[at] - '0') * (scale /= 10);
    *number = value;
    return at;
}

/* Seconds of a unit; 0: no unit has that name. */
static double unit_seconds(Str unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_equal(unit, str_from(units[i].name))) return units[i].seconds;
    return 0;
}

bool duration_parse(Str text, const char *option, uint64_t *ns, Fail *fail)
{
    double number = 0;
    size_t used = read_number(text, &number);
    double seconds = used ? number * unit_seconds(str_drop(text, used)) : 0;
    if (!used || unit_seconds(str_drop(text, used)) <= 0 || seconds > MOST_SECONDS)
        return fail_at(fail, NULL, 0, "invalid time '%.*s' for '--%s' (like 100ms or 3s)",
                       (int)(text.len < 100 ? text.len : 100), text.ptr, option);
    *ns = (uint64_t)(seconds * 1e9 + 0.5);
    return true;
}

bool quantity_parse(Str text, const char *option, double *number, Fail *fail)
{
    size_t used = read_number(text, number);
    if (used == text.len && used && *number > 0) return true;
    return fail_at(fail, NULL, 0, "invalid number '%.*s' for '--%s'", (int)(text.len < 100 ? text.len : 100),
                   text.ptr, option);
}
