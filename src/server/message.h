/* message.h - bytes of a stream cut into messages.
 *
 *   Content-Length: 42\r\n            a head: lines up to an empty one
 *   Content-Type: …\r\n               others are passed over
 *   \r\n
 *   {"jsonrpc": "2.0", …}             so many bytes
 *
 * Shape   what is no message is dropped and told of once: a head without a length, a line without end, a body beyond
 *         LIMIT_MESSAGE_BYTES. Reading goes on with the next head.
 * Owner   message_reader_free ends it; a body borrows from the reader until the next call.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_MESSAGE_H
#define LOOPSAFE_SERVER_MESSAGE_H

#include "base/buf.h"

typedef enum MessageStatus {
    MESSAGE_WANTED, /* more bytes are */
    MESSAGE_READ,   /* body */
    MESSAGE_BROKEN  /* trouble: one line */
} MessageStatus;

typedef struct MessageReader {
    Buf bytes;
    size_t at;          /* of bytes: what stands before it is done with */
    bool in_body;       /* the head is read, body_bytes are wanted */
    bool has_length;    /* the head at hand had one */
    bool is_told;       /* what is wrong with the head at hand was */
    size_t body_bytes;  /* of the body at hand */
    size_t passed_over; /* bytes of a body or line that are still to be dropped */
    bool in_long_line;  /* a line without end is dropped */
    const char *trouble;
} MessageReader;

void message_reader_init(MessageReader *reader);
void message_reader_free(MessageReader *reader);
void message_reader_feed(MessageReader *reader, Str bytes);
/* The next message of what was fed. */
MessageStatus message_reader_next(MessageReader *reader, Str *body);

#endif
