/* twin_call.h - one call whose asynchronous form takes and gives the same: `b.save()` ▸ `await b.asave()`. */
#ifndef LOOPSAFE_FIXES_TWIN_CALL_H
#define LOOPSAFE_FIXES_TWIN_CALL_H

#include "fixes/draft.h"

/* False: the tables know no drop-in of what blocks. */
bool twin_call(Draft *draft);

#endif
