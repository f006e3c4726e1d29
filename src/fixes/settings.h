/* settings.h - what fixes are made for. */
#ifndef LOOPSAFE_FIXES_SETTINGS_H
#define LOOPSAFE_FIXES_SETTINGS_H

#include <stdint.h>

#include "base/str.h"

typedef struct FixSettings {
    Str http_client; /* package that stands in for clients without an asynchronous form: "httpx", "httpx2",
                              "aiohttp"; empty: not set */
    uint32_t python_minor; /* oldest Python 3 that the code has to run on; 0: not known */
} FixSettings;

#endif
