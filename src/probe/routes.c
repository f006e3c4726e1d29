#define _GNU_SOURCE
#include "probe/routes.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum {
    SLOTS_LOOKED_AT = 256, /* far more than a hash of 65,535 places needs before it is nearly full */
    TURNS_WAITED = 1000    /* for a slot that somebody else is filling; it may have died */
};

Routes *routes_open(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return NULL;
    struct stat status;
    Routes *routes = MAP_FAILED;
    if (fstat(file, &status) == 0 && status.st_size == (off_t)sizeof *routes)
        routes = mmap(NULL, sizeof *routes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (routes == MAP_FAILED) return NULL;
    if (routes->magic == ROUTES_MAGIC) return routes;
    munmap(routes, sizeof *routes);
    return NULL;
}

uint32_t routes_address(uint32_t slot)
{
    return (uint32_t)ROUTES_NAMES_NET << 16 | slot;
}

static char small_letter(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* In small letters; 0: it is empty or too long. */
static size_t normal_form(const char *text, char *room)
{
    size_t length = 0;
    for (; text[length]; length++) {
        if (length == ROUTES_TEXT_BYTES - 1) return 0;
        room[length] = small_letter(text[length]);
    }
    room[length] = 0;
    return length;
}

static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash ^ hash >> 16;
}

static void fill(RoutesSlot *slot, uint32_t number, const char *text, size_t length)
{
    memcpy(slot->text, text, length + 1);
    snprintf(slot->address, sizeof slot->address, "127.%u.%u.%u", ROUTES_NAMES_NET & 255u, number >> 8 & 255,
             number & 255);
    atomic_store_explicit(&slot->state, ROUTES_READY, memory_order_release);
}

/* It holds the text, now or already. */
static bool slot_takes(RoutesSlot *slot, uint32_t number, const char *text, size_t length)
{
    uint32_t state = ROUTES_FREE;
    if (atomic_compare_exchange_strong(&slot->state, &state, ROUTES_TAKEN)) {
        fill(slot, number, text, length);
        return true;
    }
    for (int turn = 0; state == ROUTES_TAKEN && turn < TURNS_WAITED; turn++) {
        sched_yield();
        state = atomic_load_explicit(&slot->state, memory_order_acquire);
    }
    return state == ROUTES_READY && memcmp(slot->text, text, length + 1) == 0;
}

uint32_t routes_intern(Routes *routes, const char *text)
{
    char normal[ROUTES_TEXT_BYTES];
    size_t length = normal_form(text, normal);
    if (!length) return 0;
    uint32_t first = hash_of(normal);
    for (uint32_t i = 0; i < SLOTS_LOOKED_AT; i++) {
        uint32_t number = (first + i) % ROUTES_SLOTS;
        if (number && slot_takes(&routes->slots[number], number, normal, length)) return number;
    }
    return 0;
}

bool routes_text(const Routes *routes, uint32_t address, char *room, size_t size)
{
    if (address >> 16 != ROUTES_NAMES_NET) return false;
    const RoutesSlot *slot = &routes->slots[address & 0xffff];
    if (atomic_load_explicit(&slot->state, memory_order_acquire) != ROUTES_READY) return false;
    size_t length = strnlen(slot->text, ROUTES_TEXT_BYTES);
    if (!length || length >= size) return false;
    memcpy(room, slot->text, length);
    room[length] = 0;
    return true;
}
