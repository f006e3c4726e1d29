/* fuzz_result_blob.c - any bytes as a saved result, manifest or facts pack: refused, or safe to read, and what was
 * loaded comes back when it is saved. The first byte chooses. */
#include <stdlib.h>
#include <string.h>

#include "session/facts_pack.h"
#include "session/manifest.h"
#include "session/result_blob.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) abort();
}

/* Every byte is looked at, so that a sanitizer sees those that are not there. */
static size_t touch(Str text)
{
    size_t sum = 0;
    require(text.ptr[text.len] == '\0');
    for (size_t i = 0; i < text.len; i++)
        sum += (unsigned char)text.ptr[i];
    return sum;
}

static size_t touch_fix(const Fix *fix)
{
    size_t sum = touch(fix->shape) + touch(fix->title) + touch(fix->note);
    for (size_t i = 0; i < fix->edit_count; i++) {
        require(fix->edits[i].span.start <= fix->edits[i].span.end);
        sum += touch(fix->edits[i].place.path) + touch(fix->edits[i].text);
    }
    for (size_t i = 0; i < fix->claim_count; i++)
        sum += touch(fix->claims[i].path);
    for (size_t i = 0; i < fix->package_count; i++)
        sum += touch(fix->packages[i]);
    require(fix->applicability <= APPLICABILITY_SAFE);
    return sum;
}

static size_t touch_finding(const Finding *finding)
{
    size_t sum = touch(finding->code) + touch(finding->message) + touch(finding->advice) +
                 touch(finding->why) + touch(finding->place.path) + touch(finding->function) +
                 touch(finding->sink) + touch(finding->sink_place.path) + touch(finding->sink_function) +
                 touch(finding->sink_source);
    for (size_t i = 0; i < finding->chain_count; i++)
        sum += touch(finding->chain[i].place.path) + touch(finding->chain[i].source);
    for (size_t i = 0; i < finding->frame_count; i++)
        sum += touch(finding->frame[i].text);
    for (size_t i = 0; i < finding->fix_count; i++)
        sum += touch_fix(&finding->fixes[i]);
    sum += touch(finding->unfixed);
    require(finding->effect < EFFECT_COUNT && finding->severity <= SEVERITY_HIGH);
    require(strlen(finding->fingerprint) <= 32 && strlen(finding->group) <= 32);
    return sum;
}

static void save_twice(const Result *result, Arena *arena)
{
    Buf once, again;
    buf_init(&once);
    buf_init(&again);
    result_save(result, &once);
    ByteReader reader = {.left = buf_str(&once)};
    Result loaded;
    require(result_load(arena, &reader, &loaded));
    result_save(&loaded, &again);
    require(str_equal(buf_str(&once), buf_str(&again)));
    buf_free(&once);
    buf_free(&again);
}

static void load_result(Arena *arena, Str bytes)
{
    ByteReader reader = {.left = bytes};
    Result result;
    if (!result_load(arena, &reader, &result)) return;
    size_t sum = 0;
    for (size_t i = 0; i < result.finding_count; i++)
        sum += touch_finding(&result.findings[i]);
    for (size_t i = 0; i < result.trouble_count; i++)
        sum += touch(result.troubles[i].path) + touch(result.troubles[i].what);
    require(sum <= SIZE_MAX / 2);
    save_twice(&result, arena);
}

static void load_manifest(Arena *arena, Str bytes)
{
    ByteReader reader = {.left = bytes};
    Manifest manifest;
    if (!manifest_load(arena, &reader, &manifest)) return;
    for (size_t i = 0; i < manifest.count; i++) {
        require(touch(manifest.items[i].path) <= SIZE_MAX / 2 && manifest.items[i].kind < SEEN_KIND_COUNT);
        stamp_is_settled(&manifest.items[i].stamp, manifest.items[i].looked_ns);
    }
}

static void load_pack(Arena *arena, Str bytes)
{
    FactsPack pack;
    if (!pack_load(arena, bytes, &pack)) return;
    for (size_t i = 0; i < pack.count; i++) {
        const PackEntry *entry = &pack.entries[i];
        require(pack_find(&pack, entry->path) == entry);
        require(touch(entry->classes) <= SIZE_MAX / 2);
        require(!entry->facts.len || (entry->facts.ptr >= bytes.ptr &&
                                      entry->facts.ptr + entry->facts.len <= bytes.ptr + bytes.len));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    Arena arena;
    arena_init(&arena);
    Str bytes = {arena_copy(&arena, (const char *)data + 1, size - 1), size - 1};
    switch (data[0] % 3) {
    case 0:
        load_result(&arena, bytes);
        break;
    case 1:
        load_manifest(&arena, bytes);
        break;
    default:
        load_pack(&arena, bytes);
    }
    arena_free(&arena);
    return 0;
}
