/* import_place.h - where a new import goes: into the block of its kind, in the block's order.
 *
 *   import json                 standard library
 *   ▸ import asyncio            before what sorts after it, after what sorts before it
 *
 *   from fastapi import X       installed
 *
 *   from .db import session     the project's own */
#ifndef LOOPSAFE_FIXES_IMPORT_PLACE_H
#define LOOPSAFE_FIXES_IMPORT_PLACE_H

#include "fixes/draft.h"

/* Adds `import module` + as, or `from module import member` + as, to the draft. */
void import_place(Draft *draft, const Unit *unit, Str module, Str member, Str as);

#endif
