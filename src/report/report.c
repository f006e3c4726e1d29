#include "report/report.h"

#include "base/banned.h"

const char *reporter_name(size_t index)
{
    return index < reporter_count ? reporters[index]->name : NULL;
}

const Reporter *reporter_find(Str name)
{
    for (size_t i = 0; i < reporter_count; i++)
        if (str_equal(str_from(reporters[i]->name), name)) return reporters[i];
    return NULL;
}

const Fix *report_fix(const Finding *finding, const ReportStyle *style)
{
    if (style->hides_fixes || finding->severity == SEVERITY_INFO) return NULL;
    return finding_fix(finding, style->unsafe_fixes ? APPLICABILITY_UNSAFE : APPLICABILITY_SAFE);
}
