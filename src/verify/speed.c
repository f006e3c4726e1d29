#include "verify/speed.h"

#include "verify/cells.h"
#include "base/banned.h"

static const double worse = 0.10; /* later by this share is slower */
static const double worse_once =
    0.50; /* the same of a single round: nothing says how far such numbers differ by themselves */

static bool mostly_refuses(const RunCell *cell)
{
    return cell->failed && cell->failed >= cell->answered;
}

bool speed_is_refused(const RunCell *before, const RunCell *after)
{
    return mostly_refuses(before) || mostly_refuses(after);
}

/* Two runs of one program differ by that much at the fastest answers, whatever they do. */
enum { LEAST_P50_US = 100, LEAST_P99_US = 1000 };

static double noise_of(const RunEndpoint *endpoint, const RunCell *before, const RunCell *after)
{
    double noise = endpoint->noise, one = cell_noise(before), other = cell_noise(after);
    if (one > noise) noise = one;
    return other > noise ? other : noise;
}

static bool is_noisy(const RunEndpoint *endpoint, const RunCell *before, const RunCell *after)
{
    return endpoint->noise > worse || cell_is_noisy(before) || cell_is_noisy(after);
}

static SpeedKind kind_of(const RunEndpoint *endpoint, const RunCell *before, const RunCell *after,
                         const Speed *speed)
{
    uint64_t least = speed->percent > 50 ? LEAST_P99_US : LEAST_P50_US;
    if (!speed->before_us || speed->after_us <= speed->before_us + least) return SPEED_SAME;
    double ratio = (double)speed->after_us / (double)speed->before_us;
    double slower = before->rounds > 1 ? worse : worse_once;
    if (ratio > 1 + slower) return ratio - 1 > speed->noise ? SPEED_SLOWER : SPEED_NOISY;
    return is_noisy(endpoint, before, after) && ratio * (1 + speed->noise) > 1 + slower ? SPEED_NOISY
                                                                                        : SPEED_SAME;
}

Speed speed_under(const RunEndpoint *endpoint, size_t load, double percent)
{
    const RunCell *before = cell_find(endpoint, TREE_BEFORE, load),
                  *after = cell_find(endpoint, TREE_AFTER, load);
    Speed speed = {.load = load, .percent = percent};
    if (!before || !after || speed_is_refused(before, after)) return speed;
    speed.before_us = cell_percentile(before, percent, NULL);
    speed.after_us = cell_percentile(after, percent, NULL);
    speed.noise = noise_of(endpoint, before, after);
    speed.kind = kind_of(endpoint, before, after, &speed);
    return speed;
}

/* SIZE_MAX: no load is a closed loop. */
static size_t fewest_users(const Run *run)
{
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; i < run->load_count; i++)
        if (run->loads[i].rate <= 0 && (fewest == SIZE_MAX || run->loads[i].users < run->loads[fewest].users))
            fewest = i;
    return fewest;
}

Speed speed_of(const Run *run, const RunEndpoint *endpoint)
{
    size_t closed = fewest_users(run);
    Speed worst = {0};
    for (size_t i = 0; i < run->load_count; i++) {
        bool is_open = run->loads[i].rate > 0;
        if (!is_open && i != closed) continue;
        Speed speed = speed_under(endpoint, i, is_open ? 99 : 50);
        if (speed.kind > worst.kind) worst = speed;
    }
    return worst;
}

Speed speed_gain(const Run *run, const RunEndpoint *endpoint, double *gain)
{
    Speed best = {0};
    *gain = 0;
    for (size_t i = 0; i < run->load_count; i++) {
        Speed speed = speed_under(endpoint, i, 50);
        if (!speed.before_us || speed.before_us < speed.after_us + LEAST_P50_US) continue;
        double here = 1 - (double)speed.after_us / (double)speed.before_us - speed.noise;
        if (here <= *gain) continue;
        *gain = here;
        best = speed;
    }
    return best;
}

bool speed_is_noisy(const RunEndpoint *endpoint)
{
    for (size_t i = 0; i < endpoint->cell_count; i++)
        if (cell_is_noisy(&endpoint->cells[i])) return true;
    return false;
}
