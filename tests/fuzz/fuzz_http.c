/* Any bytes as the answer of a server: read at once and in pieces it is the same answer, and takes no more than it was given. */
#include <stdint.h>

#include "base/fail.h"
#include "load/response.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Outcome {
    ResponsePart part;
    uint16_t status;
    bool reusable;
    uint64_t bytes, hash;
    size_t took;
} Outcome;

static Outcome read_in_pieces(Str bytes, size_t piece, bool bodiless)
{
    Response response = {0};
    Buf headers, body;
    buf_init(&headers);
    buf_init(&body);
    response_begin(&response, bodiless, &headers, &body);
    size_t took = 0;
    while (took < bytes.len && !response_ended(&response)) {
        size_t end = bytes.len - took < piece ? bytes.len : took + piece;
        size_t now = response_feed(&response, str_part(bytes, took, end));
        if (!now || now > end - took) BUG("an answer takes nothing, or more than there is");
        took += now;
    }
    response_close(&response);
    if (!response_ended(&response)) BUG("an answer goes on behind the end of the connection");
    if (body.len != response.body_bytes) BUG("bytes of a body are lost");
    Outcome outcome = {response.part,       response.status,    response.reusable,
                       response.body_bytes, response.body_hash, took};
    buf_free(&headers);
    buf_free(&body);
    response_free(&response);
    return outcome;
}

static void compare(Str bytes, bool bodiless)
{
    Outcome whole = read_in_pieces(bytes, SIZE_MAX / 2, bodiless);
    Outcome cut = read_in_pieces(bytes, 1 + bytes.len / 5, bodiless);
    if (whole.part != cut.part || whole.status != cut.status || whole.reusable != cut.reusable ||
        whole.bytes != cut.bytes || whole.hash != cut.hash)
        BUG("pieces are another answer");
    if (whole.part == RESPONSE_DONE && whole.took != cut.took) BUG("pieces end elsewhere");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str bytes = {(const char *)data, size};
    if (!size) return 0;
    compare(bytes, false);
    compare(bytes, true);
    return 0;
}
