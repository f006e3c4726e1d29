/* app.h - which application is meant: from a word of the command line to a tree, an import root and `module:attribute`.
 *
 *   shop.main:app          of the working directory
 *   src/shop/main.py[:app] that file; its import root is the first folder up that is no package
 *   services/shop          a folder: the application is looked for in it
 *
 * Shape   in a folder the files main.py, app.py, api.py, asgi.py, server.py, application.py that bind `app`,
 *         `application` or `api` at the top, the closest to the folder first, in that order.
 * Owner   texts live in the arena; trees are absolute.
 * Errors  nothing that could be an application, or two that are as good: a Fail that names what to type. */
#ifndef LOOPSAFE_VERIFY_APP_H
#define LOOPSAFE_VERIFY_APP_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

typedef struct AppPlace {
    const char *tree; /* what is analysed, copied and served */
    Str root;         /* import root within the tree; empty: the tree itself */
    const char *app;  /* module:attribute */
} AppPlace;

bool app_find(Arena *arena, const char *word, AppPlace *place, Fail *fail)
    __attribute__((warn_unused_result));

#endif
