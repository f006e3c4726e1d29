#include "program/confidence.h"

#include "base/banned.h"

const char *confidence_text(Confidence confidence)
{
    switch (confidence) {
    case CONFIDENCE_POSSIBLE:
        return "possible";
    case CONFIDENCE_LIKELY:
        return "likely";
    case CONFIDENCE_CERTAIN:
        return "certain";
    }
    return "possible";
}
