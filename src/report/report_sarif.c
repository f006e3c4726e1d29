#include "base/path.h"
#include "report/json_finding.h"
#include "report/report.h"
#include "report/rule_page.h"
#include "report/statistics.h"
#include "report/stop.h"

#include "base/vec.h"
#include "base/banned.h"

/* The log as it is written: a rule is named by its place among those that appear. */
typedef struct SarifLog {
    JsonOut out;
    const Report *report;
    const ReportStyle *style;
    VEC(Str) codes; /* that appear, in order */
} SarifLog;

static int compare_codes(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

static size_t index_of(const SarifLog *log, Str code)
{
    for (size_t i = 0; i < log->codes.count; i++)
        if (str_equal(log->codes.items[i], code)) return i;
    return SIZE_MAX;
}

static void collect_codes(SarifLog *log)
{
    for (size_t i = 0; i < log->report->finding_count; i++)
        if (index_of(log, log->report->findings[i].code) == SIZE_MAX)
            vec_add(&log->codes, log->report->findings[i].code);
    if (log->codes.count) qsort(log->codes.items, log->codes.count, sizeof(Str), compare_codes);
}

static void open_object(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_open(out, '{');
}

static void open_list(JsonOut *out, const char *key)
{
    json_out_key(out, key);
    json_out_open(out, '[');
}

/* "key": {"text": …} */
static void add_message(JsonOut *out, const char *key, Str text)
{
    open_object(out, key);
    json_text_add(out, "text", text);
    json_out_close(out, '}');
}

static Str level_of(Severity severity)
{
    static const char *const levels[] = {
        [SEVERITY_INFO] = "note",
        [SEVERITY_LOW] = "note",
        [SEVERITY_MEDIUM] = "warning",
        [SEVERITY_HIGH] = "error",
    };
    return str_from(levels[severity]);
}

/* --- places --- */

/* Below the working directory: relative to SRCROOT. Elsewhere: whole. */
static void add_artifact(SarifLog *log, Str path)
{
    JsonOut *out = &log->out;
    Buf uri;
    buf_init(&uri);
    bool is_whole = str_starts(path, STR("/")) || path_climbs(path);
    if (is_whole) {
        Buf absolute;
        buf_init(&absolute);
        path_add_absolute(&absolute, log->style->directory, path);
        buf_add_text(&uri, "file://");
        uri_add_path(&uri, buf_str(&absolute));
        buf_free(&absolute);
    } else {
        uri_add_path(&uri, str_starts(path, STR("./")) ? str_drop(path, 2) : path);
    }
    open_object(out, "artifactLocation");
    json_text_add(out, "uri", buf_str(&uri));
    if (!is_whole) json_text_add(out, "uriBaseId", STR("SRCROOT"));
    json_out_close(out, '}');
    buf_free(&uri);
}

static void add_number(JsonOut *out, const char *key, uint64_t number)
{
    json_out_key(out, key);
    json_out_number(out, number);
}

/* Rows and columns of a place count from 1; its end is the column behind the last character, as SARIF's is. */
static void add_region(JsonOut *out, const char *key, const Place *place)
{
    open_object(out, key);
    add_number(out, "startLine", place->start.row1);
    add_number(out, "startColumn", place->start.column1);
    add_number(out, "endLine", place->end.row1);
    add_number(out, "endColumn", place->end.column1);
    json_out_close(out, '}');
}

static void add_physical(SarifLog *log, const Place *place)
{
    if (!place->path.len) return;
    open_object(&log->out, "physicalLocation");
    add_artifact(log, place->path);
    if (place->start.row1) add_region(&log->out, "region", place);
    json_out_close(&log->out, '}');
}

static void add_function(SarifLog *log, Str function)
{
    if (!function.len) return;
    open_list(&log->out, "logicalLocations");
    json_out_open(&log->out, '{');
    json_text_add(&log->out, "fullyQualifiedName", function);
    json_text_add(&log->out, "kind", STR("function"));
    json_out_close(&log->out, '}');
    json_out_close(&log->out, ']');
}

/* --- the way to the sink --- */

/* id1 0: none */
static void add_stop(SarifLog *log, const Stop *stop, size_t id1)
{
    Buf text;
    buf_init(&text);
    stop_add_text(&text, stop);
    if (id1) add_number(&log->out, "id", id1);
    add_physical(log, stop->place);
    add_function(log, stop->function);
    add_message(&log->out, "message", buf_str(&text));
    buf_free(&text);
}

static void add_related(SarifLog *log, const Finding *finding)
{
    open_list(&log->out, "relatedLocations");
    for (size_t i = stop_first_elsewhere(finding); i < stop_count(finding); i++) {
        Stop stop = stop_at(finding, i);
        json_out_open(&log->out, '{');
        add_stop(log, &stop, i + 1);
        json_out_close(&log->out, '}');
    }
    json_out_close(&log->out, ']');
}

static void add_flow_stop(SarifLog *log, const Finding *finding, size_t index)
{
    Stop stop = stop_at(finding, index);
    json_out_open(&log->out, '{');
    open_object(&log->out, "location");
    add_stop(log, &stop, 0);
    json_out_close(&log->out, '}');
    add_number(&log->out, "nestingLevel", index);
    json_out_close(&log->out, '}');
}

static void add_flow(SarifLog *log, const Finding *finding)
{
    open_list(&log->out, "codeFlows");
    json_out_open(&log->out, '{');
    open_list(&log->out, "threadFlows");
    json_out_open(&log->out, '{');
    open_list(&log->out, "locations");
    for (size_t i = 0; i < stop_count(finding); i++)
        add_flow_stop(log, finding, i);
    json_out_close(&log->out, ']');
    json_out_close(&log->out, '}');
    json_out_close(&log->out, ']');
    json_out_close(&log->out, '}');
    json_out_close(&log->out, ']');
}

/* --- fixes --- */

static void add_replacement(SarifLog *log, const FixEdit *edit)
{
    json_out_open(&log->out, '{');
    add_region(&log->out, "deletedRegion", &edit->place);
    add_message(&log->out, "insertedContent", edit->text);
    json_out_close(&log->out, '}');
}

/* Edits are sorted by path: those of one file stand together. Gives the first of the next file. */
static size_t add_change(SarifLog *log, const Fix *fix, size_t first)
{
    Str path = fix->edits[first].place.path;
    size_t i = first;
    json_out_open(&log->out, '{');
    add_artifact(log, path);
    open_list(&log->out, "replacements");
    for (; i < fix->edit_count && str_equal(fix->edits[i].place.path, path); i++)
        add_replacement(log, &fix->edits[i]);
    json_out_close(&log->out, ']');
    json_out_close(&log->out, '}');
    return i;
}

static void add_fix_properties(JsonOut *out, const Fix *fix)
{
    open_object(out, "properties");
    json_text_add(out, "applicability", str_from(applicability_text(fix->applicability)));
    json_text_add(out, "shape", fix->shape);
    if (fix->note.len) json_text_add(out, "note", fix->note);
    open_list(out, "packages");
    for (size_t i = 0; i < fix->package_count; i++)
        json_out_str(out, fix->packages[i]);
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void add_fix(SarifLog *log, const Fix *fix)
{
    json_out_open(&log->out, '{');
    add_message(&log->out, "description", fix->title);
    open_list(&log->out, "artifactChanges");
    for (size_t i = 0; i < fix->edit_count;)
        i = add_change(log, fix, i);
    json_out_close(&log->out, ']');
    add_fix_properties(&log->out, fix);
    json_out_close(&log->out, '}');
}

static void add_fixes(SarifLog *log, const Finding *finding)
{
    bool is_open = false;
    for (size_t i = 0; i < finding->fix_count; i++) {
        if (!finding->fixes[i].edit_count) continue;
        if (!is_open) open_list(&log->out, "fixes");
        is_open = true;
        add_fix(log, &finding->fixes[i]);
    }
    if (is_open) json_out_close(&log->out, ']');
}

/* --- results --- */

/* Of the preferred fix. */
static Str applicability_of(const Finding *finding)
{
    for (size_t i = 0; i < finding->fix_count; i++)
        if (finding->fixes[i].edit_count)
            return str_from(applicability_text(finding->fixes[i].applicability));
    return STR("");
}

static void add_properties(JsonOut *out, const Finding *finding, const ReportStyle *style)
{
    open_object(out, "properties");
    json_text_add(out, "severity", str_from(severity_text(finding->severity)));
    json_text_add(out, "confidence", str_from(confidence_text(finding->confidence)));
    json_text_or_null_add(out, "effect",
                          str_from(finding->effect == EFFECT_NONE ? "" : effect_text(finding->effect)));
    json_text_or_null_add(out, "sink", finding->sink);
    json_text_or_null_add(out, "advice", finding->advice);
    json_text_or_null_add(out, "applicability", applicability_of(finding));
    json_text_or_null_add(out, "group", str_from(finding->group));
    json_run_add(out, finding, style);
    json_out_close(out, '}');
}

static void add_locations(SarifLog *log, const Finding *finding)
{
    open_list(&log->out, "locations");
    json_out_open(&log->out, '{');
    add_physical(log, &finding->place);
    add_function(log, finding->function);
    json_out_close(&log->out, '}');
    json_out_close(&log->out, ']');
    if (!stop_count(finding)) return;
    add_related(log, finding);
    add_flow(log, finding);
}

static void add_result(SarifLog *log, const Finding *finding)
{
    JsonOut *out = &log->out;
    json_out_open(out, '{');
    json_text_add(out, "ruleId", finding->code);
    add_number(out, "ruleIndex", index_of(log, finding->code));
    json_text_add(out, "level", level_of(finding->severity));
    add_message(out, "message", finding->message);
    add_locations(log, finding);
    open_object(out, "partialFingerprints");
    json_text_add(out, "loopsafe/v1", str_from(finding->fingerprint));
    json_out_close(out, '}');
    add_fixes(log, finding);
    add_properties(out, finding, log->style);
    json_out_close(out, '}');
}

/* --- rules --- */

/* What most findings of the code have: a code has no severity of its own, its calls do. */
static Severity usual_severity(const Report *report, Str code)
{
    size_t counts[SEVERITY_HIGH + 1] = {0};
    for (size_t i = 0; i < report->finding_count; i++)
        if (str_equal(report->findings[i].code, code)) counts[report->findings[i].severity]++;
    Severity usual = SEVERITY_HIGH;
    for (size_t severity = SEVERITY_HIGH; severity-- > 0;)
        if (counts[severity] > counts[usual]) usual = (Severity)severity;
    return usual;
}

static void add_help(JsonOut *out, const Catalogue *catalogue, const CodeRule *rule)
{
    Buf page;
    buf_init(&page);
    rule_page_add(&page, catalogue, rule);
    open_object(out, "help");
    json_text_add(out, "text", rule->instead.len ? rule->instead : rule->summary);
    json_text_add(out, "markdown", buf_str(&page));
    json_out_close(out, '}');
    buf_free(&page);
}

static void add_rule(SarifLog *log, Str code)
{
    JsonOut *out = &log->out;
    const Catalogue *catalogue = log->style->catalogue;
    const CodeRule *rule = catalogue ? catalogue_code_find(catalogue, code) : NULL;
    json_out_open(out, '{');
    json_text_add(out, "id", code);
    if (rule) {
        json_text_add(out, "name", rule->name);
        add_message(out, "shortDescription", rule->summary);
        add_message(out, "fullDescription", rule->why.len ? rule->why : rule->summary);
        add_help(out, catalogue, rule);
    }
    open_object(out, "defaultConfiguration");
    json_text_add(out, "level", level_of(usual_severity(log->report, code)));
    json_out_close(out, '}');
    json_out_close(out, '}');
}

static void add_tool(SarifLog *log)
{
    JsonOut *out = &log->out;
    open_object(out, "tool");
    open_object(out, "driver");
    json_text_add(out, "name", STR("loopsafe"));
    json_text_add(out, "version", STR(LOOPSAFE_VERSION));
    json_text_add(out, "semanticVersion", STR(LOOPSAFE_VERSION));
    open_list(out, "rules");
    for (size_t i = 0; i < log->codes.count; i++)
        add_rule(log, log->codes.items[i]);
    json_out_close(out, ']');
    json_out_close(out, '}');
    json_out_close(out, '}');
}

/* --- the log --- */

static void add_root(SarifLog *log)
{
    Buf uri;
    buf_init(&uri);
    buf_add_text(&uri, "file://");
    uri_add_path(&uri, log->style->directory);
    if (!str_ends(buf_str(&uri), STR("/"))) buf_add_byte(&uri, '/');
    open_object(&log->out, "originalUriBaseIds");
    open_object(&log->out, "SRCROOT");
    json_text_add(&log->out, "uri", buf_str(&uri));
    json_out_close(&log->out, '}');
    json_out_close(&log->out, '}');
    buf_free(&uri);
}

static void add_run(SarifLog *log)
{
    JsonOut *out = &log->out;
    json_out_open(out, '{');
    add_tool(log);
    json_text_add(out, "columnKind", STR("unicodeCodePoints"));
    add_root(log);
    open_list(out, "results");
    for (size_t i = 0; i < log->report->finding_count; i++)
        add_result(log, &log->report->findings[i]);
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void write_sarif(Buf *buf, const Report *report, const ReportStyle *style)
{
    SarifLog log = {.report = report, .style = style};
    collect_codes(&log);
    json_out_init(&log.out, buf, true);
    json_out_open(&log.out, '{');
    json_text_add(&log.out, "$schema", STR("https://json.schemastore.org/sarif-2.1.0.json"));
    json_text_add(&log.out, "version", STR("2.1.0"));
    open_list(&log.out, "runs");
    add_run(&log);
    json_out_close(&log.out, ']');
    json_out_close(&log.out, '}');
    buf_add_byte(buf, '\n');
    vec_free(&log.codes);
}

const Reporter reporter_sarif = {
    .name = "sarif",
    .summary = "SARIF 2.1.0, for code scanning and editors",
    .write = write_sarif,
    .write_statistics = statistics_add_json_list,
};
