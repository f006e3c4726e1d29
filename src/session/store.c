#define _GNU_SOURCE
#include "session/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "session/store_place.h"

#include "base/banned.h"

enum { FORMAT_VERSION = 1, BYTE_ORDER_MARK = 0x01020304, DAY_S = 24 * 60 * 60 };

/* Without padding: every byte of it is verified. */
typedef struct Header {
    char magic[8];
    uint32_t format;
    uint32_t byte_order;
    uint64_t length; /* of what follows */
    StoreKey checksum;
} Header;

_Static_assert(sizeof(Header) == 40, "the header has no padding");

/* With the key: a file under another name than its own is not believed either. */
static StoreKey checksum_of(StoreKey key, Str bytes)
{
    StoreHasher hasher = store_hasher_begin();
    store_hasher_add_key(&hasher, key);
    store_hasher_add(&hasher, bytes);
    return store_hasher_end(&hasher);
}

static Header header_of(StoreKey key, Str bytes)
{
    return (Header){
        .magic = {'l', 'o', 'o', 'p', 's', 'a', 'f', 'e'},
        .format = FORMAT_VERSION,
        .byte_order = BYTE_ORDER_MARK,
        .length = bytes.len,
        .checksum = checksum_of(key, bytes),
    };
}

static bool read_exactly(int descriptor, void *bytes, size_t size)
{
    for (char *at = bytes; size;) {
        ssize_t got = read(descriptor, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

/* No memory is taken for a length that the file does not have. */
static bool read_bytes(Arena *arena, int descriptor, size_t file_bytes, Header *header, Str *bytes)
{
    if (file_bytes < sizeof *header || file_bytes - sizeof *header > LIMIT_BLOB_BYTES) return false;
    if (!read_exactly(descriptor, header, sizeof *header)) return false;
    if (header->length != file_bytes - sizeof *header) return false;
    char *data = arena_alloc(arena, header->length + 1);
    *bytes = (Str){data, header->length};
    return read_exactly(descriptor, data, header->length);
}

static bool read_verified(Arena *arena, int descriptor, size_t file_bytes, StoreKey key, Str *bytes)
{
    Header found;
    if (!read_bytes(arena, descriptor, file_bytes, &found, bytes)) return false;
    Header wanted = header_of(key, *bytes);
    return memcmp(&found, &wanted, sizeof found) == 0;
}

/* An entry in use does not grow old; more often than daily would cost a write a read. */
static void keep_young(int descriptor, const struct stat *info)
{
    if (difftime(time(NULL), info->st_mtime) > DAY_S) futimens(descriptor, NULL);
}

static bool read_entry(Arena *arena, int entries, StoreKey key, Str *bytes)
{
    StoreName name = store_place_name(key);
    int descriptor = openat(entries, name.text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return false;
    struct stat info;
    bool good = false;
    if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)) {
        good = read_verified(arena, descriptor, (size_t)info.st_size, key, bytes);
        if (good)
            keep_young(descriptor, &info);
        else
            unlinkat(entries, name.text, 0);
    }
    close(descriptor);
    return good;
}

Store store_open(Arena *arena, const char *directory)
{
    return (Store){directory, arena};
}

bool store_read(const Store *store, StoreKey key, Str *bytes)
{
    *bytes = STR("");
    Str found;
    int entries = store_place_entries(store->directory);
    if (entries < 0) return false;
    bool good = read_entry(store->arena, entries, key, &found);
    if (good) *bytes = found;
    close(entries);
    return good;
}

bool store_write(const Store *store, StoreKey key, Str bytes)
{
    if (bytes.len > LIMIT_BLOB_BYTES) return false;
    int entries = store_place_make_entries(store->directory);
    if (entries < 0) return false;
    Header header = header_of(key, bytes);
    StoreName name = store_place_name(key);
    bool written = store_place_save(entries, name.text, (Str){(const char *)&header, sizeof header}, bytes);
    close(entries);
    return written;
}
