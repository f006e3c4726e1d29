#define _GNU_SOURCE
#include "runtime/space.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "runtime/descendants.h"
#include "runtime/relay.h"

#include "base/banned.h"

/* --- what the kernel is asked for --- */

static bool write_whole(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    bool written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
    close(file);
    return written;
}

static bool write_map(const char *path, unsigned inside, unsigned outside)
{
    char line[64];
    snprintf(line, sizeof line, "%u %u 1", inside, outside);
    return write_whole(path, line);
}

/* Who root is inside: databases refuse to run as root, and want a user that has a name. */
static void choose_user(uid_t *user, gid_t *group)
{
    enum { FIRST_ORDINARY_USER = 1000 };
    const struct passwd *entry = getpwuid(FIRST_ORDINARY_USER);
    if (!entry) entry = getpwnam("nobody");
    *user = entry ? entry->pw_uid : FIRST_ORDINARY_USER;
    *group = entry ? entry->pw_gid : FIRST_ORDINARY_USER;
}

/* A user keeps its number; root becomes an ordinary user, who still owns root's files but has none of its rights. */
static bool map_user(uid_t user, gid_t group)
{
    uid_t inside_user = user;
    gid_t inside_group = group;
    if (user == 0) choose_user(&inside_user, &inside_group);
    return write_whole("/proc/self/setgroups", "deny") &&
           write_map("/proc/self/uid_map", inside_user, user) &&
           write_map("/proc/self/gid_map", inside_group, group);
}

/* Root in the machine's own user namespace: what could lead back into the other network is given up for ever. */
static bool give_up_rights(void)
{
    static const unsigned long rights[] = {CAP_SYS_ADMIN,  CAP_SYS_PTRACE, CAP_NET_ADMIN, CAP_NET_RAW,
                                           CAP_SYS_MODULE, CAP_SYS_RAWIO,  CAP_BPF};
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
        if (prctl(PR_CAPBSET_DROP, rights[i], 0, 0, 0) != 0 && errno != EINVAL) return false;
    return true;
}

static bool raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return false;
    bool raised = ioctl(handle, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP | IFF_RUNNING);
    raised = raised && ioctl(handle, SIOCSIFFLAGS, &request) == 0;
    int error = errno;
    close(handle);
    errno = error;
    return raised;
}

static bool refuse(Fail *fail, const char *call)
{
    return fail_at(
        fail, NULL, 0,
        "cannot run other people's code safely: the kernel refuses a network of its own (%s: %s); allow user "
        "namespaces, run as root, or accept less with --allow-guard-only",
        call, strerror(errno));
}

static bool enter_namespace(Fail *fail)
{
    uid_t user = geteuid();
    gid_t group = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        if (!map_user(user, group)) return refuse(fail, "uid_map");
    } else if (user != 0 || unshare(CLONE_NEWNET) != 0) {
        return refuse(fail, "unshare");
    } else if (!give_up_rights()) {
        return refuse(fail, "prctl");
    }
    if (!raise_loopback()) return refuse(fail, "loopback");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refuse(fail, "prctl");
    return space_is_closed() ||
           fail_at(
               fail, NULL, 0,
               "cannot run other people's code safely: a new network namespace still reaches the outside");
}

/* What a kernel refuses half-way would leave this process without any network: a child tries it first. */
static bool rehearse(Fail *fail)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return refuse(fail, "pipe");
    pid_t child = fork();
    if (child == 0) {
        Fail refused = {0};
        bool entered = enter_namespace(&refused);
        bool told = entered || io_write_stream(ends[1], str_from(refused.text));
        _exit(entered && told ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0) refuse(fail, "fork");
    Arena arena;
    arena_init(&arena);
    Str words = STR("");
    int status = 1;
    bool read = child > 0 && io_read_stream(&arena, ends[0], FAIL_TEXT_BYTES, &words) == IO_OK;
    bool ended = child > 0 && waitpid(child, &status, 0) == child;
    if (!read || !ended || status != 0) fail_at(fail, NULL, 0, "%.*s", (int)words.len, words.ptr);
    close(ends[0]);
    arena_free(&arena);
    return !fail->failed;
}

static bool open_all(Space *space, SpaceOpening *openings, size_t count, Fail *fail)
{
    for (size_t i = 0; i < count; i++)
        if (!relay_open(space->control, &openings[i], i, fail)) return false;
    return true;
}

bool space_enter(Space *space, SpaceOpening *openings, size_t opening_count, Fail *fail)
{
    *space = (Space){.control = -1};
    Fail relay_failure = {0};
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (opening_count && !relay_start(openings, opening_count, &space->relay, &space->control, fail))
        return false;
    space->closed = rehearse(fail) && enter_namespace(fail);
    bool opened = open_all(space, openings, opening_count, space->closed ? fail : &relay_failure);
    return space->closed && opened;
}

/* Programs that applications have left behind became children of this process. */
static void end_orphans(void)
{
    enum { ROUNDS = 1000 }; /* what forks all the time is met again */
    const struct timespec moment = {0, 2000000};
    pid_t *family = memory_alloc(LIMIT_DESCENDANTS * sizeof *family);
    size_t count = 2;
    for (int round = 0; count > 1 && round < ROUNDS; round++) {
        if (round) nanosleep(&moment, NULL);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        count = descendants_of(getpid(), family, LIMIT_DESCENDANTS);
        for (size_t i = 1; i < count; i++)
            kill(family[i], SIGKILL);
    }
    free(family);
}

void space_leave(Space *space)
{
    relay_end(space->relay, space->control);
    end_orphans();
    *space = (Space){.control = -1};
}

/* --- proof --- */

static bool only_loopback_is_up(void)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0) return false;
    bool only = true;
    for (const struct ifaddrs *one = all; one; one = one->ifa_next)
        if (one->ifa_flags & IFF_UP && !(one->ifa_flags & IFF_LOOPBACK)) only = false;
    freeifaddrs(all);
    return only;
}

/* A datagram socket is connected to an address that is kept for examples: the kernel only looks for a way, nothing is sent. */
static bool has_no_way(int family, const struct sockaddr *address, socklen_t length)
{
    int handle = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return errno == EAFNOSUPPORT;
    bool refused = connect(handle, address, length) != 0 && (errno == ENETUNREACH || errno == EADDRNOTAVAIL);
    close(handle);
    return refused;
}

bool space_is_closed(void)
{
    struct sockaddr_in example = {.sin_family = AF_INET, .sin_port = htons(9)};
    example.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1, TEST-NET-1 of RFC 5737 */
    struct sockaddr_in6 example6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
    static const unsigned char documentation[] = {0x20, 0x01, 0x0d, 0xb8}; /* 2001:db8::, RFC 3849 */
    memcpy(example6.sin6_addr.s6_addr, documentation, sizeof documentation);
    example6.sin6_addr.s6_addr[15] = 1;
    return only_loopback_is_up() && has_no_way(AF_INET, (struct sockaddr *)&example, sizeof example) &&
           has_no_way(AF_INET6, (struct sockaddr *)&example6, sizeof example6);
}
