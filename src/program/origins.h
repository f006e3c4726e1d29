/* origins.h - whether an expression depends on what its function is called with, as far as the function's text tells.
 *
 *   region = request.region            depends
 *   session = Session(region=region)   depends, through region
 *   engine = create_engine(URL)        does not
 *
 * Owner   nothing is kept. */
#ifndef LOOPSAFE_PROGRAM_ORIGINS_H
#define LOOPSAFE_PROGRAM_ORIGINS_H

#include "program/unit.h"

/* A name in it is a parameter (but for the receiver), is bound by a loop or a `with`, or was assigned from such. */
bool depends_on_call(const FunctionInfo *function, NodeId expression);

#endif
