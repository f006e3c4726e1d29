#define _GNU_SOURCE
#include "session/fix_files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "python/facts.h"
#include "base/banned.h"

/* --- the tree --- */

static Str directory_of(Str path)
{
    size_t slash = str_find_last(path, '/');
    return slash == SIZE_MAX ? STR(".") : str_part(path, 0, slash ? slash : 1);
}

/* Absolute and without links; NULL: there is no such file. */
static const char *real_path(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    const char *kept = real ? arena_copy(arena, real, strlen(real)) : NULL;
    free(real);
    return kept;
}

/* Of a file that is named itself the tree is its directory, not that of what a link leads to. */
static void add_root(FixFiles *files, const char *path)
{
    struct stat info;
    Str named = str_copy(files->arena, str_from(path));
    bool is_directory = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    Str directory = is_directory ? named : str_copy(files->arena, directory_of(named));
    const char *real = real_path(files->arena, directory.ptr);
    if (real) files->roots[files->root_count++] = str_from(real);
}

static bool is_below(Str path, Str root)
{
    if (str_equal(root, STR("/"))) return true;
    return str_starts(path, root) && path.len > root.len && path.ptr[root.len] == '/';
}

static bool is_in_tree(const FixFiles *files, Str target)
{
    for (size_t i = 0; i < files->root_count; i++)
        if (is_below(target, files->roots[i])) return true;
    return false;
}

void fix_files_init(FixFiles *files, Arena *arena, const Options *options, bool writes)
{
    *files = (FixFiles){.arena = arena, .options = options, .writes = writes};
    files->names = names_new();
    files->parser = parser_new();
    size_t count = options->path_count ? options->path_count : 1;
    files->roots = arena_array(arena, count, sizeof *files->roots);
    for (size_t i = 0; i < options->path_count; i++)
        add_root(files, options->paths[i]);
    if (!options->path_count) add_root(files, ".");
}

void fix_files_free(FixFiles *files)
{
    for (size_t i = 0; i < files->items.count; i++) {
        vec_free(&files->items.items[i]->edits);
        vec_free(&files->items.items[i]->claims);
    }
    vec_free(&files->items);
    parser_free(files->parser);
    names_free(files->names);
}

/* --- what a file holds --- */

size_t fix_files_damages(FixFiles *files, Str text, uint32_t *row1)
{
    Arena arena;
    arena_init(&arena);
    Outline outline = outline_scan(&arena, text);
    Lines lines = lines_index(&arena, text);
    const Facts *facts = facts_new(&arena, files->names, files->parser, &outline, FACTS_WHOLE);
    size_t count;
    const Damage *damages = facts_damages(facts, &count);
    *row1 = count ? lines_row1(&lines, damages[0].span.start) : 0;
    arena_free(&arena);
    return count;
}

static void read_text(FixFiles *files, FixFile *file)
{
    file->source = text_decode(files->arena, file->bytes);
    file->lines = lines_index(files->arena, file->source.text);
}

/* --- taking a file up --- */

static bool may_be_written(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 0222) &&
           access(path, W_OK) == 0;
}

static const char *refusal_of_place(const FixFiles *files, FixFile *file)
{
    if (files->options->read_stdin) return NULL;
    file->target = real_path(files->arena, file->path.ptr);
    if (!file->target) return "the file is gone";
    if (!is_in_tree(files, str_from(file->target)))
        return "the file is a link out of the tree that is checked";
    file->is_locked = files->writes && !may_be_written(file->target);
    return file->is_locked ? "the file is read-only" : NULL;
}

static const char *refusal_of(FixFiles *files, FixFile *file)
{
    Str same;
    const char *refusal = refusal_of_place(files, file);
    if (!refusal) refusal = text_encode(files->arena, &file->source, file->bytes, file->source.text, &same);
    return refusal;
}

static void take_up(FixFiles *files, const Session *session, FixFile *file)
{
    Str bytes = session_bytes(session, file->path);
    if (!bytes.ptr) {
        file->refusal = "the file was not analysed";
        return;
    }
    uint32_t row1;
    file->before = file->bytes = file->next = str_copy(files->arena, bytes);
    read_text(files, file);
    file->next_text = file->source.text;
    file->next_lines = file->lines;
    file->refusal = refusal_of(files, file);
    if (!file->refusal) file->damages = fix_files_damages(files, file->source.text, &row1);
}

FixFile *fix_files_find(const FixFiles *files, Str path)
{
    for (size_t i = 0; i < files->items.count; i++)
        if (str_equal(files->items.items[i]->path, path)) return files->items.items[i];
    return NULL;
}

FixFile *fix_files_get(FixFiles *files, const Session *session, Str path)
{
    FixFile *file = fix_files_find(files, path);
    if (file) return file;
    file = arena_alloc(files->arena, sizeof *file);
    file->path = str_copy(files->arena, path);
    vec_add(&files->items, file);
    take_up(files, session, file);
    return file;
}

/* --- a round --- */

void fix_files_clear(FixFiles *files)
{
    for (size_t i = 0; i < files->items.count; i++) {
        FixFile *file = files->items.items[i];
        file->edits.count = file->claims.count = 0;
        file->plain = NULL;
        file->is_taken = false;
        file->next = file->bytes;
        file->next_text = file->source.text;
        file->next_lines = file->lines;
    }
}

/* `import a` stands before `from a import b`, as sorted imports do. */
static int compare_texts(Str left, Str right)
{
    bool left_first = str_starts(left, STR("import ")), right_first = str_starts(right, STR("import "));
    if (left_first != right_first) return left_first ? -1 : 1;
    return str_compare(left, right);
}

static int compare_edits(const void *left, const void *right)
{
    const TextEdit *one = &((const FileEdit *)left)->edit, *other = &((const FileEdit *)right)->edit;
    if (one->span.start != other->span.start) return one->span.start < other->span.start ? -1 : 1;
    if (one->span.end != other->span.end) return one->span.end < other->span.end ? -1 : 1;
    const FileEdit *one_edit = left, *other_edit = right;
    int by_text = one_edit->choice == other_edit->choice ? 0 : compare_texts(one->text, other->text);
    return by_text ? by_text : one_edit->order < other_edit->order ? -1 : 1;
}

static TextEdit *plain_edits(Arena *arena, const FixFile *file)
{
    TextEdit *edits = arena_array(arena, file->edits.count, sizeof *edits);
    for (size_t i = 0; i < file->edits.count; i++)
        edits[i] = file->edits.items[i].edit;
    return edits;
}

const char *fix_file_apply(FixFiles *files, FixFile *file)
{
    if (!file->edits.count) return NULL;
    qsort(file->edits.items, file->edits.count, sizeof *file->edits.items, compare_edits);
    file->plain = plain_edits(files->arena, file);
    if (!edit_text(files->arena, file->source.text, file->plain, file->edits.count, &file->next_text))
        return "its edits do not fit the file";
    file->next_lines = lines_index(files->arena, file->next_text);
    return text_encode(files->arena, &file->source, file->bytes, file->next_text, &file->next);
}

static uint32_t offset_of(const Lines *lines, Position position)
{
    if (!position.row1 || position.row1 > lines->count) return (uint32_t)lines->text.len;
    uint32_t offset = lines->starts[position.row1 - 1];
    for (uint32_t column1 = 1; column1 < position.column1 && offset < lines->text.len; column1++) {
        offset++;
        while (offset < lines->text.len && ((unsigned char)lines->text.ptr[offset] & 0xC0) == 0x80)
            offset++;
    }
    return offset;
}

static uint32_t moved(const FixFile *file, uint32_t offset)
{
    return file->plain ? edit_offset(file->plain, file->edits.count, offset) : offset;
}

Span fix_file_moved(const FixFile *file, Position start, Position end)
{
    return (Span){moved(file, offset_of(&file->lines, start)), moved(file, offset_of(&file->lines, end))};
}

Span fix_file_written(const FixFile *file, Span edited, Str text)
{
    uint32_t start = moved(file, edited.start);
    return (Span){start, start + (uint32_t)text.len};
}

uint32_t fix_file_offset(const FixFile *file, Position after)
{
    return offset_of(&file->next_lines, after);
}

void fix_file_accept(FixFiles *files, FixFile *file)
{
    if (!file->edits.count) return;
    file->bytes = file->next;
    read_text(files, file);
}
