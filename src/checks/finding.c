#include "checks/finding.h"

#include <string.h>

#include "base/banned.h"

static int compare_numbers(uint32_t left, uint32_t right)
{
    return (left > right) - (left < right);
}

static int compare_positions(Position left, Position right)
{
    int rows = compare_numbers(left.row1, right.row1);
    return rows ? rows : compare_numbers(left.column1, right.column1);
}

const Fix *finding_fix(const Finding *finding, Applicability least)
{
    for (size_t i = 0; i < finding->fix_count; i++)
        if (finding->fixes[i].edit_count && finding->fixes[i].applicability >= least)
            return &finding->fixes[i];
    return NULL;
}

/* What the contract names is compared first; the rest makes the order total, so that runs repeat exactly. */
int finding_compare(const Finding *left, const Finding *right)
{
    int order = str_compare(left->place.path, right->place.path);
    if (!order) order = compare_positions(left->place.start, right->place.start);
    if (!order) order = str_compare(left->code, right->code);
    if (!order) order = compare_positions(left->place.end, right->place.end);
    if (!order) order = str_compare(left->sink, right->sink);
    return order ? order : strcmp(left->fingerprint, right->fingerprint);
}
