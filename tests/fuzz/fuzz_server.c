/* fuzz_server.c - any bytes as what an editor sends: cut into messages, read, carried out but for the analyses. */
#include "server/actions.h"
#include "server/dispatch.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void complain(const char *line)
{
    if (str_find_byte(str_from(line), '\n') != SIZE_MAX) BUG("a complaint of several lines");
}

static void read_messages(Server *server)
{
    Str body;
    MessageStatus status = MESSAGE_READ;
    while (status != MESSAGE_WANTED) {
        status = message_reader_next(&server->reader, &body);
        if (status == MESSAGE_READ) dispatch_message(server, body);
    }
    actions_settle(server);
}

/* All at once, then in pieces: the same messages, so the same answers. */
static size_t answered(const uint8_t *data, size_t size, size_t piece)
{
    const ServerOptions options = {.complain = complain};
    Server server = {.options = &options};
    message_reader_init(&server.reader);
    wire_init(&server.wire);
    for (size_t at = 0; at < size; at += piece) {
        message_reader_feed(&server.reader,
                            (Str){(const char *)data + at, size - at < piece ? size - at : piece});
        read_messages(&server);
    }
    size_t bytes = server.wire.pending.len;
    actions_drop(&server);
    documents_free(&server.documents);
    roots_free(&server.roots);
    message_reader_free(&server.reader);
    wire_free(&server.wire);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    if (answered(data, size, size) != answered(data, size, 1 + size / 7))
        BUG("pieces are answered otherwise");
    return 0;
}
