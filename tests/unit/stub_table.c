/* Writes the tables of stubs of some libraries:   stub_table FILE NETWORK_MS MODULE... */
#include <stdio.h>
#include <stdlib.h>

#include "session/stub_table.h"

#include "base/banned.h"

enum { MOST_MODULES = 32 };

int main(int count, char **arguments)
{
    if (count < 4 || count > MOST_MODULES) return 2;
    Str modules[MOST_MODULES];
    for (int i = 3; i < count; i++)
        modules[i - 3] = str_from(arguments[i]);
    Catalogue *catalogue = catalogue_new();
    Fail fail = {0};
    uint32_t network_ms = (uint32_t)strtoul(arguments[2], NULL, 10);
    bool written = stub_table_write(catalogue, modules, (size_t)(count - 3), network_ms, arguments[1], &fail);
    catalogue_free(catalogue);
    if (!written) fprintf(stderr, "%s\n", fail.text);
    return written ? 0 : 1;
}
