#define _GNU_SOURCE
#include "session/cache_key.h"

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "python/facts_blob.h"
#include "session/session_state.h"
#include "base/banned.h"

/* Of the entries' bytes: changed with their layout. */
enum { CACHE_FORMAT = 2 };

static void add_text(StoreHasher *hasher, const char *text)
{
    store_hasher_add_number(hasher, text != NULL);
    store_hasher_add(hasher, str_from(text));
}

static void add_list(StoreHasher *hasher, const StrList *list)
{
    store_hasher_add_number(hasher, list->count);
    for (size_t i = 0; i < list->count; i++)
        store_hasher_add(hasher, list->items[i]);
}

static void add_stamp(StoreHasher *hasher, const FileStamp *stamp)
{
    store_hasher_add_number(hasher, stamp->bytes);
    store_hasher_add_number(hasher, stamp->inode);
    store_hasher_add_number(hasher, (uint64_t)stamp->modified_ns);
}

/* Paths are kept as they are opened: from the working directory. */
static void add_place(StoreHasher *hasher, const Options *options)
{
    char working[LIMIT_PATH_BYTES];
    store_hasher_add_number(hasher, CACHE_FORMAT);
    add_text(hasher, LOOPSAFE_VERSION);
    add_text(hasher, getcwd(working, sizeof working) ? working : NULL);
    add_text(hasher, options->base_directory);
}

StoreKey cache_key_of_pack(const Session *session)
{
    StoreHasher hasher = store_hasher_begin();
    add_place(&hasher, &session->options);
    add_text(&hasher, "facts");
    store_hasher_add_number(&hasher, FACTS_BLOB_VERSION);
    for (size_t i = 0; i < catalogue_trigger_count(session->catalogue); i++)
        store_hasher_add(&hasher, catalogue_trigger(session->catalogue, i));
    return store_hasher_end(&hasher);
}

StoreKey cache_key_of_result(const Session *session)
{
    const Options *options = &session->options;
    StoreHasher hasher = store_hasher_begin();
    add_place(&hasher, options);
    add_text(&hasher, "result");
    for (size_t i = 0; i < options->path_count; i++)
        add_text(&hasher, options->paths[i]);
    add_list(&hasher, &options->select);
    add_list(&hasher, &options->ignore);
    add_list(&hasher, &options->exclude);
    add_list(&hasher, &options->extend_exclude);
    add_list(&hasher, &options->rules);
    add_list(&hasher, &options->fixable);
    add_list(&hasher, &options->unfixable);
    add_text(&hasher, options->python);
    store_hasher_add(&hasher, options->fixes.http_client);
    store_hasher_add_number(&hasher, options->fixes.python_minor);
    const unsigned numbers[] = {options->exclude_given, options->force_exclude, options->respect_gitignore,
                                options->strict,        options->show_info,     options->scope,
                                options->follow,        options->fail_on};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        store_hasher_add_number(&hasher, numbers[i]);
    return store_hasher_end(&hasher);
}

/* The program itself, with the tables in it. */
static void add_program(StoreHasher *hasher)
{
    FileStamp stamp;
    stamp_read("/proc/self/exe", STAMP_FILE, &stamp);
    add_stamp(hasher, &stamp);
}

static bool add_tables(StoreHasher *hasher, const Session *session)
{
    Arena arena;
    arena_init(&arena);
    const StrList *rules = &session->options.rules;
    bool are_read = true;
    for (size_t i = 0; i < rules->count && are_read; i++) {
        Str text;
        are_read = io_read_file(&arena, rules->items[i].ptr, LIMIT_TABLE_BYTES, &text) == IO_OK;
        if (are_read) store_hasher_add(hasher, text);
    }
    arena_free(&arena);
    return are_read;
}

static void add_found(StoreHasher *hasher, const Discovered *found)
{
    store_hasher_add_number(hasher, found->file_count);
    for (size_t i = 0; i < found->file_count; i++) {
        store_hasher_add(hasher, found->files[i].path);
        store_hasher_add(hasher, found->files[i].project_path);
        store_hasher_add_number(hasher, found->files[i].named);
    }
    for (size_t i = 0; i < found->trouble_count; i++) {
        store_hasher_add(hasher, found->troubles[i].path);
        add_text(hasher, found->troubles[i].what);
    }
}

static void add_environment(StoreHasher *hasher, const Environment *environment)
{
    add_text(hasher, environment->prefix);
    for (size_t i = 0; i < environment->directory_count; i++)
        add_text(hasher, environment->directories[i]);
    for (size_t i = 0; i < environment->editable_count; i++) {
        store_hasher_add(hasher, environment->editables[i].name);
        add_text(hasher, environment->editables[i].path);
        store_hasher_add_number(hasher, access(environment->editables[i].path, F_OK) == 0);
    }
}

bool cache_state(Session *session, StoreKey *state)
{
    StoreHasher hasher = store_hasher_begin();
    add_program(&hasher);
    add_found(&hasher, &session->found);
    add_environment(&hasher, &session->environment);
    Str source = str_join(&session->arena, str_from(session->options.base_directory), STR("/src"), STR(""));
    store_hasher_add_number(&hasher, access(source.ptr, F_OK) == 0);
    bool is_whole = add_tables(&hasher, session);
    *state = store_hasher_end(&hasher);
    return is_whole;
}
