/* routes.h - the file that says where the connections of an application lead: loopsafe writes the rules, the probe follows
 * them and notes the names it meets, the stand-in reads the names back.
 *
 *   getaddrinfo("api.example.com") ─▶ slot 0x1234 ─▶ 127.66.18.52 ─ connect, port 443 ─▶ a rule, else the stand-in
 *                                      "api.example.com:443" ─▶ slot 0x2345: the connection comes from 127.66.35.69
 *
 * Shape   one file of fixed size, mapped shared by all of them; most of it is never touched and takes no room. A name's
 *         slot is its hash, or the next free one; the slot's number is the end of an address. ROUTES_VARIABLE holds the
 *         file's path.
 * Owner   loopsafe makes it in the folder of the run (runtime/outside.c).
 * Errors  an application can write anything into it: texts are read with a bound, and a name that finds no slot is not led.
 * Threads any: a slot is taken by an atomic exchange and its state stored last. */
#ifndef LOOPSAFE_PROBE_ROUTES_H
#define LOOPSAFE_PROBE_ROUTES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROUTES_VARIABLE "LOOPSAFE_ROUTES"
#define ROUTES_MAGIC 0x3252534cu /* "LSR2" */

enum {
    ROUTES_RULES = 64,           /* the user's and the services' */
    ROUTES_SLOTS = 65536,        /* as many as 127.66.0.0/16 has addresses; slot 0 is none */
    ROUTES_TEXT_BYTES = 264,     /* a name of 253 bytes, a colon, a port, NUL */
    ROUTES_PATH_BYTES = 108,     /* of a socket in the file system, as the kernel bounds it */
    ROUTES_NAMES_NET = 0x7f42,   /* 127.66: names */
    ROUTES_OPENINGS_NET = 0x7f43 /* 127.67: relays to what the user opens */
};

/* host:port leads to address:to_port. The first rule that fits counts. */
typedef struct RoutesRule {
    char host
        [ROUTES_TEXT_BYTES]; /* small letters; "localhost": 127.0.0.0/8 and ::1; "": every host, these too */
    uint32_t address;        /* in the machine's order */
    uint16_t port, to_port;
    bool is_stand_in; /* it wants to know who was meant */
} RoutesRule;

typedef enum RoutesSlotState { ROUTES_FREE, ROUTES_TAKEN, ROUTES_READY } RoutesSlotState;

typedef struct RoutesSlot {
    _Atomic uint32_t state;       /* RoutesSlotState */
    char text[ROUTES_TEXT_BYTES]; /* a host's name in small letters, or one with its port */
    char address[16];             /* 127.66.x.y */
} RoutesSlot;

typedef struct Routes {
    uint32_t magic;
    uint32_t rule_count;
    RoutesRule rules[ROUTES_RULES];
    uint16_t stand_in_port;                  /* of what no rule names; 0: that is refused */
    uint16_t name_server_port;               /* where questions to a name server lead; 0: they are refused */
    char folder[4096];                       /* of the run: sockets in it are the run's own */
    char postgres_socket[ROUTES_PATH_BYTES]; /* "": none */
    char redis_socket[ROUTES_PATH_BYTES];
    char database[64]; /* that the application at present is to see; the stand-in reads it */
    int64_t started_s; /* CLOCK_REALTIME: sockets made after it are the run's own */
    RoutesSlot slots[ROUTES_SLOTS];
} Routes;

/* The file's memory; NULL: it is none. */
Routes *routes_open(const char *path);
/* The slot of a name, which is given one when it has none; 0: too long, or no room. */
uint32_t routes_intern(Routes *routes, const char *text);
/* What was meant by an address of 127.66.0.0/16, in the machine's order, copied with a bound; false: nothing is known. */
bool routes_text(const Routes *routes, uint32_t address, char *room, size_t size);
uint32_t routes_address(uint32_t slot);

#endif
