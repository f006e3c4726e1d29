#define _GNU_SOURCE
#include "standin/channel.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

static ChannelStatus status_of_socket(ssize_t count, size_t *moved)
{
    *moved = count > 0 ? (size_t)count : 0;
    if (count > 0) return CHANNEL_MOVED;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? CHANNEL_LATER : CHANNEL_CLOSED;
}

static bool is_mistrust(unsigned long error)
{
    switch (ERR_GET_REASON(error)) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        return true;
    default:
        return false;
    }
}

static ChannelStatus status_of_session(const Channel *channel, int result, size_t *moved)
{
    if (result > 0) return CHANNEL_MOVED;
    *moved = 0;
    int error = SSL_get_error(channel->session, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return CHANNEL_LATER;
    bool mistrust = error == SSL_ERROR_SSL && is_mistrust(ERR_peek_error());
    ERR_clear_error();
    return mistrust ? CHANNEL_MISTRUSTED : CHANNEL_CLOSED;
}

ChannelStatus channel_read(Channel *channel, char *bytes, size_t room, size_t *count)
{
    if (!channel->session) return status_of_socket(recv(channel->socket, bytes, room, 0), count);
    return status_of_session(channel, SSL_read_ex(channel->session, bytes, room, count), count);
}

ChannelStatus channel_write(Channel *channel, Str bytes, size_t *count)
{
    if (!channel->session)
        return status_of_socket(send(channel->socket, bytes.ptr, bytes.len, MSG_NOSIGNAL), count);
    return status_of_session(channel, SSL_write_ex(channel->session, bytes.ptr, bytes.len, count), count);
}

bool channel_is_open(const Channel *channel)
{
    return !channel->session || SSL_is_init_finished(channel->session);
}

void channel_close(Channel *channel)
{
    if (channel->session) {
        SSL_shutdown(channel->session);
        ERR_clear_error();
        SSL_free(channel->session);
    }
    close(channel->socket);
    *channel = (Channel){.socket = -1};
}
