/* color.h - whether to print in colour.
 *
 * Order   --color, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, CLICOLOR=0, then what the output is. */
#ifndef LOOPSAFE_CLI_COLOR_H
#define LOOPSAFE_CLI_COLOR_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ColorChoice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorChoice;

/* What the environment says; NULL: not set. */
typedef struct ColorEnvironment {
    const char *no_color;
    const char *force_color;
    const char *clicolor_force;
    const char *clicolor;
    const char *term;
} ColorEnvironment;

ColorEnvironment color_environment(void);
/* The names of ColorChoice, in its order; NULL after the last. */
const char *color_choice(size_t index);
bool color_wanted(ColorChoice choice, const ColorEnvironment *environment, bool to_terminal);

#endif
