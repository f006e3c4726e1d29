#include <xxhash.h>

#include "session/store.h"

#include "base/banned.h"

StoreKey store_hash(Str bytes)
{
    XXH128_hash_t hash = XXH3_128bits(bytes.ptr, bytes.len);
    return (StoreKey){hash.high64, hash.low64};
}

bool store_key_equal(StoreKey left, StoreKey right)
{
    return left.high == right.high && left.low == right.low;
}

StoreHasher store_hasher_begin(void)
{
    return (StoreHasher){0};
}

/* Each link of the chain has one length, so that the borders between parts count. */
void store_hasher_add_key(StoreHasher *hasher, StoreKey key)
{
    uint64_t link[] = {hasher->parts.high, hasher->parts.low, key.high, key.low};
    hasher->parts = store_hash((Str){(const char *)link, sizeof link});
}

void store_hasher_add(StoreHasher *hasher, Str part)
{
    store_hasher_add_key(hasher, store_hash(part));
}

void store_hasher_add_number(StoreHasher *hasher, uint64_t number)
{
    store_hasher_add(hasher, (Str){(const char *)&number, sizeof number});
}

StoreKey store_hasher_end(const StoreHasher *hasher)
{
    return hasher->parts;
}
