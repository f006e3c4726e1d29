#include "report/stop.h"

#include "base/banned.h"

size_t stop_count(const Finding *finding)
{
    return finding->chain_count ? finding->chain_count + (finding->sink.len ? 1 : 0) : 0;
}

Stop stop_at(const Finding *finding, size_t index)
{
    if (index == finding->chain_count)
        return (Stop){&finding->sink_place, finding->sink_function,
                      finding->effect == EFFECT_NONE ? STR("waits in") : STR("blocks in"), finding->sink};
    const Hop *hop = &finding->chain[index];
    return (Stop){&hop->place, hop->function, STR("calls"), hop->callee};
}

size_t stop_first_elsewhere(const Finding *finding)
{
    if (!finding->chain_count) return 0;
    const Place *first = &finding->chain[0].place;
    bool is_own =
        first->start.row1 == finding->place.start.row1 && str_equal(first->path, finding->place.path);
    return is_own ? 1 : 0;
}

void stop_add_text(Buf *buf, const Stop *stop)
{
    buf_add(buf, stop->verb);
    buf_add_text(buf, " `");
    buf_add(buf, stop->callee);
    buf_add_byte(buf, '`');
}
