#include "fixes/draft.h"
#include "base/banned.h"

Str draft_import(Draft *draft, const Unit *unit, const FunctionInfo *function, Str module, Str member)
{
    (void)unit;
    (void)function;
    return draft_format(draft, "%.*s.%.*s", DRAFT_STR(module), DRAFT_STR(member));
}

Str draft_name(Draft *draft, Str module, Str member)
{
    return draft_import(draft, draft->unit, draft_function(draft), module, member);
}
