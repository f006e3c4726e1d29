/* Any bytes as loopsafe.toml and as pyproject.toml: each ends as a configuration or as one line that says why not. */
#include <stdint.h>
#include <stdlib.h>

#include "session/config.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(Str text, const char *path)
{
    Arena arena;
    arena_init(&arena);
    Config config;
    Fail fail = {0};
    bool done = config_parse(&arena, text, path, &config, &fail);
    if (done == fail.failed) abort();
    Options options = {.base_directory = "/"};
    if (done) config_apply(&arena, &config, &options);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size};
    parse(text, "/p/loopsafe.toml");
    parse(text, "/p/pyproject.toml");
    return 0;
}
