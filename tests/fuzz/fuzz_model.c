/* Any bytes as a model: it ends as one line that says why not, or as a model that runs to its end or to a limit. */
#include <stdint.h>

#include "model/accuracy.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void simulate(const ModelEndpoint *endpoint)
{
    const ModelPoint load = {.users = 50, .think_ns = 1000, .warm_ns = 1000, .duration_ns = 1000000000};
    Model model = model_under(&endpoint->model, &load);
    model.event_limit = 2000;
    Prediction prediction;
    Fail fail = {0};
    bool done = model_run(&model, &prediction, &fail);
    if (done == fail.failed) BUG("a model neither runs nor fails");
    if (done && prediction.latency.count < prediction.finished) BUG("a finished request has no latency");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena arena;
    arena_init(&arena);
    Fail fail = {0};
    ModelFile file;
    bool done = model_file_read(&arena, (Str){(const char *)data, size}, "model.json", 2, &file, &fail);
    if (done == fail.failed) BUG("a file is neither read nor refused");
    for (size_t i = 0; done && i < file.count && i < 4; i++)
        simulate(&file.endpoints[i]);
    arena_free(&arena);
    return 0;
}
