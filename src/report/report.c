#include "report/report.h"

#include "base/banned.h"

const Reporter *reporter_find(Str name)
{
    for (size_t i = 0; i < reporter_count; i++)
        if (str_equal(str_from(reporters[i]->name), name)) return reporters[i];
    return NULL;
}
