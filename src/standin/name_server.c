#define _GNU_SOURCE
#include "standin/name_server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/banned.h"

enum { HEAD_BYTES = 12, LABEL_BYTES = 63, TYPE_A = 1, CLASS_IN = 1 };

/* The name of the question behind the head, in dots; the place behind it, or 0: it is none. */
static size_t read_name(Str question, char *name, size_t room)
{
    size_t at = HEAD_BYTES, length = 0;
    while (at < question.len && question.ptr[at]) {
        size_t label = (unsigned char)question.ptr[at];
        if (label > LABEL_BYTES || at + 1 + label >= question.len || length + label + 2 > room) return 0;
        if (length) name[length++] = '.';
        memcpy(name + length, question.ptr + at + 1, label);
        length += label;
        at += 1 + label;
    }
    name[length] = 0;
    bool plain = strlen(name) == length;
    return plain && length && at < question.len ? at + 1 : 0;
}

static size_t add_address(unsigned char *answer, size_t at, uint32_t address)
{
    /* The name of the question, address, internet, a minute, four bytes. */
    static const unsigned char record[] = {0xc0, HEAD_BYTES, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, 60, 0, 4};
    uint32_t bytes = htonl(address);
    memcpy(answer + at, record, sizeof record);
    memcpy(answer + at + sizeof record, &bytes, sizeof bytes);
    return at + sizeof record + sizeof bytes;
}

size_t name_server_answer(Routes *routes, Str question, unsigned char *answer)
{
    enum { IS_RESPONSE = 0x80, RECURSION_WANTED = 0x01, RECURSION_HAD = 0x80, RECORD_BYTES = 16 };
    char name[ROUTES_TEXT_BYTES];
    if (question.len < HEAD_BYTES || question.ptr[2] & IS_RESPONSE || question.ptr[4] || question.ptr[5] != 1)
        return 0;
    size_t end = read_name(question, name, sizeof name);
    if (!end || end + 4 > question.len || end + 4 + RECORD_BYTES > NAME_SERVER_ROOM) return 0;
    memcpy(answer, question.ptr, end + 4);
    memset(answer + 6, 0, 6);
    answer[2] = (unsigned char)(IS_RESPONSE | (question.ptr[2] & RECURSION_WANTED));
    answer[3] = RECURSION_HAD;
    bool asks_address = question.ptr[end] == 0 && question.ptr[end + 1] == TYPE_A;
    uint32_t slot = asks_address ? routes_intern(routes, name) : 0;
    if (!slot) return end + 4;
    answer[7] = 1;
    return add_address(answer, end + 4, routes_address(slot));
}

typedef struct NameServer {
    int socket;
    Routes *routes;
} NameServer;

static void *serve(void *context)
{
    const NameServer *server = context;
    for (;;) {
        char question[NAME_SERVER_ROOM];
        unsigned char answer[NAME_SERVER_ROOM];
        struct sockaddr_storage from;
        socklen_t from_length = sizeof from;
        ssize_t count =
            recvfrom(server->socket, question, sizeof question, 0, (struct sockaddr *)&from, &from_length);
        if (count <= 0) continue;
        size_t length = name_server_answer(server->routes, (Str){question, (size_t)count}, answer);
        if (length) sendto(server->socket, answer, length, 0, (struct sockaddr *)&from, from_length);
    }
    return NULL;
}

bool name_server_serve(int socket, Routes *routes, Fail *fail)
{
    NameServer *server = memory_alloc(sizeof *server);
    *server = (NameServer){socket, routes};
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, server) == 0 && pthread_detach(thread) == 0) return true;
    free(server);
    return fail_at(fail, NULL, 0, "the stand-in cannot start a thread");
}
