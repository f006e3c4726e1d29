/* condition.h - what the arguments of a call say of its weight: the records behind `unless`.
 *
 * Owner   texts live as long as the catalogue. */
#ifndef LOOPSAFE_RULES_CONDITION_H
#define LOOPSAFE_RULES_CONDITION_H

#include "base/str.h"

typedef enum Weight { WEIGHT_NONE, WEIGHT_CHEAP, WEIGHT_OFTEN, WEIGHT_ALWAYS } Weight;

/* One test on an argument of the call (or of the call that made the receiver). */
typedef enum ConditionTest {
    TEST_IS,      /* the argument is this literal: False, 0, None, "text" (number compares by value) */
    TEST_AT_MOST, /* a number literal not above the value */
    TEST_NAMES,   /* the expression mentions this dotted name, as in `os.WNOHANG | flags` */
    TEST_TYPE,    /* the argument's type is this path or a subtype: io.BytesIO, io.StringIO … */
    TEST_PREFIX,  /* a string literal that starts so */
    TEST_PRESENT,
    TEST_ABSENT,
    TEST_BACKTRACKS, /* a regular expression that may take time beyond all bounds */
    TEST_GUARDED /* an `if` has told that this method of the receiver is true (`done`) or false (`not empty`) */
} ConditionTest;

typedef struct Condition {
    ConditionTest test;
    bool of_receiver; /* look at the call that made the receiver instead */
    int position;     /* 0-based among the positional arguments, without the receiver; -1: by keyword only */
    Str keyword;      /* empty: by position only */
    Str value; /* as written in Python: False, None, 0, 0.005, or the bare text for TEST_NAMES, TYPE, PREFIX */
} Condition;

/* All conditions hold -> the call has this weight instead (WEIGHT_NONE: it does not block). */
typedef struct Unless {
    Weight weight;
    size_t count;
    Condition conditions[4];
} Unless;

#endif
