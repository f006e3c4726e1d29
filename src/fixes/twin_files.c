#include "fixes/twin_files.h"

#include "base/io.h"
#include "fixes/names.h"
#include "base/banned.h"

static bool is_analysed(const Program *program, Str path)
{
    for (size_t i = 0; i < program->units.count; i++)
        if (str_equal(program->units.items[i]->path, path)) return true;
    return false;
}

static bool has_words(const char *path, const Str *words, size_t count)
{
    Arena arena;
    Str text;
    arena_init(&arena);
    bool has = io_read_file(&arena, path, LIMIT_FILE_BYTES, &text) != IO_OK;
    size_t found = 0;
    while (!has && found < count && (!words[found].len || name_occurs(text, words[found])))
        found++;
    has = has || found == count;
    arena_free(&arena);
    return has;
}

bool unread_files_mention(const Draft *draft, const Str *words, size_t count)
{
    size_t file_count;
    const DiscoveredFile *files = modules_files(draft->program->modules, &file_count);
    if (file_count > LIMIT_FIX_FILES) return true;
    for (size_t i = 0; i < file_count; i++)
        if (!is_analysed(draft->program, files[i].path) && has_words(files[i].path.ptr, words, count))
            return true;
    return false;
}
