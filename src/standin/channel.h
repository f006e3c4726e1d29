/* channel.h - bytes of one connection, plain or through TLS; never blocks.
 *
 * Owner   channel_close ends socket and session. */
#ifndef LOOPSAFE_STANDIN_CHANNEL_H
#define LOOPSAFE_STANDIN_CHANNEL_H

#include "standin/authority.h"

typedef enum ChannelStatus {
    CHANNEL_MOVED,     /* some bytes */
    CHANNEL_LATER,     /* wait until the socket can be read, or written */
    CHANNEL_CLOSED,    /* by the other end, or broken */
    CHANNEL_MISTRUSTED /* the other end does not believe in the certificate */
} ChannelStatus;

typedef struct Channel {
    int socket;
    SSL *session; /* NULL: plain */
} Channel;

ChannelStatus channel_read(Channel *channel, char *bytes, size_t room, size_t *count);
ChannelStatus channel_write(Channel *channel, Str bytes, size_t *count);
/* Bytes can be written: it is plain, or the other end has agreed on TLS. */
bool channel_is_open(const Channel *channel);
void channel_close(Channel *channel);

#endif
