#include "base/io.h"
#include "base/limits.h"
#include "base/pool.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/model_print.h"
#include "cli/model_settings.h"
#include "cli/output.h"

#include "base/banned.h"

/* What runs in the model: an endpoint, under the loads that were asked for. */
static bool predict(const ModelSettings *settings, Arena *arena, Foretold *foretold, Fail *fail)
{
    Outlook *outlooks = arena_array(arena, settings->load_count, sizeof *outlooks);
    foretold->outlooks = outlooks;
    foretold->loads = settings->loads;
    foretold->load_count = settings->load_count;
    for (size_t i = 0; i < settings->load_count; i++) {
        Model model = model_under(&foretold->model, &settings->loads[i]);
        if (!outlook_of(&model, &outlooks[i], fail)) return false;
    }
    return true;
}

static bool foretell(const ModelSettings *settings, Arena *arena, const ModelEndpoint *endpoint,
                     Foretold *foretold, Fail *fail)
{
    *foretold = (Foretold){.endpoint = endpoint, .model = endpoint->model};
    if (settings->workers) foretold->model.workers = (uint32_t)settings->workers;
    if (settings->processors) foretold->model.processors = (uint32_t)settings->processors;
    if (endpoint->point_count && !accuracy_of(arena, endpoint, &foretold->accuracy, fail)) return false;
    foretold->refused = foretold->accuracy.error > MODEL_MOST_ERROR;
    return foretold->refused || predict(settings, arena, foretold, fail);
}

static bool read_file(Arena *arena, const char *path, ModelFile *file, Fail *fail)
{
    Str text;
    IoStatus status = io_read_file(arena, path, LIMIT_TABLE_BYTES, &text);
    if (status != IO_OK) return fail_at(fail, path, 0, "%s", io_status_text(status));
    size_t processors = pool_processors();
    uint32_t most = processors < LIMIT_MODEL_WORKERS ? (uint32_t)processors : LIMIT_MODEL_WORKERS;
    return model_file_read(arena, text, path, most, file, fail);
}

static int print(const ModelSettings *settings, const Foretold *foretold, size_t count)
{
    Buf text;
    buf_init(&text);
    if (settings->json)
        model_add_json(&text, foretold, count);
    else
        model_add_table(&text, foretold, count);
    int exit_code = ENDED_CLEAN;
    for (size_t i = 0; i < count; i++)
        if (foretold[i].refused) exit_code = ENDED_FINDINGS;
    exit_code = output_print(buf_str(&text), exit_code);
    buf_free(&text);
    return exit_code;
}

static int model_settled(const ModelSettings *settings, Arena *arena, const char *path)
{
    ModelFile file = {0};
    Fail fail = {0};
    bool done = read_file(arena, path, &file, &fail);
    Foretold *foretold = done ? arena_array(arena, file.count, sizeof *foretold) : NULL;
    for (size_t i = 0; done && i < file.count; i++)
        done = foretell(settings, arena, &file.endpoints[i], &foretold[i], &fail);
    if (done) return print(settings, foretold, file.count);
    message_error(fail.text);
    return ENDED_SETUP;
}

static int run_model(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    ModelSettings settings = model_settings_new();
    ArgResult result;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_model, &arena, count, arguments, &settings, &result, &exit_code)) {
        bool ready = result.positional_count ? model_settings_finish(&settings, &arena, &fail)
                                             : fail_at(&fail, NULL, 0, "FILE is required");
        exit_code = ready ? model_settled(&settings, &arena, result.positionals[0])
                          : command_misused(&command_model, &fail);
    }
    arena_free(&arena);
    return exit_code;
}

const Command command_model = {
    .name = "model",
    .summary = "Predict what other numbers of users would see",
    .usage = "[OPTIONS] <FILE>",
    .details =
        "FILE is what 'loopsafe verify --json' wrote, or JSON by hand:\n"
        "\n"
        "  {\"program\": \"cpu 0.8; thread[threads] { block 100 }; cpu 0.8\",\n"
        "   \"pools\": [{\"name\": \"threads\", \"size\": 40}],\n"
        "   \"workers\": 1, \"processors\": 2,\n"
        "   \"measured\": [{\"users\": 20, \"per_second\": 188, \"p50_ms\": 105}]}\n"
        "\n"
        "The program says what one request does, in milliseconds:\n"
        "\n"
        "  cpu 2.5              computes: holds the loop, or its thread, and the GIL\n"
        "  block 100            waits and holds the loop, or its thread\n"
        "  await 100            waits and holds nothing\n"
        "  thread[NAME] { ... } cpu and block in a thread of that pool\n"
        "  process[NAME] 40     computes in a process of that pool\n"
        "  gather { ... | ... } all at once, until the last is done\n"
        "\n"
        "What is left out: pools none, workers 1, processors those of this machine, switch_ms 5, spread "
        "0.1.\n"
        "A pool with \"last_first\": true wakes whoever came last, as anyio did before 4.\n"
        "Numbers are predicted, not measured. Where the file has measured points the model is held against\n"
        "them; one that misses req/s or p50 by more than 25 % predicts nothing.\n"
        "A simulation ends with an error after 100,000,000 events; '--simulate' makes it shorter.\n"
        "Exit codes: 0 predicted, 1 a model misses what was measured, 2 usage or FILE, 3 internal.\n",
    .table = &model_table,
    .run = run_model,
};
