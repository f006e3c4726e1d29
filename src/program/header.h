/* header.h - a statement without its body. */
#ifndef LOOPSAFE_PROGRAM_HEADER_H
#define LOOPSAFE_PROGRAM_HEADER_H

#include "program/unit.h"

/* The statement without its body: where a comment about it may stand. */
Span statement_header(const Unit *unit, NodeId statement);

#endif
