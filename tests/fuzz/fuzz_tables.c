/* fuzz_tables.c - any bytes as a user's rule table: refused with a line, or loaded and looked up in. */
#include "rules/catalogue.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const Catalogue *catalogue)
{
    static const char *const paths[] = {"requests.get", "a.B.c", "a",
                                        "sqlalchemy.orm.session.Session.execute"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Str path = str_from(paths[i]);
        Rule rule;
        Handover handover;
        MethodPlacement placement;
        if (catalogue_find(catalogue, path, &rule) && rule.unless_count)
            catalogue_unless(catalogue, &rule, 0);
        catalogue_handover(catalogue, path, 0, &handover);
        catalogue_method_placement(catalogue, path, STR("get"), &placement);
        catalogue_returns(catalogue, path);
        catalogue_attribute(catalogue, path);
        catalogue_derives(catalogue, path, STR("a.B"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Fail fail = {0};
    Catalogue *catalogue = catalogue_new();
    Str text = {(const char *)data, size};
    if (catalogue_load_text(catalogue, text, "fuzz.json", &fail) == fail.failed)
        BUG("result and failure disagree");
    look_up(catalogue);
    catalogue_free(catalogue);
    return 0;
}
