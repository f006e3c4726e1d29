/* style.h - the style sheet of the report, as the build puts style.css into the program (cmake/style.cmake). */
#ifndef LOOPSAFE_VERIFY_STYLE_H
#define LOOPSAFE_VERIFY_STYLE_H

#include <stddef.h>

extern const char style_text[];
extern const size_t style_length;

#endif
