#define _GNU_SOURCE
/* The cache's files: what comes back, what is refused, what is removed, and many processes at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "session/store.h"

#include "base/banned.h"

enum { HEADER_BYTES = 40, DAY_S = 24 * 60 * 60, NOBODY = 65534, WRITERS = 8, ROUNDS = 200 };

static const StoreKey KEY = {0x0123456789abcdef, 0xfedcba9876543210};
#define ENTRIES "cache/" LOOPSAFE_VERSION
#define ENTRY ENTRIES "/0123456789abcdeffedcba9876543210"

/* A directory of its own that is the working directory while a test runs. */
typedef struct Place {
    Arena arena;
    char path[64];
    Store store;
} Place;

static int place_make(void **state)
{
    Place *place = memory_alloc(sizeof *place);
    arena_init(&place->arena);
    snprintf(place->path, sizeof place->path, "/tmp/loopsafe-store-XXXXXX");
    assert_non_null(mkdtemp(place->path));
    assert_int_equal(chmod(place->path, 0755), 0);
    assert_int_equal(chdir(place->path), 0);
    place->store = store_open(&place->arena, "cache");
    *state = place;
    return 0;
}

static int place_remove(void **state)
{
    Place *place = *state;
    char command[256];
    snprintf(command, sizeof command, "chmod -R u+w '%s' && rm -rf '%s'", place->path, place->path);
    int failed = chdir("/") != 0 || system(command) != 0;
    arena_free(&place->arena);
    free(place);
    return failed;
}

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static Str bytes_of(Place *place, const char *path)
{
    Str text;
    assert_int_equal(io_read_file(&place->arena, path, LIMIT_FILE_BYTES, &text), IO_OK);
    return text;
}

static void save(const char *path, Str text)
{
    Fail fail = {0};
    assert_true(io_write_file(path, text, &fail));
}

static size_t count_files(const char *directory)
{
    DIR *stream = opendir(directory);
    assert_non_null(stream);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

static void make_older(const char *path, time_t seconds)
{
    struct timespec at = {.tv_sec = time(NULL) - seconds};
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[]){at, at}, AT_SYMLINK_NOFOLLOW), 0);
}

static void assert_str(Str found, Str wanted)
{
    assert_int_equal(found.len, wanted.len);
    assert_memory_equal(found.ptr, wanted.ptr, wanted.len);
}

static void assert_holds(Place *place, Str wanted)
{
    Str found;
    assert_true(store_read(&place->store, KEY, &found));
    assert_str(found, wanted);
}

static void assert_absent(Place *place)
{
    Str found = STR("something");
    assert_false(store_read(&place->store, KEY, &found));
    assert_int_equal(found.len, 0);
}

/* Runs in a process of its own, without the rights of root. */
static void as_nobody(void (*act)(Place *), Place *place)
{
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))) _exit(9);
        act(place);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define CHILD_REQUIRES(condition) ((condition) ? (void)0 : _exit(__LINE__ % 200 + 1))

static void test_hash(void **state)
{
    (void)state;
    /* The published value for no bytes. */
    StoreKey nothing = {0x99aa06d3014798d8, 0x6001c324468d497f};
    assert_true(store_key_equal(store_hash(STR("")), nothing));
    assert_false(store_key_equal(store_hash(STR("a")), store_hash(STR("b"))));
    assert_false(store_key_equal((StoreKey){1, 2}, (StoreKey){1, 3}));
    assert_false(store_key_equal((StoreKey){1, 2}, (StoreKey){3, 2}));
}

static StoreKey hash_of(size_t count, const Str *parts)
{
    StoreHasher hasher = store_hasher_begin();
    for (size_t i = 0; i < count; i++)
        store_hasher_add(&hasher, parts[i]);
    return store_hasher_end(&hasher);
}

static void test_hash_of_parts(void **state)
{
    (void)state;
    StoreKey keys[] = {
        hash_of(2, (Str[]){STR("ab"), STR("c")}), hash_of(2, (Str[]){STR("a"), STR("bc")}),
        hash_of(2, (Str[]){STR("c"), STR("ab")}), hash_of(1, (Str[]){STR("abc")}),
        hash_of(2, (Str[]){STR("abc"), STR("")}), hash_of(0, NULL),
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(store_key_equal(keys[i], keys[k]));
    assert_true(store_key_equal(keys[0], hash_of(2, (Str[]){STR("ab"), STR("c")})));
}

static void test_hash_of_numbers(void **state)
{
    (void)state;
    StoreHasher one = store_hasher_begin(), two = store_hasher_begin(), key = store_hasher_begin();
    store_hasher_add_number(&one, 1);
    store_hasher_add_number(&two, 2);
    store_hasher_add_key(&key, (StoreKey){1, 2});
    assert_false(store_key_equal(store_hasher_end(&one), store_hasher_end(&two)));
    assert_false(store_key_equal(store_hasher_end(&one), store_hasher_end(&key)));
    StoreHasher copy = one;
    store_hasher_add(&copy, STR("more"));
    assert_false(store_key_equal(store_hasher_end(&one), store_hasher_end(&copy)));
}

static void test_nothing_is_touched_by_opening_and_reading(void **state)
{
    assert_absent(*state);
    store_prune(&((Place *)*state)->store, 0);
    assert_false(exists("cache"));
}

static void test_round_trip(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("the bytes\0as they are")));
    assert_holds(place, STR("the bytes\0as they are"));
    Str found;
    assert_false(store_read(&place->store, (StoreKey){KEY.high, KEY.low + 1}, &found));
    assert_true(store_write(&place->store, KEY, STR("others")));
    assert_holds(place, STR("others"));
    assert_int_equal(count_files(ENTRIES), 1);
}

static void test_read_bytes_are_aligned_and_end_in_nul(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("12345")));
    arena_alloc(&place->arena, 1);
    Str found;
    assert_true(store_read(&place->store, KEY, &found));
    assert_int_equal((uintptr_t)found.ptr % _Alignof(max_align_t), 0);
    assert_int_equal(found.ptr[5], 0);
}

static void test_empty_blob(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("")));
    assert_holds(place, STR(""));
    assert_int_equal(bytes_of(place, ENTRY).len, HEADER_BYTES);
}

static void test_large_blob(void **state)
{
    Place *place = *state;
    size_t size = 3 * 1024 * 1024 + 7;
    char *data = arena_alloc(&place->arena, size);
    for (size_t i = 0; i < size; i++)
        data[i] = (char)(i * 31 >> 3);
    assert_true(store_write(&place->store, KEY, (Str){data, size}));
    assert_holds(place, (Str){data, size});
    /* Refused by its length: the bytes are not looked at. */
    assert_false(store_write(&place->store, KEY, (Str){data, (size_t)LIMIT_BLOB_BYTES + 1}));
    assert_holds(place, (Str){data, size});
}

static void test_markers(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    Str tag = bytes_of(place, "cache/CACHEDIR.TAG");
    assert_true(str_starts(tag, STR("Signature: 8a477f597d28d172789f06886806bc55\n")));
    assert_true(str_ends(bytes_of(place, "cache/.gitignore"), STR("\n*\n")));
    assert_int_equal(count_files("cache"), 3);
    /* Once made, somebody may change or remove .gitignore. */
    assert_int_equal(unlink("cache/.gitignore"), 0);
    assert_true(store_write(&place->store, KEY, STR("y")));
    assert_false(exists("cache/.gitignore"));
}

static void test_directories_above_and_slashes_behind(void **state)
{
    Place *place = *state;
    Store deep = store_open(&place->arena, "a/b//c/");
    Str found;
    assert_true(store_write(&deep, KEY, STR("x")));
    assert_true(store_read(&deep, KEY, &found));
    assert_true(exists("a/b/c/CACHEDIR.TAG"));
    assert_false(exists("a/CACHEDIR.TAG"));
}

static void test_unusable_paths(void **state)
{
    Place *place = *state;
    char *path = arena_alloc(&place->arena, LIMIT_PATH_BYTES + 10);
    memset(path, 'a', LIMIT_PATH_BYTES + 5);
    const char *const paths[] = {"", path, "/dev/null", "/dev/null/cache"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        Store store = store_open(&place->arena, paths[i]);
        Str found;
        assert_false(store_write(&store, KEY, STR("x")));
        assert_false(store_read(&store, KEY, &found));
        store_prune(&store, 0);
    }
}

static void test_a_file_in_place_of_the_directory(void **state)
{
    Place *place = *state;
    save("cache", STR("mine"));
    assert_false(store_write(&place->store, KEY, STR("x")));
    assert_absent(place);
    assert_str(bytes_of(place, "cache"), STR("mine"));
}

static void test_any_damaged_byte(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("some bytes")));
    Str good = str_copy(&place->arena, bytes_of(place, ENTRY));
    assert_int_equal(good.len, HEADER_BYTES + 10);
    for (size_t at = 0; at < good.len; at++) {
        for (unsigned bit = 0; bit < 8; bit += 7) {
            char *bad = arena_copy(&place->arena, good.ptr, good.len);
            bad[at] = (char)(bad[at] ^ (1 << bit));
            save(ENTRY, (Str){bad, good.len});
            assert_absent(place);
            assert_false(exists(ENTRY));
        }
    }
    save(ENTRY, good);
    assert_holds(place, STR("some bytes"));
}

static void test_any_truncation(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("some bytes")));
    Str good = str_copy(&place->arena, bytes_of(place, ENTRY));
    for (size_t length = 0; length < good.len; length++) {
        save(ENTRY, str_part(good, 0, length));
        assert_absent(place);
        assert_false(exists(ENTRY));
    }
    save(ENTRY, str_join(&place->arena, good, STR("x"), STR("")));
    assert_absent(place);
    assert_false(exists(ENTRY));
}

static void test_another_format_version(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    Str entry = bytes_of(place, ENTRY);
    char *later = arena_copy(&place->arena, entry.ptr, entry.len);
    uint32_t version;
    memcpy(&version, later + 8, sizeof version);
    version++;
    memcpy(later + 8, &version, sizeof version);
    save(ENTRY, (Str){later, entry.len});
    assert_absent(place);
    assert_false(exists(ENTRY));
}

static void test_an_entry_under_another_name(void **state)
{
    Place *place = *state;
    StoreKey other = {KEY.low, KEY.high};
    Str found;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(rename(ENTRY, ENTRIES "/fedcba98765432100123456789abcdef"), 0);
    assert_false(store_read(&place->store, other, &found));
    assert_int_equal(count_files(ENTRIES), 0);
}

static void test_linked_directory(void **state)
{
    Place *place = *state;
    const char *const names[] = {"cache", "cache/", "cache//"};
    assert_int_equal(mkdir("target", 0755), 0);
    assert_int_equal(symlink("target", "cache"), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        Store store = store_open(&place->arena, names[i]);
        assert_false(store_write(&store, KEY, STR("x")));
    }
    assert_int_equal(count_files("target"), 0);
}

static void test_linked_cache_is_neither_read_nor_removed(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(rename("cache", "target"), 0);
    assert_int_equal(symlink("target", "cache"), 0);
    assert_absent(place);
    make_older("target/" LOOPSAFE_VERSION "/0123456789abcdeffedcba9876543210", 9 * DAY_S);
    store_prune(&place->store, 1);
    StoreCleaned cleaned;
    Fail fail = {0}, again = {0};
    assert_false(store_clean("cache", &cleaned, &fail));
    assert_false(store_clean("cache/", &cleaned, &again));
    assert_true(exists("target/" LOOPSAFE_VERSION "/0123456789abcdeffedcba9876543210"));
    assert_int_equal(count_files("target"), 3);
}

static void test_linked_directory_of_entries(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(rename(ENTRIES, "target"), 0);
    assert_int_equal(symlink("../target", ENTRIES), 0);
    assert_false(store_write(&place->store, KEY, STR("y")));
    assert_absent(place);
    StoreCleaned cleaned;
    Fail fail = {0};
    assert_true(store_clean("cache", &cleaned, &fail));
    assert_true(cleaned.foreign);
    assert_int_equal(count_files("target"), 1);
}

static void test_linked_entry(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(rename(ENTRY, "target"), 0);
    assert_int_equal(symlink("../../target", ENTRY), 0);
    Str before = str_copy(&place->arena, bytes_of(place, "target"));
    assert_absent(place);
    assert_true(exists(ENTRY));
    /* The link is replaced, not followed. */
    assert_true(store_write(&place->store, KEY, STR("y")));
    assert_holds(place, STR("y"));
    assert_str(bytes_of(place, "target"), before);
}

static void test_linked_markers(void **state)
{
    Place *place = *state;
    save("target", STR("mine"));
    assert_int_equal(mkdir("cache", 0755), 0);
    assert_int_equal(symlink("../target", "cache/CACHEDIR.TAG"), 0);
    assert_false(store_write(&place->store, KEY, STR("x")));
    assert_str(bytes_of(place, "target"), STR("mine"));
    assert_false(exists(ENTRIES));
}

static void test_special_files_in_place_of_an_entry(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(unlink(ENTRY), 0);
    assert_int_equal(mkfifo(ENTRY, 0644), 0);
    assert_absent(place);
    assert_int_equal(unlink(ENTRY), 0);
    assert_int_equal(mkdir(ENTRY, 0755), 0);
    assert_absent(place);
    assert_false(store_write(&place->store, KEY, STR("y")));
    assert_int_equal(count_files(ENTRIES), 1);
}

static void test_a_foreign_directory_is_not_used(void **state)
{
    Place *place = *state;
    assert_int_equal(mkdir("cache", 0755), 0);
    save("cache/app.py", STR("print()\n"));
    assert_false(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(count_files("cache"), 1);
    assert_int_equal(unlink("cache/app.py"), 0);
    assert_int_equal(mkdir("cache/docs", 0755), 0);
    assert_false(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(rmdir("cache/docs"), 0);
    /* Nor one that is another program's cache. */
    save("cache/CACHEDIR.TAG", STR("Signature: 8a477f597d28d172789f06886806bc55\n"));
    assert_false(store_write(&place->store, KEY, STR("x")));
    assert_false(exists(ENTRIES));
}

static void test_an_empty_directory_is_used(void **state)
{
    Place *place = *state;
    assert_int_equal(mkdir("cache", 0755), 0);
    save("cache/.gitignore", STR("mine\n"));
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_holds(place, STR("x"));
    assert_str(bytes_of(place, "cache/.gitignore"), STR("mine\n"));
}

static void test_entries_that_lost_the_tag(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(unlink("cache/CACHEDIR.TAG"), 0);
    assert_true(store_write(&place->store, KEY, STR("y")));
    assert_true(exists("cache/CACHEDIR.TAG"));
    assert_int_equal(unlink("cache/CACHEDIR.TAG"), 0);
    save(ENTRIES "/notes.txt", STR("mine"));
    assert_false(store_write(&place->store, KEY, STR("z")));
    assert_false(exists("cache/CACHEDIR.TAG"));
}

static void write_nothing(Place *place)
{
    CHILD_REQUIRES(!store_write(&place->store, KEY, STR("y")));
}

static void read_old_and_write_nothing(Place *place)
{
    Str found;
    CHILD_REQUIRES(!store_write(&place->store, KEY, STR("y")));
    CHILD_REQUIRES(store_read(&place->store, KEY, &found) && str_equal(found, STR("x")));
}

static void test_read_only_directory(void **state)
{
    Place *place = *state;
    assert_int_equal(chmod(place->path, 0555), 0);
    as_nobody(write_nothing, place);
    assert_int_equal(chmod(place->path, 0755), 0);
    assert_false(exists("cache"));
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(chmod(ENTRIES, 0555), 0);
    as_nobody(read_old_and_write_nothing, place);
    assert_int_equal(count_files(ENTRIES), 1);
}

static void clean_nothing(Place *place)
{
    (void)place;
    StoreCleaned cleaned;
    Fail fail = {0};
    CHILD_REQUIRES(!store_clean("cache", &cleaned, &fail));
    CHILD_REQUIRES(strcmp(fail.text, "cache: cannot be removed: Permission denied") == 0);
    CHILD_REQUIRES(cleaned.files == 0);
}

static void test_clean_without_the_right_to(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(chmod("cache", 0555), 0);
    assert_int_equal(chmod(ENTRIES, 0555), 0);
    as_nobody(clean_nothing, place);
    assert_holds(place, STR("x"));
}

static void read_damaged(Place *place)
{
    Str found;
    CHILD_REQUIRES(!store_read(&place->store, KEY, &found));
}

static void test_damage_that_cannot_be_removed(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    save(ENTRY, STR("damaged"));
    assert_int_equal(chmod(ENTRIES, 0555), 0);
    as_nobody(read_damaged, place);
    assert_true(exists(ENTRY));
}

/* A limit on the size of files cuts a write as a full disk does. */
static void write_on_a_full_disk(Place *place)
{
    char bytes[64 * 1024] = {0};
    struct rlimit limit = {sizeof bytes / 2, sizeof bytes / 2};
    CHILD_REQUIRES(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHILD_REQUIRES(!store_write(&place->store, KEY, (Str){bytes, sizeof bytes}));
    CHILD_REQUIRES(!store_write(&place->store, (StoreKey){1, 1}, (Str){bytes, sizeof bytes}));
}

static void write_first_on_a_full_disk(Place *place)
{
    struct rlimit limit = {16, 16};
    CHILD_REQUIRES(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHILD_REQUIRES(!store_write(&place->store, KEY, STR("x")));
}

static void test_full_disk(void **state)
{
    Place *place = *state;
    assert_int_equal(chmod(place->path, 0777), 0);
    as_nobody(write_first_on_a_full_disk, place);
    assert_int_equal(count_files("cache"), 0);
    assert_int_equal(rmdir("cache"), 0);
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(chmod(ENTRIES, 0777), 0);
    as_nobody(write_on_a_full_disk, place);
    assert_holds(place, STR("x"));
    assert_int_equal(count_files(ENTRIES), 1);
}

static void test_directory_removed_in_between(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(system("rm -r cache"), 0);
    assert_absent(place);
    assert_true(store_write(&place->store, KEY, STR("y")));
    assert_holds(place, STR("y"));
    assert_int_equal(count_files("cache"), 3);
}

static void test_names_that_killed_runs_left(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    char left[128];
    for (int number = 0; number < 3; number++) {
        snprintf(left, sizeof left, ENTRIES "/tmp-%ld-%d", (long)getpid(), number);
        assert_int_equal(symlink("../../target", left), 0);
    }
    assert_true(store_write(&place->store, KEY, STR("y")));
    assert_holds(place, STR("y"));
    assert_false(exists("target"));
}

static time_t age_s(const char *path)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return time(NULL) - info.st_mtime;
}

static void test_a_read_keeps_an_entry_young(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    make_older(ENTRY, DAY_S / 2);
    assert_holds(place, STR("x"));
    assert_true(age_s(ENTRY) >= DAY_S / 2);
    make_older(ENTRY, 2 * DAY_S);
    assert_holds(place, STR("x"));
    assert_true(age_s(ENTRY) < DAY_S / 2);
}

static void test_prune(void **state)
{
    Place *place = *state;
    const StoreKey old = {1, 1};
    const char *old_entry = ENTRIES "/00000000000000010000000000000001";
    assert_true(store_write(&place->store, KEY, STR("young")));
    assert_true(store_write(&place->store, old, STR("old")));
    make_older(old_entry, 31 * DAY_S);
    make_older(ENTRY, 29 * DAY_S);
    save(ENTRIES "/tmp-1-0", STR(""));
    save(ENTRIES "/tmp-2-0", STR(""));
    save("cache/tmp-3-0", STR(""));
    make_older(ENTRIES "/tmp-1-0", 2 * 60 * 60);
    make_older("cache/tmp-3-0", 2 * 60 * 60);
    save(ENTRIES "/notes.txt", STR("mine"));
    make_older(ENTRIES "/notes.txt", 99 * DAY_S);
    store_prune(&place->store, 30);
    assert_false(exists(old_entry));
    assert_false(exists(ENTRIES "/tmp-1-0"));
    assert_false(exists("cache/tmp-3-0"));
    assert_true(exists(ENTRIES "/tmp-2-0"));
    assert_true(exists(ENTRIES "/notes.txt"));
    assert_holds(place, STR("young"));
}

static void test_prune_other_releases(void **state)
{
    Place *place = *state;
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(rename(ENTRIES, "cache/0.0.1"), 0);
    make_older("cache/0.0.1/0123456789abcdeffedcba9876543210", 31 * DAY_S);
    assert_int_equal(mkdir(ENTRIES, 0755), 0);
    store_prune(&place->store, 30);
    assert_false(exists("cache/0.0.1"));
    assert_true(exists(ENTRIES));
}

static void test_prune_leaves_foreign_directories(void **state)
{
    Place *place = *state;
    assert_int_equal(mkdir("cache", 0755), 0);
    assert_int_equal(mkdir(ENTRIES, 0755), 0);
    save(ENTRY, STR("mine"));
    make_older(ENTRY, 99 * DAY_S);
    store_prune(&place->store, 1);
    assert_true(exists(ENTRY));
}

static void test_clean(void **state)
{
    Place *place = *state;
    StoreCleaned cleaned = {7, 7, true};
    Fail fail = {0};
    assert_true(store_clean("cache", &cleaned, &fail));
    assert_int_equal(cleaned.files + cleaned.bytes, 0);
    assert_true(store_write(&place->store, KEY, STR("0123456789")));
    size_t markers = bytes_of(place, "cache/.gitignore").len + bytes_of(place, "cache/CACHEDIR.TAG").len;
    assert_int_equal(mkdir("cache/0.0.1", 0755), 0);
    save("cache/0.0.1/tmp-12-0", STR("12345"));
    assert_true(store_clean("cache//", &cleaned, &fail));
    assert_false(exists("cache"));
    assert_int_equal(cleaned.files, 4);
    assert_int_equal(cleaned.bytes, HEADER_BYTES + 10 + 5 + markers);
    assert_false(cleaned.foreign);
}

static void test_clean_keeps_foreign_files(void **state)
{
    Place *place = *state;
    const char *const foreign[] = {"cache/notes.txt", ENTRIES "/notes.txt", "cache/tmp-notes", ENTRIES "/0.1",
                                   "cache/0123456789abcdeffedcba9876543210"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        assert_true(store_write(&place->store, KEY, STR("x")));
        save(foreign[i], STR("mine"));
        StoreCleaned cleaned;
        Fail fail = {0};
        assert_true(store_clean("cache", &cleaned, &fail));
        assert_true(cleaned.foreign);
        assert_int_equal(cleaned.files, 1);
        assert_str(bytes_of(place, foreign[i]), STR("mine"));
        assert_true(exists("cache/CACHEDIR.TAG"));
        assert_false(exists(ENTRY));
        assert_int_equal(unlink(foreign[i]), 0);
    }
}

static void test_clean_keeps_links_under_names_of_ours(void **state)
{
    Place *place = *state;
    save("target", STR("mine"));
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_int_equal(unlink(ENTRY), 0);
    assert_int_equal(symlink("../../target", ENTRY), 0);
    assert_int_equal(symlink("../target", "cache/tmp-1-0"), 0);
    StoreCleaned cleaned;
    Fail fail = {0};
    assert_true(store_clean("cache", &cleaned, &fail));
    assert_true(cleaned.foreign);
    assert_int_equal(cleaned.files, 0);
    assert_true(exists(ENTRY));
    assert_true(exists("cache/tmp-1-0"));
    assert_str(bytes_of(place, "target"), STR("mine"));
}

static void test_clean_refuses_what_is_not_ours(void **state)
{
    Place *place = *state;
    StoreCleaned cleaned;
    Fail untagged = {0}, tagged = {0}, file = {0};
    assert_int_equal(mkdir("cache", 0755), 0);
    assert_int_equal(mkdir(ENTRIES, 0755), 0);
    save(ENTRY, STR("mine"));
    assert_false(store_clean("cache", &cleaned, &untagged));
    assert_string_equal(untagged.text, "cache: is no cache directory of loopsafe; nothing was removed");
    save("cache/CACHEDIR.TAG", STR("Signature: 8a477f597d28d172789f06886806bc55\n# of another program\n"));
    assert_false(store_clean("cache", &cleaned, &tagged));
    assert_str(bytes_of(place, ENTRY), STR("mine"));
    assert_false(store_clean(ENTRY, &cleaned, &file));
    assert_true(exists(ENTRY));
    assert_int_equal(cleaned.files, 0);
}

/* Value number n is n * 1009 bytes of one letter: any mixture or part of values shows. */
static Str value_of(Arena *arena, unsigned number)
{
    size_t length = (number + 1) * 1009;
    char *data = arena_alloc(arena, length);
    memset(data, 'a' + (int)number, length);
    return (Str){data, length};
}

static bool is_value(Str found)
{
    unsigned number = found.len ? (unsigned)(found.ptr[0] - 'a') : WRITERS;
    if (number >= WRITERS || found.len != (number + 1) * 1009) return false;
    for (size_t i = 0; i < found.len; i++)
        if (found.ptr[i] != found.ptr[0]) return false;
    return true;
}

static void write_and_read(unsigned number)
{
    Arena arena;
    arena_init(&arena);
    Store store = store_open(&arena, "cache");
    Str found;
    CHILD_REQUIRES(!store_read(&store, KEY, &found) || is_value(found));
    for (unsigned round = 0; round < ROUNDS; round++) {
        CHILD_REQUIRES(store_write(&store, KEY, value_of(&arena, (number + round) % WRITERS)));
        CHILD_REQUIRES(store_read(&store, KEY, &found));
        CHILD_REQUIRES(is_value(found));
        arena_reset(&arena);
    }
    arena_free(&arena);
}

/* The same while somebody removes the cache: absent or whole, and a write may fail. */
static void write_and_read_while_cleaned(unsigned number)
{
    Arena arena;
    arena_init(&arena);
    Store store = store_open(&arena, "cache");
    Str found;
    StoreCleaned cleaned;
    for (unsigned round = 0; round < ROUNDS; round++) {
        Fail fail = {0};
        if (number == 0 && store_clean("cache", &cleaned, &fail)) CHILD_REQUIRES(!cleaned.foreign);
        store_write(&store, KEY, value_of(&arena, (number + round) % WRITERS));
        CHILD_REQUIRES(!store_read(&store, KEY, &found) || is_value(found));
        if (number == 1) store_prune(&store, 0);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void run_at_once(void (*act)(unsigned))
{
    pid_t children[WRITERS];
    for (unsigned number = 0; number < WRITERS; number++) {
        children[number] = fork();
        if (children[number] == 0) {
            act(number);
            _exit(0);
        }
        assert_true(children[number] > 0);
    }
    for (unsigned number = 0; number < WRITERS; number++) {
        int status;
        assert_int_equal(waitpid(children[number], &status, 0), children[number]);
        assert_int_equal(status, 0);
    }
}

static void test_processes_at_once(void **state)
{
    (void)state;
    run_at_once(write_and_read);
    assert_int_equal(count_files(ENTRIES), 1);
    assert_int_equal(count_files("cache"), 3);
}

static void test_processes_at_once_while_cleaned(void **state)
{
    run_at_once(write_and_read_while_cleaned);
    Place *place = *state;
    StoreCleaned cleaned;
    Fail fail = {0};
    /* Whatever the last clean met and left, the cache can be used. */
    assert_true(store_write(&place->store, KEY, STR("x")));
    assert_holds(place, STR("x"));
    assert_true(store_clean("cache", &cleaned, &fail));
    assert_false(exists("cache"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_hash_of_parts),
        cmocka_unit_test(test_hash_of_numbers),
        CASE(test_nothing_is_touched_by_opening_and_reading),
        CASE(test_round_trip),
        CASE(test_read_bytes_are_aligned_and_end_in_nul),
        CASE(test_empty_blob),
        CASE(test_large_blob),
        CASE(test_markers),
        CASE(test_directories_above_and_slashes_behind),
        CASE(test_unusable_paths),
        CASE(test_a_file_in_place_of_the_directory),
        CASE(test_any_damaged_byte),
        CASE(test_any_truncation),
        CASE(test_another_format_version),
        CASE(test_an_entry_under_another_name),
        CASE(test_linked_directory),
        CASE(test_linked_cache_is_neither_read_nor_removed),
        CASE(test_linked_directory_of_entries),
        CASE(test_linked_entry),
        CASE(test_linked_markers),
        CASE(test_special_files_in_place_of_an_entry),
        CASE(test_a_foreign_directory_is_not_used),
        CASE(test_an_empty_directory_is_used),
        CASE(test_entries_that_lost_the_tag),
        CASE(test_read_only_directory),
        CASE(test_clean_without_the_right_to),
        CASE(test_damage_that_cannot_be_removed),
        CASE(test_full_disk),
        CASE(test_directory_removed_in_between),
        CASE(test_names_that_killed_runs_left),
        CASE(test_a_read_keeps_an_entry_young),
        CASE(test_prune),
        CASE(test_prune_other_releases),
        CASE(test_prune_leaves_foreign_directories),
        CASE(test_clean),
        CASE(test_clean_keeps_foreign_files),
        CASE(test_clean_keeps_links_under_names_of_ours),
        CASE(test_clean_refuses_what_is_not_ours),
        CASE(test_processes_at_once),
        CASE(test_processes_at_once_while_cleaned),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
