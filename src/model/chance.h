/* chance.h - random numbers that are the same on every machine: whole numbers alone, no logarithm of a library. */
#ifndef LOOPSAFE_MODEL_CHANCE_H
#define LOOPSAFE_MODEL_CHANCE_H

#include <stdint.h>

typedef struct Chance {
    uint64_t state; /* any value begins a series */
} Chance;

uint64_t chance_next(Chance *chance);
/* 0 … below-1; below at most 2^32. */
uint64_t chance_below(Chance *chance, uint64_t below);
/* Evenly between value - share and value + share of it; share in 65,536ths. value below 2^44. */
uint64_t chance_around(Chance *chance, uint64_t value, uint64_t share);
/* Exponential, of that mean. mean below 2^56. */
uint64_t chance_exponential(Chance *chance, uint64_t mean);

#endif
