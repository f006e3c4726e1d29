/* methods.h - what each method of the protocol does.
 *
 * Shape   a handler of a request answers it, now or later; one of a notification has no id to answer. Params may be
 *         anything.
 * Owner   id and params belong to the message.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_METHODS_H
#define LOOPSAFE_SERVER_METHODS_H

#include "server/server_state.h"

typedef void (*MethodHandler)(Server *server, const cJSON *id, const cJSON *params);

typedef struct Method {
    const char *name;
    bool is_request;
    MethodHandler handle;
} Method;

/* NULL: it is not known. */
const Method *method_find(Str name);

/* initialize.c */
void method_initialize(Server *server, const cJSON *id, const cJSON *params);
void method_initialized(Server *server, const cJSON *id, const cJSON *params);
/* synchronise.c */
void method_did_open(Server *server, const cJSON *id, const cJSON *params);
void method_did_change(Server *server, const cJSON *id, const cJSON *params);
void method_did_save(Server *server, const cJSON *id, const cJSON *params);
void method_did_close(Server *server, const cJSON *id, const cJSON *params);
void method_did_change_files(Server *server, const cJSON *id, const cJSON *params);
void method_did_change_folders(Server *server, const cJSON *id, const cJSON *params);
void method_did_change_configuration(Server *server, const cJSON *id, const cJSON *params);

#endif
