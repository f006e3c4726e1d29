#define _GNU_SOURCE
#include "base/str.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum { NAME_SHARDS = 64, SHARD_FIRST_SLOTS = 256 };

typedef struct NameShard {
    pthread_mutex_t lock;
    Arena arena;
    Name *slots;   /* open addressing, a power of two of them */
    size_t size;   /* slots */
    size_t filled; /* slots in use */
} NameShard;

struct Names {
    NameShard shards[NAME_SHARDS];
};

Str str_from(const char *text)
{
    return text ? (Str){text, strlen(text)} : (Str){"", 0};
}

Str str_part(Str text, size_t start, size_t end)
{
    if (!text.len) return text; /* its pointer may be NULL */
    if (end > text.len) end = text.len;
    if (start > end) start = end;
    return (Str){text.ptr + start, end - start};
}

bool str_equal(Str left, Str right)
{
    return left.len == right.len && (left.len == 0 || memcmp(left.ptr, right.ptr, left.len) == 0);
}

bool str_starts(Str text, Str prefix)
{
    return text.len >= prefix.len && str_equal(str_part(text, 0, prefix.len), prefix);
}

bool str_ends(Str text, Str suffix)
{
    return text.len >= suffix.len && str_equal(str_part(text, text.len - suffix.len, text.len), suffix);
}

int str_compare(Str left, Str right)
{
    size_t shared = left.len < right.len ? left.len : right.len;
    int order = shared ? memcmp(left.ptr, right.ptr, shared) : 0;
    if (order) return order;
    return (left.len > right.len) - (left.len < right.len);
}

size_t str_find_byte(Str text, char byte)
{
    const char *at = text.len ? memchr(text.ptr, byte, text.len) : NULL;
    return at ? (size_t)(at - text.ptr) : SIZE_MAX;
}

size_t str_find_last(Str text, char byte)
{
    const char *at = text.len ? memrchr(text.ptr, byte, text.len) : NULL;
    return at ? (size_t)(at - text.ptr) : SIZE_MAX;
}

size_t str_find(Str text, Str needle)
{
    const char *at = text.len ? memmem(text.ptr, text.len, needle.ptr, needle.len) : NULL;
    return at ? (size_t)(at - text.ptr) : SIZE_MAX;
}

Str str_drop(Str text, size_t count)
{
    return str_part(text, count, text.len);
}

Str str_before(Str text, char byte)
{
    return str_part(text, 0, str_find_byte(text, byte)); /* SIZE_MAX: to the end */
}

Str str_after_last(Str text, char byte)
{
    size_t at = str_find_last(text, byte);
    return at == SIZE_MAX ? text : str_drop(text, at + 1);
}

bool byte_is_word(char byte)
{
    unsigned char c = (unsigned char)byte;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c >= 0x80;
}

Str str_word(Str text, size_t start)
{
    size_t end = start;
    while (end < text.len && byte_is_word(text.ptr[end]))
        end++;
    return str_part(text, start, end);
}

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

Str str_trim(Str text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = str_part(text, 1, text.len);
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

Str str_copy(Arena *arena, Str text)
{
    return (Str){arena_copy(arena, text.ptr, text.len), text.len};
}

enum { FORMAT_BYTES = 1000 };

Str str_format(Arena *arena, const char *format, ...)
{
    char text[FORMAT_BYTES];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    size_t len = length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    return str_copy(arena, (Str){text, len});
}

static char *append(char *at, Str part)
{
    if (part.len) memcpy(at, part.ptr, part.len);
    return at + part.len;
}

Str str_join(Arena *arena, Str left, Str middle, Str right)
{
    size_t length = left.len + middle.len + right.len;
    char *text = arena_alloc(arena, length + 1);
    append(append(append(text, left), middle), right);
    return (Str){text, length};
}

uint32_t str_hash(Str text)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
    return hash;
}

Names *names_new(void)
{
    Names *names = memory_alloc(sizeof *names);
    for (size_t i = 0; i < NAME_SHARDS; i++) {
        NameShard *shard = &names->shards[i];
        *shard = (NameShard){0};
        pthread_mutex_init(&shard->lock, NULL);
        arena_init(&shard->arena);
        shard->size = SHARD_FIRST_SLOTS;
        shard->slots = memory_alloc(shard->size * sizeof *shard->slots);
        memset(shard->slots, 0, shard->size * sizeof *shard->slots);
    }
    return names;
}

void names_free(Names *names)
{
    if (!names) return;
    for (size_t i = 0; i < NAME_SHARDS; i++) {
        pthread_mutex_destroy(&names->shards[i].lock);
        arena_free(&names->shards[i].arena);
        free(names->shards[i].slots);
    }
    free(names);
}

static size_t slot_of(const NameShard *shard, Str text, uint32_t hash)
{
    size_t slot = (hash / NAME_SHARDS) & (shard->size - 1);
    while (shard->slots[slot] && !str_equal(name_str(shard->slots[slot]), text))
        slot = (slot + 1) & (shard->size - 1);
    return slot;
}

static void shard_grow(NameShard *shard)
{
    Name *old = shard->slots;
    size_t old_size = shard->size;
    shard->size *= 2;
    shard->slots = memory_alloc(shard->size * sizeof *shard->slots);
    memset(shard->slots, 0, shard->size * sizeof *shard->slots);
    for (size_t i = 0; i < old_size; i++)
        if (old[i]) shard->slots[slot_of(shard, name_str(old[i]), old[i]->hash)] = old[i];
    free(old);
}

static Name shard_add(NameShard *shard, Str text, uint32_t hash)
{
    size_t slot = slot_of(shard, text, hash);
    if (shard->slots[slot]) return shard->slots[slot];
    NameText *name = arena_alloc(&shard->arena, sizeof *name + text.len + 1);
    name->hash = hash;
    name->len = (uint32_t)text.len;
    if (text.len) memcpy(name->text, text.ptr, text.len);
    shard->slots[slot] = name;
    if (++shard->filled * 2 > shard->size) shard_grow(shard);
    return name;
}

Name names_intern(Names *names, Str text)
{
    uint32_t hash = str_hash(text);
    NameShard *shard = &names->shards[hash % NAME_SHARDS];
    pthread_mutex_lock(&shard->lock);
    Name name = shard_add(shard, text, hash);
    pthread_mutex_unlock(&shard->lock);
    return name;
}

Str name_str(Name name)
{
    return name ? (Str){name->text, name->len} : (Str){"", 0};
}
