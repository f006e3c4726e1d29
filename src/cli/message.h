/* message.h - lines on standard error; what they quote is made fit for a terminal. */
#ifndef LOOPSAFE_CLI_MESSAGE_H
#define LOOPSAFE_CLI_MESSAGE_H

#include "base/str.h"

/* `error: text` */
void message_error(const char *text);
/* `warning: path: what` */
void message_warning(Str path, Str what);
/* Where to read on after a mistyped command line; command NULL: loopsafe itself. */
void message_hint(const char *command);

#endif
