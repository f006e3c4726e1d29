#include "report/graph_report.h"

#include "base/limits.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/program_settings.h"

#include "base/banned.h"

enum { DEPTH = 8, MOST_DEPTH = 1000 };

typedef enum GraphFormat { GRAPH_TEXT, GRAPH_DOT, GRAPH_JSON } GraphFormat;

static const char *graph_format(size_t index)
{
    static const char *const names[] = {[GRAPH_TEXT] = "text", [GRAPH_DOT] = "dot", [GRAPH_JSON] = "json"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static int print_graph(const ProgramSettings *settings, const Graph *graph)
{
    Buf text;
    buf_init(&text);
    switch ((GraphFormat)settings->format) {
    case GRAPH_TEXT:
        graph_add_text(&text, graph, settings->depth);
        break;
    case GRAPH_DOT:
        graph_add_dot(&text, graph);
        break;
    case GRAPH_JSON:
        graph_add_json(&text, graph);
        break;
    }
    int exit_code = program_settings_print(settings, buf_str(&text));
    buf_free(&text);
    return exit_code;
}

static int graph_settled(const ProgramSettings *settings)
{
    Session *session = session_new();
    Graph graph;
    Fail fail = {0};
    int exit_code = ENDED_SETUP;
    if (session_graph(session, &settings->options, settings->all, &graph, &fail))
        exit_code = print_graph(settings, &graph);
    else
        message_error(fail.text);
    session_free(session);
    return exit_code;
}

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "all", .kind = ARG_ON, .offset = offsetof(ProgramSettings, all),
     .group = "Output", .help = "Functions that block nothing, or run elsewhere, too"},
    {.name = "depth", .kind = ARG_NUMBER, .offset = offsetof(ProgramSettings, depth), .value = "N",
     .most = MOST_DEPTH, .help = "Calls below each root that the text shows (default 8)"},
    {.name = "output-format", .kind = ARG_CHOICE, .offset = offsetof(ProgramSettings, format), .value = "FORMAT",
     .choice = graph_format, .help = "Form of the graph"},
    {.name = "output-file", .letter = 'o', .kind = ARG_TEXT, .offset = offsetof(ProgramSettings, output_file),
     .value = "FILE", .help = "Write to a file instead of standard output"},
    PROGRAM_ROWS,
};
/* clang-format on */

static const ArgTable table = {rows, sizeof rows / sizeof rows[0], ARGS_MOST_PATHS};

static int run_graph(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    ProgramSettings settings = program_settings_new();
    settings.depth = DEPTH;
    ArgResult result;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_graph, &arena, count, arguments, &settings, &result, &exit_code))
        exit_code = program_settings_finish(&settings, &arena, &table, &result, 0, &fail)
                        ? graph_settled(&settings)
                        : command_misused(&command_graph, &fail);
    arena_free(&arena);
    return exit_code;
}

const Command command_graph = {
    .name = "graph",
    .summary = "Show what the event loop calls, down to what blocks",
    .usage = "[OPTIONS] [PATH]...",
    .details =
        "Without PATH the working directory is looked at. Shown are the functions on the loop that reach\n"
        "something that blocks. Exit codes: 0 shown, 2 usage or configuration, 3 internal.\n",
    .table = &table,
    .run = run_graph,
};
