#include "fixes/call_sites.h"

#include "base/io.h"
#include "base/limits.h"
#include "fixes/passage.h"
#include "fixes/word_hits.h"
#include "project/standard.h"
#include "base/banned.h"

static const char in_family[] = "a class above or below has a method of the name";
static const char not_understood[] = "it is named in places that were not understood";

/* --- calls --- */

/* Where the name of what is called stands; UINT32_MAX: it is no name. */
static uint32_t callee_offset(const Unit *unit, NodeId call, Str *name)
{
    const Node *node = unit_node(unit, call), *callee = unit_node(unit, node->first);
    bool named = callee->kind == EXPR_NAME || callee->kind == EXPR_ATTRIBUTE;
    if (node->kind != EXPR_CALL || !named || !callee->name) return UINT32_MAX;
    *name = name_str(callee->name);
    return callee->span.end >= name->len ? callee->span.end - (uint32_t)name->len : UINT32_MAX;
}

static const Unit *step_unit(const CallSites *mentions, const Step *step, const Unit *own)
{
    return step->function == ID_NONE ? own : program_function(mentions->program, step->function)->unit;
}

static bool is_site(const CallSites *mentions, const Unit *unit, NodeId call)
{
    for (size_t i = 0; i < mentions->sites.count; i++)
        if (mentions->sites.items[i].unit == unit && mentions->sites.items[i].call == call) return true;
    return false;
}

static void add_site(CallSites *mentions, const Step *step, const Unit *own)
{
    const Unit *unit = step_unit(mentions, step, own);
    Str name = {"", 0};
    bool plain = callee_offset(unit, step->node, &name) != UINT32_MAX && str_equal(name, mentions->name);
    if (!plain || step->call->called_as)
        mentions->obstacle = "it is called by another name";
    else if (step->elsewhere || step->confidence < CONFIDENCE_LIKELY)
        mentions->obstacle = not_understood;
    else if (!is_site(mentions, unit, step->node))
        vec_add(&mentions->sites, ((CallSite){unit, step->node, step->function}));
}

typedef void StepVisit(CallSites *mentions, const Step *step, const Unit *own);

static void each_step_in(CallSites *mentions, Instance *const *instances, size_t count, uint32_t caller,
                         StepVisit *visit)
{
    const Unit *own = program_function(mentions->program, caller)->unit;
    for (size_t i = 0; i < count; i++) {
        const Instance *instance = instances[i];
        if (instance->function != caller) continue;
        for (size_t k = 0; k < instance->steps.count && !mentions->obstacle; k++)
            if (instance->steps.items[k].call) visit(mentions, &instance->steps.items[k], own);
    }
}

static void each_step(CallSites *mentions, StepVisit *visit)
{
    const FunctionInfo *function = mentions->function;
    for (size_t i = 0; i < function->callers.count; i++) {
        uint32_t caller = function->callers.items[i];
        const Unit *unit = program_function(mentions->program, caller)->unit;
        each_step_in(mentions, unit->on_loop.items, unit->on_loop.count, caller, visit);
        each_step_in(mentions, unit->others.items, unit->others.count, caller, visit);
    }
}

static void collect_call(CallSites *mentions, const Step *step, const Unit *own)
{
    if (step->call->function == mentions->id) add_site(mentions, step, own);
}

/* A site where something else may be called, too. */
static void reject_mixed(CallSites *mentions, const Step *step, const Unit *own)
{
    if (step->call->function != mentions->id && is_site(mentions, step_unit(mentions, step, own), step->node))
        mentions->obstacle = "a call of it may be one of another function";
}

/* --- what else has the name --- */

static bool is_site_at(const CallSites *mentions, const Unit *unit, uint32_t offset)
{
    Str name;
    for (size_t i = 0; unit && i < mentions->sites.count; i++) {
        const CallSite *site = &mentions->sites.items[i];
        if (site->unit == unit && callee_offset(unit, site->call, &name) == offset) return true;
    }
    return false;
}

static bool calls_other_in(const CallSites *mentions, Instance *const *instances, size_t count,
                           const Unit *unit, uint32_t offset)
{
    Str name;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < instances[i]->steps.count; k++) {
            const Step *step = &instances[i]->steps.items[k];
            bool other =
                step->call && step->call->function != mentions->id && step->confidence == CONFIDENCE_CERTAIN;
            if (other && step_unit(mentions, step, unit) == unit &&
                callee_offset(unit, step->node, &name) == offset)
                return true;
        }
    return false;
}

/* The walk knows that the call there is one of another function. */
static bool calls_other(const CallSites *mentions, const Unit *unit, uint32_t offset)
{
    return unit && (calls_other_in(mentions, unit->on_loop.items, unit->on_loop.count, unit, offset) ||
                    calls_other_in(mentions, unit->others.items, unit->others.count, unit, offset));
}

static bool holds(const Unit *unit, NodeId node, uint32_t offset)
{
    Span span = unit_node(unit, node)->span;
    return span.start <= offset && offset < span.end;
}

/* The innermost class around the place; ID_NONE: none. */
static uint32_t class_around(const CallSites *mentions, const Unit *unit, uint32_t offset)
{
    uint32_t found = ID_NONE;
    for (size_t i = 0; i < unit->classes.count; i++) {
        const ClassInfo *info = mentions->program->classes.items[unit->classes.items[i]];
        if (holds(unit, info->node, offset)) found = unit->classes.items[i];
    }
    return found;
}

static bool is_above(const ClassInfo *info, uint32_t class_id)
{
    for (uint32_t i = 0; i < info->order_count; i++)
        if (info->order[i] == class_id) return true;
    return false;
}

/* One may be the other, or inherit from it. */
static bool is_related(const Program *program, uint32_t one_id, uint32_t other_id)
{
    const ClassInfo *one = program->classes.items[one_id], *other = program->classes.items[other_id];
    if (one_id == other_id || is_above(one, other_id) || is_above(other, one_id)) return true;
    bool unknown = (!one->order && one->base_count) || (!other->order && other->base_count);
    return unknown;
}

/* Overridden, or overriding: who calls one may call the other. */
static bool is_defined_in_family(const CallSites *mentions)
{
    const Program *program = mentions->program;
    uint32_t own = mentions->function->class_id;
    Name name = unit_node(mentions->function->unit, mentions->function->node)->name;
    for (size_t i = 0; i < program->classes.count; i++) {
        const ClassInfo *info = program->classes.items[i];
        if (i == own || !info->frame || !frame_slot(info->frame, name)) continue;
        if (is_related(program, own, (uint32_t)i)) return true;
    }
    return false;
}

/* `json.load`: of a module of the standard library. */
static bool is_of_standard(const Source *source, Str dotted)
{
    size_t dot = str_find_byte(dotted, '.');
    Str root = str_part(dotted, 0, dot == SIZE_MAX ? dotted.len : dot);
    if (!source->unit || !source->unit->module) return false;
    const FrameSlot *slot = frame_slot(source->unit->module, names_intern(source->unit->names, root));
    const Item *path = slot && slot->bound ? value_find(slot->value, ITEM_PATH) : NULL;
    if (!path || slot->value->count != 1) return false;
    size_t end = str_find_byte(path->path, '.');
    return standard_has(str_part(path->path, 0, end == SIZE_MAX ? path->path.len : end));
}

/* --- a method --- */

static const char *method_attribute(const CallSites *mentions, const Source *source, uint32_t offset)
{
    bool open;
    Str object = dotted_before(source->text, offset, &open);
    bool own = str_equal(object, STR("self")) || str_equal(object, STR("cls"));
    uint32_t class_id = own && !open && source->unit ? class_around(mentions, source->unit, offset) : ID_NONE;
    if (class_id != ID_NONE && !is_related(mentions->program, mentions->function->class_id, class_id))
        return NULL;
    if (calls_other(mentions, source->unit, offset) || (!open && is_of_standard(source, object))) return NULL;
    return not_understood;
}

static bool is_in_function(const CallSites *mentions, const Unit *unit, uint32_t offset)
{
    for (size_t i = 0; i < unit->functions.count; i++)
        if (holds(unit, program_function(mentions->program, unit->functions.items[i])->node, offset))
            return true;
    return false;
}

/* The bare name means the method in the body of its class alone. */
static const char *method_name(const CallSites *mentions, const Source *source, uint32_t offset)
{
    const FunctionInfo *function = mentions->function;
    bool in_body = source->unit == function->unit &&
                   class_around(mentions, source->unit, offset) == function->class_id &&
                   !is_in_function(mentions, source->unit, offset);
    return in_body ? not_understood : NULL;
}

/* --- a function of a module --- */

static bool is_source(const CallSites *mentions, Str module)
{
    for (size_t i = 0; i < mentions->sources.count; i++)
        if (str_equal(mentions->sources.items[i], module)) return true;
    return false;
}

static bool names_source(const CallSites *mentions, Str text)
{
    for (size_t i = 0; i < mentions->sources.count; i++)
        if (word_stands_in(text, mentions->sources.items[i])) return true;
    return false;
}

/* `store.load`, where store may be the module. */
static const char *module_attribute(const CallSites *mentions, const Source *source, uint32_t offset)
{
    bool open;
    Str object = str_after_last(dotted_before(source->text, offset, &open), '.');
    if (open || str_equal(object, STR("self")) || str_equal(object, STR("cls"))) return NULL;
    if (is_source(mentions, object)) return not_understood;
    if (!names_source(mentions, source->text) || calls_other(mentions, source->unit, offset)) return NULL;
    bool imported = word_stands_in(source->text, STR("import")) && !is_of_standard(source, object);
    return imported ? not_understood : NULL;
}

/* The module that the text imports the name from: its last part, "." for the package itself; empty: from none. */
static Str imported_from(const CallSites *mentions, const Source *source, uint32_t offset)
{
    Str from = import_source(source->text, offset);
    if (from.len) {
        Str last = str_after_last(from, '.');
        return last.len ? last : STR(".");
    }
    if (!source->unit || !source->unit->module) return STR("");
    Name name = unit_node(mentions->function->unit, mentions->function->node)->name;
    const FrameSlot *slot = frame_slot(source->unit->module, name);
    const Item *path = slot && slot->bound ? value_find(slot->value, ITEM_PATH) : NULL;
    size_t dot = path ? str_find_last(path->path, '.') : SIZE_MAX;
    return dot == SIZE_MAX ? STR("") : str_after_last(str_part(path->path, 0, dot), '.');
}

/* Some import of the text may bring the function. */
static bool imports_function(const CallSites *mentions, const Source *source)
{
    WordHits hits = {.text = source->text, .word = mentions->name};
    while (word_hits_next(&hits)) {
        if (hits.place != HIT_CODE) continue;
        Str from = imported_from(mentions, source, hits.offset);
        if (str_equal(from, STR(".")) || is_source(mentions, from)) return true;
    }
    return str_find(source->text, STR("import *")) != SIZE_MAX && names_source(mentions, source->text);
}

static const char *module_name(const CallSites *mentions, const Source *source, uint32_t offset, bool imports)
{
    if (source->unit != mentions->function->unit && !imports) return NULL;
    if (!import_source(source->text, offset).len) return not_understood;
    Str behind = str_trim(str_part(source->text, offset + mentions->name.len, source->text.len));
    return str_starts(behind, STR("as ")) ? "it is imported under another name" : NULL;
}

/* --- any of them --- */

/* `f(load=1)`: the name of an argument or of a parameter. */
static bool is_keyword(Str text, uint32_t offset, Str name)
{
    uint32_t end = offset + (uint32_t)name.len;
    size_t equals = end;
    while (equals < text.len && (text.ptr[equals] == ' ' || text.ptr[equals] == '\t'))
        equals++;
    bool assigns = byte_behind(text, end) == '=' && byte_behind(text, (uint32_t)equals + 1) != '=';
    char before = byte_before(text, offset);
    bool tight = equals == end; /* at the start of a line: `load = 1` is an assignment */
    return assigns && (before == '(' || before == ',' || (before == '\n' && tight));
}

/* The string is the name, or a dotted one that ends with it. */
static bool is_quoted(Str text, uint32_t offset, Str name)
{
    char behind = offset + name.len < text.len ? text.ptr[offset + name.len] : '\0';
    char before = offset ? text.ptr[offset - 1] : '\0';
    return (behind == '"' || behind == '\'') && (before == behind || before == '.' || before == ':');
}

/* Last part of the name of the method's class. */
static Str class_name(const CallSites *mentions)
{
    uint32_t class_id = mentions->function->class_id;
    if (class_id == ID_NONE) return STR("");
    return str_after_last(mentions->program->classes.items[class_id]->name, '.');
}

/* Something may look the function up by the string. */
static bool is_looked_up(const CallSites *mentions, const Source *source, uint32_t offset)
{
    if (!is_quoted(source->text, offset, mentions->name)) return false;
    if (source->text.ptr[offset - 1] == '.' || source->unit == mentions->function->unit) return true;
    Str class = class_name(mentions);
    size_t line = offset;
    while (line && source->text.ptr[line - 1] != '\n')
        line--;
    Str before = str_part(source->text, line, offset);
    return names_source(mentions, source->text) || word_stands_in(source->text, class) ||
           word_stands_in(before, STR("getattr"));
}

static const char *definition(const CallSites *mentions, const Source *source, uint32_t offset)
{
    const FunctionInfo *function = mentions->function;
    uint32_t start = unit_node(function->unit, function->node)->span.start;
    bool own = source->unit == function->unit && start <= offset && offset - start < sizeof "async  def  ";
    if (own) return NULL;
    if (function->class_id == ID_NONE)
        return source->unit == function->unit ? "it has another definition" : NULL;
    bool known = source->unit && class_around(mentions, source->unit, offset) != ID_NONE;
    return known || !word_stands_in(source->text, class_name(mentions)) ? NULL : in_family;
}

static const char *look_at_code(const CallSites *mentions, const Source *source, uint32_t offset,
                                bool imports)
{
    Str text = source->text, before = word_before(text, offset);
    if (is_site_at(mentions, source->unit, offset)) return NULL;
    if (str_equal(before, STR("def")) || str_equal(before, STR("class")))
        return definition(mentions, source, offset);
    bool dotted = offset && text.ptr[offset - 1] == '.';
    bool from_import = import_source(text, offset).len > 0;
    if ((!from_import && is_module_name(text, offset)) || is_keyword(text, offset, mentions->name))
        return NULL;
    const FunctionInfo *function = mentions->function;
    if (function->class_id != ID_NONE)
        return dotted ? method_attribute(mentions, source, offset) : method_name(mentions, source, offset);
    if (function->outer != ID_NONE) {
        const FunctionInfo *outer = program_function(mentions->program, function->outer);
        bool seen = source->unit == function->unit && holds(function->unit, outer->node, offset);
        return seen && !dotted ? not_understood : NULL;
    }
    return dotted ? module_attribute(mentions, source, offset)
                  : module_name(mentions, source, offset, imports);
}

static void look_at_source(CallSites *mentions, const Source *source)
{
    WordHits hits = {.text = source->text, .word = mentions->name};
    bool plain = mentions->function->class_id == ID_NONE && mentions->function->outer == ID_NONE;
    bool imports = plain && imports_function(mentions, source);
    while (!mentions->obstacle && word_hits_next(&hits)) {
        if (hits.place == HIT_CODE)
            mentions->obstacle = look_at_code(mentions, source, hits.offset, imports);
        else if (hits.place == HIT_STRING && is_looked_up(mentions, source, hits.offset))
            mentions->obstacle = "its name stands in a string";
    }
}

/* --- all files --- */

static Str last_part(const Unit *unit)
{
    return unit->module_file ? str_after_last(unit->module_file->name, '.') : STR("");
}

static bool is_of_project(const Unit *unit)
{
    return unit->is_root || (unit->module_file && unit->module_file->origin == MODULE_PROJECT);
}

/* Modules that import the function have it, too. */
static bool spread_sources(CallSites *mentions)
{
    bool more = false;
    for (size_t i = 0; i < mentions->texts.count; i++) {
        const Source *source = &mentions->texts.items[i];
        Str name = last_part(source->unit);
        if (!name.len || is_source(mentions, name) || !imports_function(mentions, source)) continue;
        vec_add(&mentions->sources, name);
        more = true;
    }
    return more;
}

enum { SOURCE_ROUNDS = 4 };

static void find_sources(CallSites *mentions)
{
    Str own = last_part(mentions->function->unit);
    if (own.len) vec_add(&mentions->sources, own);
    for (unsigned i = 0; i < SOURCE_ROUNDS && spread_sources(mentions); i++) {
    }
}

static void collect_texts(CallSites *mentions)
{
    const Program *program = mentions->program;
    for (size_t i = 0; i < program->units.count; i++) {
        const Unit *unit = program->units.items[i];
        if (!is_of_project(unit)) continue;
        mentions->bytes += unit->source.text.len;
        bool has =
            mentions->bytes <= LIMIT_MENTION_BYTES && word_stands_in(unit->source.text, mentions->name);
        if (has) vec_add(&mentions->texts, ((Source){unit, unit->source.text}));
    }
}

static bool *files_read(const Program *program, Arena *arena)
{
    bool *is_read = arena_array(arena, program->file_count + 1, sizeof *is_read);
    for (size_t i = 0; i < program->units.count; i++) {
        const Module *module = program->units.items[i]->module_file;
        if (module && module->file < program->file_count) is_read[module->file] = true;
    }
    return is_read;
}

/* Files in which nothing of interest stood, and tests. */
static void look_at_files(CallSites *mentions)
{
    const Program *program = mentions->program;
    Arena arena, texts;
    arena_init(&arena);
    arena_init(&texts);
    const bool *is_read = files_read(program, &arena);
    for (size_t i = 0; i < program->file_count && !mentions->obstacle; i++) {
        Source source = {NULL, {"", 0}};
        if (is_read[i] || mentions->bytes > LIMIT_MENTION_BYTES) continue;
        if (io_read_file(&texts, program->files[i].path.ptr, LIMIT_FILE_BYTES, &source.text) != IO_OK)
            continue;
        mentions->bytes += source.text.len;
        if (word_stands_in(source.text, mentions->name)) look_at_source(mentions, &source);
        arena_reset(&texts);
    }
    arena_free(&texts);
    arena_free(&arena);
}

/* The function's own file first: most of what stands against it stands there. */
static void look_everywhere(CallSites *mentions)
{
    const Unit *own = mentions->function->unit;
    look_at_source(mentions, &(Source){own, own->source.text});
    if (mentions->obstacle) return;
    collect_texts(mentions);
    if (mentions->function->class_id == ID_NONE && mentions->function->outer == ID_NONE)
        find_sources(mentions);
    for (size_t i = 0; i < mentions->texts.count && !mentions->obstacle; i++)
        look_at_source(mentions, &mentions->texts.items[i]);
    if (!mentions->obstacle && mentions->bytes <= LIMIT_MENTION_BYTES) look_at_files(mentions);
    if (mentions->bytes > LIMIT_MENTION_BYTES && !mentions->obstacle)
        mentions->obstacle = "the project is too large to look for every use";
}

void call_sites_find(const Program *program, uint32_t function, CallSites *mentions)
{
    const FunctionInfo *info = program_function(program, function);
    *mentions = (CallSites){
        .program = program, .function = info, .id = function, .name = str_after_last(info->name, '.')};
    each_step(mentions, collect_call);
    each_step(mentions, reject_mixed);
    if (info->class_id != ID_NONE && !mentions->obstacle && is_defined_in_family(mentions))
        mentions->obstacle = in_family;
    if (!mentions->obstacle) look_everywhere(mentions);
}

void call_sites_free(CallSites *mentions)
{
    vec_free(&mentions->sites);
    vec_free(&mentions->texts);
    vec_free(&mentions->sources);
}
