#define _GNU_SOURCE
#include "base/pump.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

typedef enum Passed { PASSED_SOME, PASSED_END, PASSED_BROKEN } Passed;

static Passed pass_on(int from, int to)
{
    char bytes[65536];
    ssize_t count = read(from, bytes, sizeof bytes);
    if (count < 0) return errno == EINTR || errno == EAGAIN ? PASSED_SOME : PASSED_BROKEN;
    for (ssize_t sent = 0; sent < count;) {
        ssize_t step = send(to, bytes + sent, (size_t)(count - sent), MSG_NOSIGNAL);
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) return PASSED_BROKEN;
        sent += step;
    }
    if (count == 0) shutdown(to, SHUT_WR);
    return count ? PASSED_SOME : PASSED_END;
}

void pump_both_ways(int left, int right)
{
    int sockets[2] = {left, right};
    struct pollfd ends[2] = {{.fd = left, .events = POLLIN}, {.fd = right, .events = POLLIN}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (poll(ends, 2, -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        for (int i = 0; i < 2; i++) {
            Passed passed =
                ends[i].fd >= 0 && ends[i].revents ? pass_on(sockets[i], sockets[1 - i]) : PASSED_SOME;
            if (passed == PASSED_BROKEN) return;
            if (passed == PASSED_END) ends[i].fd = -1;
        }
    }
}
