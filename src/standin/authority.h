/* authority.h - a certificate authority of one run, and what it certifies: whatever name a client asks for.
 *
 * Shape   keys on the curve P-256, valid from yesterday for a month; they never leave this process.
 * Owner   lives as long as the process.
 * Errors  a library that refuses is a Fail. */
#ifndef LOOPSAFE_STANDIN_AUTHORITY_H
#define LOOPSAFE_STANDIN_AUTHORITY_H

#include <openssl/ssl.h>

#include "base/fail.h"
#include "base/str.h"

typedef struct Authority Authority;

Authority *authority_new(Arena *arena, Fail *fail);
/* The authority's own certificate as PEM, into a file. */
bool authority_write(const Authority *authority, const char *path, Fail *fail)
    __attribute__((warn_unused_result));
/* The server's side of a connection, which the caller ends; `host` is certified when the client names none, and lives as long. */
SSL *authority_session(Authority *authority, int socket, const Str *host);

#endif
