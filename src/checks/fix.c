#include "checks/fix.h"

#include "base/banned.h"

const char *applicability_text(Applicability applicability)
{
    static const char *const texts[] = {"display", "unsafe", "safe"};
    return texts[applicability];
}
