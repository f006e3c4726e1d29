/* banned.h - functions of the C library that have no bound or keep hidden state; include last. */
#ifndef LOOPSAFE_BASE_BANNED_H
#define LOOPSAFE_BASE_BANNED_H

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atof scanf sscanf

#endif
