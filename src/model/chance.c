#include "model/chance.h"

#include "base/banned.h"

/* SplitMix64 */
uint64_t chance_next(Chance *chance)
{
    uint64_t mixed = chance->state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
}

/* value × fraction / 2^32 */
static uint64_t part_of(uint64_t value, uint64_t fraction)
{
    return (value >> 32) * fraction + (((value & 0xffffffffu) * fraction) >> 32);
}

uint64_t chance_below(Chance *chance, uint64_t below)
{
    return part_of(below, chance_next(chance) >> 32);
}

uint64_t chance_around(Chance *chance, uint64_t value, uint64_t share)
{
    uint64_t reach = (value * share) >> 16;
    return reach ? value - reach + part_of(2 * reach, chance_next(chance) >> 32) : value;
}

/* Von Neumann's way: of a falling run of random numbers that begins with x, the length is odd with probability exp(-x);
 * each run of even length adds one to the result. */
uint64_t chance_exponential(Chance *chance, uint64_t mean)
{
    for (uint64_t whole = 0;; whole++) {
        uint64_t first = chance_next(chance) >> 32, last = first, next;
        unsigned length = 1;
        for (; (next = chance_next(chance) >> 32) < last; length++)
            last = next;
        if (length % 2) return whole * mean + part_of(mean, first);
    }
}
