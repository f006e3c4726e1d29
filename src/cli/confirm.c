#include "cli/confirm.h"

#include "base/banned.h"

/* The run knows paths from its tree on, a finding's may begin further up. */
static bool same_path(Str finding, Str said)
{
    if (!said.len || !str_ends(finding, said)) return false;
    return finding.len == said.len || finding.ptr[finding.len - said.len - 1] == '/';
}

static bool same_place(const Finding *finding, const RunSaid *said)
{
    uint32_t row1 = finding->place.start.row1;
    return str_equal(finding->code, said->code) && row1 >= said->row1 && row1 <= said->end_row1 &&
           same_path(finding->place.path, said->path);
}

static const RunSaid *said_find(const RunSaids *said, const Finding *finding)
{
    Str fingerprint = str_from(finding->fingerprint);
    for (size_t i = 0; i < said->count; i++)
        if (fingerprint.len && str_equal(said->items[i].fingerprint, fingerprint)) return &said->items[i];
    for (size_t i = 0; i < said->count; i++)
        if (same_place(finding, &said->items[i])) return &said->items[i];
    return NULL;
}

void confirm_findings(const RunSaids *said, const Result *result)
{
    static const double most_ms = 1e12;
    for (size_t i = 0; i < result->finding_count; i++) {
        Finding *finding = &result->findings[i];
        const RunSaid *found = said_find(said, finding);
        if (!found) continue;
        bool has_stall = found->seen == SEEN_CONFIRMED && found->stall_ms < most_ms;
        finding->run = (Confirmation){.seen = str_from(seen_name(found->seen)),
                                      .verdict = str_from(verdict_name(found->verdict)),
                                      .stall_us = has_stall ? (uint64_t)(found->stall_ms * 1e3) : 0};
    }
}
