/* Runs a fuzz target once for each file named, so that the corpus guards every ordinary test run. */
#include <stdint.h>
#include <stdio.h>

#include "base/io.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        Arena arena;
        arena_init(&arena);
        Str text;
        if (io_read_file(&arena, arguments[i], LIMIT_FILE_BYTES, &text) != IO_OK) {
            fprintf(stderr, "%s: cannot be read\n", arguments[i]);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)text.ptr, text.len);
        arena_free(&arena);
    }
    printf("%d passed, 0 failed\n", count - 1);
    return count > 1 ? 0 : 1;
}
