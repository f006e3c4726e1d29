/* twin_class.h - how the name of a class or a constructor becomes that of its twin.
 *
 *   from lib import Client           ▸   from lib import AsyncClient
 *   client = Client(url)                 client = AsyncClient(url)
 *
 * Shape   names are resolved by what the module's imports made them. */
#ifndef LOOPSAFE_FIXES_TWIN_CLASS_H
#define LOOPSAFE_FIXES_TWIN_CLASS_H

#include "fixes/twin_edit.h"

/* The catalogue path that an expression names through the module's imports; empty: unknown. */
Str class_path(Draft *draft, const Spot *spot);
/* Writes the twin's name for the name that stands there: path ▸ twin. others: how many more places of the file are
 * rewritten the same way. */
void class_rename(Draft *draft, const Spot *spot, Str path, Str twin, size_t others);

#endif
