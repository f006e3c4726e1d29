/* compile_main.c - loopsafe-rules-compile OUT.c TABLE.json…: the build's tool that turns rules/ into C data.
 *
 * Order   tables are read by name, so that the order of the arguments does not show in the output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "rules/image.h"
#include "rules/loader.h"

#include "base/banned.h"

enum { TEXT_LINE_BYTES = 96, WORDS_A_LINE = 12 };

static int path_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void add_text_byte(Buf *out, unsigned char byte)
{
    bool is_plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\' && byte != '?';
    if (is_plain)
        buf_add_byte(out, (char)byte);
    else
        buf_format(out, "\\%03o", byte);
}

static void add_text(Buf *out, Str text)
{
    buf_add_text(out, "const char catalogue_data_text[] =\n");
    for (size_t at = 0; at < text.len; at += TEXT_LINE_BYTES) {
        buf_add_text(out, "    \"");
        for (size_t i = at; i < text.len && i < at + TEXT_LINE_BYTES; i++)
            add_text_byte(out, (unsigned char)text.ptr[i]);
        buf_add_text(out, "\"\n");
    }
    buf_add_text(out, "    ;\n");
}

static void add_words(Buf *out, const uint32_t *words, size_t count)
{
    buf_add_text(out, "const uint32_t catalogue_data_words[] = {");
    for (size_t i = 0; i < count; i++)
        buf_format(out, "%s%u,", i % WORDS_A_LINE ? " " : "\n    ", words[i]);
    buf_add_text(out, "\n};\n");
}

static void add_source(Buf *out, ImageParts parts)
{
    buf_add_text(out, "/* Made by loopsafe-rules-compile from rules/; do not edit. */\n"
                      "#include \"rules/image.h\"\n\n"
                      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n");
    add_text(out, parts.text);
    buf_add_byte(out, '\n');
    add_words(out, parts.words, parts.word_count);
}

static bool check_effects(const Model *model, Fail *fail)
{
    for (size_t i = EFFECT_NONE + 1; i < EFFECT_COUNT; i++) {
        const ModelEffect *effect = &model->effects[i];
        bool has_code = !effect->code.len;
        for (size_t k = 0; k < model->codes.count; k++)
            has_code = has_code || str_equal(effect->code, model->codes.items[k].code);
        const char *name = effect_text((Effect)i);
        if (!effect->is_set) return fail_at(fail, NULL, 0, "no table says how severe effect \"%s\" is", name);
        if (!has_code) return fail_at(fail, NULL, 0, "the code of effect \"%s\" is not defined", name);
    }
    return true;
}

static bool read_tables(Model *model, char **paths, size_t count, Fail *fail)
{
    for (size_t i = 0; i < count; i++) {
        Str text;
        IoStatus status = io_read_file(model->arena, paths[i], LIMIT_TABLE_BYTES, &text);
        if (status != IO_OK) return fail_at(fail, paths[i], 0, "%s", io_status_text(status));
        if (!table_load(model, text, paths[i], TABLE_BUILT_IN, fail)) return false;
    }
    return check_effects(model, fail);
}

static bool compile_tables(const char *out_path, char **paths, size_t count, Fail *fail)
{
    Arena arena;
    Model model;
    Buf out;
    arena_init(&arena);
    model_init(&model, &arena);
    buf_init(&out);
    bool is_good = read_tables(&model, paths, count, fail);
    if (is_good) {
        add_source(&out, image_build(&model));
        is_good = io_write_file(out_path, buf_str(&out), fail);
    }
    buf_free(&out);
    model_free(&model);
    arena_free(&arena);
    return is_good;
}

int main(int count, char **arguments)
{
    if (count < 3) {
        fprintf(stderr, "usage: loopsafe-rules-compile OUT.c TABLE.json...\n");
        return 2;
    }
    Fail fail = {0};
    qsort(arguments + 2, (size_t)count - 2, sizeof *arguments, path_compare);
    if (compile_tables(arguments[1], arguments + 2, (size_t)count - 2, &fail)) return 0;
    fprintf(stderr, "%s\n", fail.text);
    return 2;
}
