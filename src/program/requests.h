/* requests.h - what runs once for each request, as far as calls lead there without a condition that keeps its result.
 *
 *   handler (served 1) ──▶ get_client (served 2) ──▶ …
 *
 * Owner   fields of the instances. */
#ifndef LOOPSAFE_PROGRAM_REQUESTS_H
#define LOOPSAFE_PROGRAM_REQUESTS_H

#include "program/program.h"

/* After program_follow: fills Instance.served, served_by, served_step. */
void requests_spread(Program *program);

#endif
