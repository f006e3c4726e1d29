/* stub_table.h - what the rule tables say of a library, as the file that the stubs of a run are made by
 * (runtime/python/loopsafe_stubs.py).
 *
 *   psycopg2.connect              effect db            ─▶ blocks for 20 ms, gives a psycopg2.extensions.connection
 *   asyncpg.Connection.*          trait waits-db       ─▶ is awaited for 20 ms
 *   bcrypt.hashpw                 effect cpu           ─▶ computes for 10 ms
 *
 * Shape   times stand for a usual call of that effect; those to the network take network_ms.
 * Errors  a file that cannot be written is a Fail. A library that no table knows gets a stub that costs nothing.
 * Order   by path. */
#ifndef LOOPSAFE_SESSION_STUB_TABLE_H
#define LOOPSAFE_SESSION_STUB_TABLE_H

#include "rules/catalogue.h"

/* modules: "psycopg2", "google.cloud.storage". */
bool stub_table_write(const Catalogue *catalogue, const Str *modules, size_t count, uint32_t network_ms,
                      const char *path, Fail *fail) __attribute__((warn_unused_result));

#endif
