#include "base/json.h"
#include "cli/command.h"
#include "cli/output.h"
#include "report/rule_page.h"
#include "rules/catalogue.h"

#include "base/banned.h"

typedef enum RuleFormat { RULE_TEXT, RULE_JSON } RuleFormat;

typedef struct RuleSettings {
    bool all;
    size_t format; /* a RuleFormat */
} RuleSettings;

static const char *rule_format(size_t index)
{
    static const char *const names[] = {[RULE_TEXT] = "text", [RULE_JSON] = "json"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static void add_text(JsonOut *out, const char *key, Str text)
{
    json_out_key(out, key);
    if (text.len)
        json_out_str(out, text);
    else
        json_out_null(out);
}

static void add_object(JsonOut *out, const Catalogue *catalogue, const CodeRule *rule)
{
    json_out_open(out, '{');
    add_text(out, "code", rule->code);
    add_text(out, "name", rule->name);
    add_text(out, "summary", rule->summary);
    json_out_key(out, "effects");
    json_out_open(out, '[');
    for (size_t effect = EFFECT_NONE + 1; effect < EFFECT_COUNT; effect++)
        if (rule_has_effect(catalogue, rule, (Effect)effect))
            json_out_str(out, str_from(effect_text((Effect)effect)));
    json_out_close(out, ']');
    add_text(out, "why", rule->why);
    add_text(out, "instead", rule->instead);
    add_text(out, "bad", rule->bad);
    add_text(out, "good", rule->good);
    add_text(out, "limits", rule->limits);
    json_out_key(out, "opt_in");
    json_out_bool(out, rule->is_opt_in);
    json_out_close(out, '}');
}

static void add_all(Buf *page, const Catalogue *catalogue, RuleFormat format)
{
    JsonOut out;
    json_out_init(&out, page, true);
    if (format == RULE_JSON) json_out_open(&out, '[');
    for (size_t i = 0; i < catalogue_code_count(catalogue); i++) {
        if (format == RULE_JSON) add_object(&out, catalogue, catalogue_code(catalogue, i));
        if (format == RULE_TEXT && i) buf_add_byte(page, '\n');
        if (format == RULE_TEXT) rule_page_add(page, catalogue, catalogue_code(catalogue, i));
    }
    if (format == RULE_JSON) json_out_close(&out, ']');
    if (format == RULE_JSON) buf_add_byte(page, '\n');
}

static void add_one(Buf *page, const Catalogue *catalogue, const CodeRule *rule, RuleFormat format)
{
    JsonOut out;
    json_out_init(&out, page, true);
    if (format == RULE_TEXT) {
        rule_page_add(page, catalogue, rule);
        return;
    }
    add_object(&out, catalogue, rule);
    buf_add_byte(page, '\n');
}

static bool print_pages(Buf *page, const RuleSettings *settings, const ArgResult *result, Fail *fail)
{
    if (settings->all == (result->positional_count == 1))
        return fail_at(fail, NULL, 0,
                       settings->all ? "'--all' takes no code" : "a code or '--all' is required");
    Catalogue *catalogue = catalogue_new();
    const char *code = settings->all ? NULL : result->positionals[0];
    const CodeRule *rule = code ? catalogue_code_find(catalogue, str_from(code)) : NULL;
    if (code && !rule)
        fail_at(fail, NULL, 0, "unknown code '%.200s' ('loopsafe rule --all' lists them)", code);
    if (settings->all)
        add_all(page, catalogue, (RuleFormat)settings->format);
    else if (rule)
        add_one(page, catalogue, rule, (RuleFormat)settings->format);
    catalogue_free(catalogue);
    return !fail->failed;
}

static int run_rule(int count, char *const *arguments)
{
    Arena arena;
    arena_init(&arena);
    Buf page;
    buf_init(&page);
    RuleSettings settings = {0};
    ArgResult result;
    Fail fail = {0};
    int exit_code;
    if (command_begin(&command_rule, &arena, count, arguments, &settings, &result, &exit_code)) {
        if (print_pages(&page, &settings, &result, &fail))
            exit_code = output_print(buf_str(&page), ENDED_CLEAN);
        else
            exit_code = command_misused(&command_rule, &fail);
    }
    buf_free(&page);
    arena_free(&arena);
    return exit_code;
}

/* Two lines an option. */
/* clang-format off */
static const ArgRow rows[] = {
    {.name = "all", .kind = ARG_ON, .offset = offsetof(RuleSettings, all),
     .group = "Options", .help = "Explain every code"},
    {.name = "output-format", .kind = ARG_CHOICE, .offset = offsetof(RuleSettings, format), .value = "FORMAT",
     .choice = rule_format, .help = "Form of the pages"},
    {.name = "help", .letter = 'h', .kind = ARG_HELP, .help = "Print help"},
};
/* clang-format on */

static const ArgTable table = {rows, sizeof rows / sizeof rows[0], 1};

const Command command_rule = {
    .name = "rule",
    .summary = "Explain a code, or all of them",
    .usage = "[OPTIONS] <CODE|--all>",
    .table = &table,
    .run = run_rule,
};
