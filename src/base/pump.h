/* pump.h - bytes of two stream sockets, each way, until both ends have said that no more come. Blocks.
 *
 * Owner   the caller closes the sockets.
 * Errors  a socket that breaks ends both ways. */
#ifndef LOOPSAFE_BASE_PUMP_H
#define LOOPSAFE_BASE_PUMP_H

void pump_both_ways(int left, int right);

#endif
