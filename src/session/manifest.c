#define _GNU_SOURCE
#include "session/manifest.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/banned.h"

/* --- directories --- */

/* The kind of an entry, links followed; 0: nothing that an import finds. */
static mode_t kind_of(DIR *stream, const struct dirent *entry)
{
    struct stat info;
    if (entry->d_type == DT_REG) return S_IFREG;
    if (entry->d_type == DT_DIR) return S_IFDIR;
    if (fstatat(dirfd(stream), entry->d_name, &info, 0) != 0) return 0;
    return info.st_mode & S_IFMT;
}

/* Where a link leads is part of what is found. */
static StoreKey content_of_entry(Str directory, const struct dirent *entry, mode_t kind)
{
    StoreHasher hasher = store_hasher_begin();
    store_hasher_add(&hasher, str_from(entry->d_name));
    store_hasher_add_number(&hasher, kind);
    if (entry->d_type == DT_REG || entry->d_type == DT_DIR) return store_hasher_end(&hasher);
    char path[LIMIT_PATH_BYTES];
    size_t name_bytes = strlen(entry->d_name);
    if (directory.len + name_bytes + 2 > sizeof path) return store_hasher_end(&hasher);
    memcpy(path, directory.ptr, directory.len);
    path[directory.len] = '/';
    memcpy(path + directory.len + 1, entry->d_name, name_bytes + 1);
    char *target = realpath(path, NULL);
    store_hasher_add(&hasher, str_from(target));
    free(target);
    return store_hasher_end(&hasher);
}

static bool may_be_imported(Str name)
{
    Str suffix = STR(".py");
    if (str_ends(name, suffix)) return true;
    return str_find_byte(name, '.') == SIZE_MAX;
}

bool manifest_list(const char *directory, StoreKey *content)
{
    *content = (StoreKey){0, 0};
    DIR *stream = opendir(directory);
    if (!stream) return false;
    for (const struct dirent *entry; (entry = readdir(stream));) {
        Str name = str_from(entry->d_name);
        if (!may_be_imported(name)) continue;
        mode_t kind = kind_of(stream, entry);
        bool is_source = kind == S_IFREG && str_ends(name, STR(".py"));
        if (!is_source && kind != S_IFDIR) continue;
        StoreKey one = content_of_entry(str_from(directory), entry, kind);
        content->high += one.high;
        content->low += one.low;
    }
    closedir(stream);
    return true;
}

static bool holds_init(const char *directory)
{
    char path[LIMIT_PATH_BYTES];
    static const char NAME[] = "/__init__.py";
    size_t length = strlen(directory);
    if (length + sizeof NAME > sizeof path) return false;
    memcpy(path, directory, length);
    memcpy(path + length, NAME, sizeof NAME);
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* --- as bytes --- */

enum { LEAST_BYTES = 1 + 2 + 5 + sizeof(StoreKey) };

static void save_seen(const Seen *seen, Buf *out)
{
    bytes_add_number(out, seen->kind);
    bytes_add_text(out, seen->path);
    bytes_add_number(out, seen->stamp.bytes);
    bytes_add_number(out, seen->stamp.inode);
    bytes_add_number(out, (uint64_t)seen->stamp.modified_ns);
    bytes_add_number(out, (uint64_t)seen->stamp.changed_ns);
    bytes_add_number(out, (uint64_t)seen->looked_ns);
    bytes_add_key(out, seen->content);
}

static void load_seen(ByteReader *reader, Seen *seen)
{
    seen->kind = (SeenKind)bytes_below(reader, SEEN_KIND_COUNT);
    seen->path = bytes_text(reader);
    seen->stamp.bytes = bytes_number(reader);
    seen->stamp.inode = bytes_number(reader);
    seen->stamp.modified_ns = (int64_t)bytes_number(reader);
    seen->stamp.changed_ns = (int64_t)bytes_number(reader);
    seen->looked_ns = (int64_t)bytes_number(reader);
    seen->content = bytes_key(reader);
}

void manifest_save(const Manifest *manifest, Buf *out)
{
    bytes_add_number(out, manifest->count);
    for (size_t i = 0; i < manifest->count; i++)
        save_seen(&manifest->items[i], out);
}

bool manifest_load(Arena *arena, ByteReader *reader, Manifest *manifest)
{
    manifest->count = bytes_count(reader, LEAST_BYTES);
    manifest->items = arena_array(arena, manifest->count, sizeof *manifest->items);
    for (size_t i = 0; i < manifest->count && !reader->bad; i++)
        load_seen(reader, &manifest->items[i]);
    if (reader->bad) *manifest = (Manifest){0};
    return !reader->bad;
}

/* --- looking again --- */

enum { ITEMS_AT_ONCE = 64 };

typedef struct Looking {
    Manifest *manifest;
    int64_t now_ns;
    atomic_bool differs, renewed;
} Looking;

static bool content_of(const Seen *seen, StoreKey *content)
{
    if (seen->kind == SEEN_DIRECTORY) return manifest_list(seen->path.ptr, content);
    Arena arena;
    arena_init(&arena);
    Str bytes;
    bool is_read = io_read_file(&arena, seen->path.ptr, LIMIT_FILE_BYTES, &bytes) == IO_OK;
    if (is_read) *content = store_hash(bytes);
    arena_free(&arena);
    return is_read;
}

static bool is_same(Looking *looking, Seen *seen)
{
    if (seen->kind == SEEN_INIT || seen->kind == SEEN_NO_INIT)
        return holds_init(seen->path.ptr) == (seen->kind == SEEN_INIT);
    FileStamp now;
    StampKind kind = seen->kind == SEEN_FILE ? STAMP_FILE : STAMP_DIRECTORY;
    if (!stamp_read(seen->path.ptr, kind, &now)) return false;
    if (stamp_equal(&now, &seen->stamp) && stamp_is_settled(&now, seen->looked_ns)) return true;
    StoreKey content;
    if (!content_of(seen, &content) || !store_key_equal(content, seen->content)) return false;
    seen->stamp = now;
    seen->looked_ns = looking->now_ns;
    if (stamp_is_settled(&now, looking->now_ns)) atomic_store(&looking->renewed, true);
    return true;
}

static void look(void *context, size_t item, size_t worker)
{
    (void)worker;
    Looking *looking = context;
    size_t first = item * ITEMS_AT_ONCE, end = first + ITEMS_AT_ONCE;
    if (end > looking->manifest->count) end = looking->manifest->count;
    for (size_t i = first; i < end; i++) {
        if (atomic_load(&looking->differs)) return;
        if (!is_same(looking, &looking->manifest->items[i])) atomic_store(&looking->differs, true);
    }
}

bool manifest_holds(Manifest *manifest, size_t threads, int64_t now_ns, bool *renewed)
{
    Looking looking = {.manifest = manifest, .now_ns = now_ns};
    atomic_init(&looking.differs, false);
    atomic_init(&looking.renewed, false);
    pool_run(threads, (manifest->count + ITEMS_AT_ONCE - 1) / ITEMS_AT_ONCE, look, &looking);
    *renewed = atomic_load(&looking.renewed);
    return !atomic_load(&looking.differs);
}
