/* confidence.h - how sure a conclusion is.
 *
 *   certain   every step resolved to a definition or an entry of the catalogue
 *   likely    a receiver's type was inferred from one plausible source
 *   possible  the shape of a name only; never reported by default */
#ifndef LOOPSAFE_PROGRAM_CONFIDENCE_H
#define LOOPSAFE_PROGRAM_CONFIDENCE_H

typedef enum Confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_CERTAIN } Confidence;

const char *confidence_text(Confidence confidence);

#endif
