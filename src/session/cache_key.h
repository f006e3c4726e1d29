/* cache_key.h - where a run's entries lie in the cache, and what its result depends on besides the files' content.
 *
 * One result is kept for each way of asking (directory, paths, options), so that it is replaced when files change. */
#ifndef LOOPSAFE_SESSION_CACHE_KEY_H
#define LOOPSAFE_SESSION_CACHE_KEY_H

#include "session/cache.h"

StoreKey cache_key_of_pack(const Session *session);
StoreKey cache_key_of_result(const Session *session);
/* The program, the user's tables, the names of all discovered files, the environment. False: a table is gone. */
bool cache_state(Session *session, StoreKey *state) __attribute__((warn_unused_result));

#endif
