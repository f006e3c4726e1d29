#include "verify/html_shares.h"

#include "base/banned.h"

const ShareLook share_looks[SHARES] = {
    [SHARE_BLOCKED] = {"blocked", "blocked", "waiting in a call that does not return to the loop"},
    [SHARE_CPU] = {"cpu", "computing", "running code between two awaits"},
    [SHARE_GIL] = {"gil", "GIL", "waiting for the interpreter's lock, which another thread holds"},
    [SHARE_QUEUE] = {"queue", "run queue",
                     "ready, but the machine ran something else; nobody is charged for it"},
};

static uint64_t up_to(uint64_t part, uint64_t *rest)
{
    uint64_t taken = part < *rest ? part : *rest;
    *rest -= taken;
    return taken;
}

void tick_shares(const RunTick *tick, uint64_t shares_ns[SHARES])
{
    uint64_t rest = tick->for_ns;
    shares_ns[SHARE_BLOCKED] = up_to(tick->blocked_ns, &rest);
    shares_ns[SHARE_GIL] = up_to(tick->gil_ns, &rest);
    shares_ns[SHARE_QUEUE] = up_to(tick->runqueue_ns, &rest);
    shares_ns[SHARE_CPU] = rest;
}

void cell_shares(const RunCell *cell, uint64_t shares_ns[SHARES])
{
    shares_ns[SHARE_BLOCKED] = cell->blocked_ns;
    shares_ns[SHARE_GIL] = cell->gil_ns;
    shares_ns[SHARE_QUEUE] = cell->runqueue_ns;
    shares_ns[SHARE_CPU] = cell->cpu_ns;
}

static Share largest_below(const uint64_t shares_ns[SHARES], const bool said[SHARES])
{
    Share best = SHARES;
    for (Share share = SHARE_BLOCKED; share < SHARES; share++) {
        if (!said[share] && shares_ns[share] && (best == SHARES || shares_ns[share] > shares_ns[best]))
            best = share;
    }
    return best;
}

void shares_words(const Page *page, const uint64_t shares_ns[SHARES])
{
    bool said[SHARES] = {false};
    const char *between = "";
    for (Share share; (share = largest_below(shares_ns, said)) != SHARES; between = ", ") {
        said[share] = true;
        HTML(page, "$$ $&#160;ms", str_from(between), str_from(share_looks[share].name),
             page_ms(page, shares_ns[share]));
    }
}
