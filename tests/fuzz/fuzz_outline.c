/* fuzz_outline.c - any bytes: the outline ends, its regions are sorted, nested or apart, and inside the text. */
#include <stdlib.h>

#include "python/outline.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

static bool is_inside(Span inner, Span outer)
{
    return outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;
}

static void check_region(const Outline *outline, uint32_t index)
{
    const Region *region = &outline->regions[index];
    require(is_inside(region->span, (Span){0, (uint32_t)outline->text.len}));
    require(region->indent <= region->span.start);
    if (region->kind != REGION_RUN) {
        require(is_inside(region->header, region->span) && region->header.start == region->span.start);
        require(is_inside(region->body, region->span) && region->body.start == region->header.end);
    }
    if (region->parent != REGION_NONE) {
        const Region *parent = &outline->regions[region->parent];
        require(region->parent < index && parent->kind == REGION_CLASS &&
                is_inside(region->span, parent->body));
        require(!region->has_async || parent->has_async);
    }
    if (index == 0) return;
    const Region *before = &outline->regions[index - 1];
    require(region->parent == index - 1 ? region->span.start >= before->header.end
                                        : region->span.start >= before->span.end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    char *copy = malloc(size ? size : 1); /* of exactly that size, so that reading on is seen */
    if (!copy) return 0;
    for (size_t i = 0; i < size; i++)
        copy[i] = (char)data[i];
    arena_init(&arena);
    Outline outline = outline_scan(&arena, (Str){copy, size});
    require(outline.text.len == size);
    for (uint32_t i = 0; i < outline.region_count; i++)
        check_region(&outline, i);
    for (uint32_t i = 0; i < outline.marker_count; i++) {
        require(is_inside(outline.markers[i].span, (Span){0, (uint32_t)size}));
        require(i == 0 || outline.markers[i - 1].span.end <= outline.markers[i].span.start);
    }
    arena_free(&arena);
    free(copy);
    return 0;
}
