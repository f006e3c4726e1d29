#define _GNU_SOURCE
#include "probe/next.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/banned.h"

/* Part of the Probe, but with a type that only the interposed calls need. */
static Next next;

/* Conditions have an old form under the same name, which must not be taken; the youngest of them has none. */
static void *find_symbol(const char *name)
{
    bool is_condition =
        strncmp(name, "pthread_cond_", 13) == 0 && strcmp(name, "pthread_cond_clockwait") != 0;
    void *condition = is_condition ? dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2") : NULL;
    return condition ? condition : dlsym(RTLD_NEXT, name);
}

static void find(void *function, const char *name)
{
    void *address = find_symbol(name);
    memcpy(function, &address, sizeof address);
}

void next_find_all(void)
{
    if (next.found) return;
    int error = errno;
#define FIND_PLAIN(result, symbol, call, parameters, arguments) find(&next.symbol, #symbol);
    PROBE_PLAIN_CALLS(FIND_PLAIN)
#undef FIND_PLAIN
#define FIND_OWN(result, symbol, parameters) find(&next.symbol, #symbol);
    PROBE_OWN_CALLS(FIND_OWN)
#undef FIND_OWN
    dlerror(); /* what this libc does not have is no error of the application's */
    next.found = true;
    errno = error;
}

static const Next *find_early(size_t offset, const char *name)
{
    int error = errno;
    find((char *)&next + offset, name);
    errno = error;
    return &next;
}

const Next *next_get(size_t offset, const char *name)
{
    return __builtin_expect(next.found, 1) ? &next : find_early(offset, name);
}
