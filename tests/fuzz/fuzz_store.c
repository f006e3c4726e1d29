#define _GNU_SOURCE
/* Any bytes as an entry of the cache: absent and removed, or the bytes behind the header; and any bytes come back. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "session/store.h"

#include "base/banned.h"

enum { HEADER_BYTES = 40 };

static const StoreKey KEY = {1, 2};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) abort();
}

static void read_damaged(const Store *store, const char *entry, Str file)
{
    Fail fail = {0};
    require(io_write_file(entry, file, &fail));
    Str found;
    if (store_read(store, KEY, &found))
        require(str_equal(found, str_part(file, HEADER_BYTES, file.len)));
    else
        require(access(entry, F_OK) != 0 && found.len == 0);
}

static void write_and_read(const Store *store, Str bytes)
{
    Str found;
    require(store_write(store, KEY, bytes));
    require(store_read(store, KEY, &found));
    require(str_equal(found, bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char directory[] = "/tmp/loopsafe-fuzz-XXXXXX";
    char entry[128];
    require(mkdtemp(directory) != NULL);
    snprintf(entry, sizeof entry, "%s/" LOOPSAFE_VERSION "/00000000000000010000000000000002", directory);
    Arena arena;
    arena_init(&arena);
    Store store = store_open(&arena, directory);
    Str bytes = {(const char *)data, size};
    write_and_read(&store, bytes);
    read_damaged(&store, entry, bytes);
    arena_free(&arena);
    StoreCleaned cleaned;
    Fail fail = {0};
    require(store_clean(directory, &cleaned, &fail) && !cleaned.foreign);
    return 0;
}
