#include "fixes/process_call.h"

#include "base/banned.h"

typedef struct ProcessFunction {
    const char *path;
    ProcessGives gives;
    bool checked, shell;
} ProcessFunction;

/* The language's own functions: they differ in what they give, not in what they take. */
static const ProcessFunction functions[] = {
    {"subprocess.run", GIVES_RESULT, false, false},
    {"subprocess.call", GIVES_CODE, false, false},
    {"subprocess.check_call", GIVES_CODE, true, false},
    {"subprocess.check_output", GIVES_OUTPUT, true, false},
    {"os.system", GIVES_STATUS, false, true},
};

static const ProcessFunction *function_of(Str path)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (str_equal(path, str_from(functions[i].path))) return &functions[i];
    return NULL;
}

bool process_is_call(Str path)
{
    return function_of(path) != NULL;
}

/* --- keywords --- */

typedef enum KeywordUse {
    USE_PASS,   /* the asynchronous form takes the same */
    USE_FLAG,   /* read when it is True or False */
    USE_STREAM, /* passed on, and seen whether it is a pipe */
    USE_ENCODING,
    USE_ERRORS,
    USE_INPUT
} KeywordUse;

typedef struct Keyword {
    const char *name;
    KeywordUse use;
} Keyword;

static const Keyword keywords[] = {
    {"cwd", USE_PASS},
    {"env", USE_PASS},
    {"start_new_session", USE_PASS},
    {"close_fds", USE_PASS},
    {"pass_fds", USE_PASS},
    {"creationflags", USE_PASS},
    {"startupinfo", USE_PASS},
    {"preexec_fn", USE_PASS},
    {"restore_signals", USE_PASS},
    {"user", USE_PASS},
    {"group", USE_PASS},
    {"umask", USE_PASS},
    {"check", USE_FLAG},
    {"shell", USE_FLAG},
    {"text", USE_FLAG},
    {"capture_output", USE_FLAG},
    {"universal_newlines", USE_FLAG},
    {"stdout", USE_STREAM},
    {"stderr", USE_STREAM},
    {"stdin", USE_STREAM},
    {"encoding", USE_ENCODING},
    {"errors", USE_ERRORS},
    {"input", USE_INPUT},
};

static const Keyword *keyword_of(Str name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (str_equal(name, str_from(keywords[i].name))) return &keywords[i];
    return NULL;
}

typedef struct Reading {
    Draft *draft;
    const Unit *unit;
    ProcessCall *call;
} Reading;

static void set_flag(Reading *reading, Str name, const Node *value)
{
    ProcessCall *call = reading->call;
    if (value->kind != EXPR_TRUE && value->kind != EXPR_FALSE) {
        draft_refuse(reading->draft, "whether `%.*s` holds is not known", DRAFT_STR(name));
        return;
    }
    bool on = value->kind == EXPR_TRUE;
    if (str_equal(name, STR("check"))) call->checked = call->checked || on;
    if (str_equal(name, STR("shell"))) call->shell = on;
    if (str_equal(name, STR("text")) || str_equal(name, STR("universal_newlines")))
        call->decoded = call->decoded || on;
    if (str_equal(name, STR("capture_output"))) call->pipes_out = call->pipes_err = on;
}

static void pass_on(Reading *reading, NodeId argument)
{
    Draft *draft = reading->draft;
    reading->call->passed =
        str_join(draft->arena, reading->call->passed, STR(", "), unit_text(reading->unit, argument));
}

/* A pipe is written by us, whatever else is passed on: `stderr=subprocess.STDOUT` has the same value there. */
static void set_stream(Reading *reading, Str name, NodeId argument, const Node *value)
{
    ProcessCall *call = reading->call;
    bool pipe = (value->kind == EXPR_ATTRIBUTE || value->kind == EXPR_NAME) &&
                str_equal(name_str(value->name), STR("PIPE"));
    bool in = str_equal(name, STR("stdin"));
    if (pipe && in)
        draft_refuse(reading->draft, "writes to the program as it runs");
    else if (pipe && str_equal(name, STR("stdout")))
        call->pipes_out = true;
    else if (pipe)
        call->pipes_err = true;
    else
        pass_on(reading, argument);
}

static void set_coding(Reading *reading, Str name, NodeId value)
{
    Draft *draft = reading->draft;
    ProcessCall *call = reading->call;
    Str text = unit_text(reading->unit, value);
    bool errors = str_equal(name, STR("errors"));
    call->decoded = true;
    if (errors) text = str_join(draft->arena, STR("errors="), text, STR(""));
    call->encoding = !call->encoding.len ? text
                     : errors            ? str_join(draft->arena, call->encoding, STR(", "), text)
                                         : str_join(draft->arena, text, STR(", "), call->encoding);
}

static void take_keyword(Reading *reading, NodeId argument)
{
    const Node *node = unit_node(reading->unit, argument);
    const Node *value = unit_node(reading->unit, node->first);
    Str name = name_str(node->name);
    const Keyword *keyword = name.len ? keyword_of(name) : NULL;
    if (!keyword) {
        draft_refuse(reading->draft, "`%.*s` has no equivalent", DRAFT_STR(name.len ? name : STR("**")));
        return;
    }
    if (keyword->use == USE_PASS) pass_on(reading, argument);
    if (keyword->use == USE_FLAG) set_flag(reading, name, value);
    if (keyword->use == USE_STREAM) set_stream(reading, name, argument, value);
    if (keyword->use == USE_ENCODING || keyword->use == USE_ERRORS) set_coding(reading, name, node->first);
    if (keyword->use == USE_INPUT) reading->call->input = unit_text(reading->unit, node->first);
}

/* --- what must not be lost --- */

/* A comment between the arguments would go. */
static bool has_comment(const Unit *unit, uint32_t start, uint32_t end)
{
    return str_find_byte(str_part(unit->source.text, start, end), '#') != SIZE_MAX;
}

static bool loses_comment(const Unit *unit, const Node *call)
{
    uint32_t from = unit_node(unit, call->first)->span.end;
    for (NodeId at = call->second; at; at = unit_node(unit, at)->next) {
        Span span = unit_node(unit, at)->span;
        if (has_comment(unit, from, span.start)) return true;
        from = span.end;
    }
    return has_comment(unit, from, call->span.end);
}

static void check(Reading *reading)
{
    ProcessCall *call = reading->call;
    if (call->gives == GIVES_OUTPUT) call->pipes_out = true;
    if (call->input.len) call->pipes_in = true;
    if (call->decoded && call->input.len)
        call->input = draft_format(reading->draft, "%.*s.encode(%.*s)", DRAFT_STR(call->input),
                                   DRAFT_STR(call->encoding));
}

bool process_read(Draft *draft, const Spot *spot, Str path, ProcessCall *call)
{
    const Unit *unit = spot->unit;
    const Node *node = unit_node(unit, spot_node(spot));
    const ProcessFunction *function = function_of(path);
    *call = (ProcessCall){.gives = function->gives,
                          .checked = function->checked,
                          .shell = function->shell,
                          .command = node->second};
    Reading reading = {draft, unit, call};
    const Node *command = unit_node(unit, call->command);
    if (!call->command || command->kind == ARG_KEYWORD || command->kind == EXPR_STARRED)
        draft_refuse(draft, "the program to run is not the first argument");
    else if (loses_comment(unit, node))
        draft_refuse(draft, "a comment stands between the arguments");
    for (NodeId at = command->next; at && !draft_is_refused(draft); at = unit_node(unit, at)->next)
        if (unit_node(unit, at)->kind == ARG_KEYWORD)
            take_keyword(&reading, at);
        else
            draft_refuse(draft, "hands over arguments by position");
    check(&reading);
    return !draft_is_refused(draft);
}
