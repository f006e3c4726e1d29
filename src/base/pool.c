#define _GNU_SOURCE
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/banned.h"

enum { STACK_BYTES = 16 * 1024 * 1024, LARGE_STACK_BYTES = 512 * 1024 * 1024 };

typedef struct Pool {
    PoolWork work;
    void *context;
    size_t count;
    atomic_size_t next;
} Pool;

typedef struct Worker {
    Pool *pool;
    size_t index;
    pthread_t thread;
} Worker;

static void take_items(Pool *pool, size_t worker)
{
    for (;;) {
        size_t item = atomic_fetch_add(&pool->next, 1);
        if (item >= pool->count) return;
        pool->work(pool->context, item, worker);
    }
}

static void *worker_main(void *argument)
{
    Worker *worker = argument;
    take_items(worker->pool, worker->index);
    return NULL;
}

/* Every worker is a thread of its own, also a single one: the stack is then as deep for 1 as for 64. */
void pool_run(size_t threads, size_t count, PoolWork work, void *context)
{
    if (threads > LIMIT_THREADS) threads = LIMIT_THREADS;
    if (threads > count) threads = count;
    if (threads == 0) threads = 1;
    Pool pool = {.work = work, .context = context, .count = count};
    Worker *workers = memory_alloc(threads * sizeof *workers);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    size_t started = 0;
    for (; started < threads; started++) {
        Worker *worker = &workers[started];
        *worker = (Worker){.pool = &pool, .index = started};
        if (pthread_create(&worker->thread, &attributes, worker_main, worker) != 0) break;
    }
    if (started == 0) take_items(&pool, 0);
    for (size_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_attr_destroy(&attributes);
    free(workers);
}

void pool_call(PoolWork work, void *context)
{
    Pool pool = {.work = work, .context = context, .count = 1};
    Worker worker = {.pool = &pool};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, LARGE_STACK_BYTES);
    if (pthread_create(&worker.thread, &attributes, worker_main, &worker) == 0)
        pthread_join(worker.thread, NULL);
    else
        take_items(&pool, 0);
    pthread_attr_destroy(&attributes);
}

size_t pool_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (size_t)count : 1;
}
