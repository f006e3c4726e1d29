/* Questions that may lead back to themselves: what does f return, when it returns what g returns, which returns what f
 * returns? The inner question is cut off, and what stands between the two is partial. A partial value is not kept: it is
 * worked out anew when it is asked for next. A partial walk is kept, since it is dear, and serves whoever asks until
 * instance_complete walks it once more, from outside any question. */
#include "base/limits.h"
#include "program/program.h"
#include "base/banned.h"

static void cut(Program *program, uint32_t depth)
{
    if (depth < program->cut_depth) program->cut_depth = depth;
}

bool query_begin(Program *program, Query *query)
{
    if (query->depth) {
        cut(program, query->depth);
        return false;
    }
    if (program->query_depth == 0) program->query_count = 0;
    if (program->query_depth >= LIMIT_QUERY_DEPTH || program->query_count >= LIMIT_QUERIES) {
        program->counters.limits_reached++;
        cut(program, 1);
        return false;
    }
    program->query_count++;
    query->depth = ++program->query_depth;
    query->outer_cut = program->cut_depth;
    program->cut_depth = UINT32_MAX;
    return true;
}

bool query_end(Program *program, Query *query)
{
    uint32_t depth = query->depth;
    query->depth = 0;
    program->query_depth--;
    bool whole = program->cut_depth >= depth;
    if (whole) program->cut_depth = UINT32_MAX;
    cut(program, query->outer_cut);
    return whole;
}
