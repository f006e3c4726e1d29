/* twin_client.h - a client becomes its asynchronous twin, and every use of it is awaited.
 *
 *   client = Client()             ▸   client = AsyncClient()
 *   client.get(k)                     await client.get(k)
 *
 * Shape   whichever finding on the client asks, the edits are the same. */
#ifndef LOOPSAFE_FIXES_TWIN_CLIENT_H
#define LOOPSAFE_FIXES_TWIN_CLIENT_H

#include "fixes/draft.h"

/* False: what blocks is no method of a class that has a twin. */
bool twin_client(Draft *draft);

#endif
