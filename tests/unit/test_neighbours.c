/* Two programs at one place, each with a folder of its own, and what is known of those beside them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "runtime/cover.h"
#include "runtime/neighbours.h"
#include "runtime/process.h"
#include "runtime/space.h"

typedef struct Place {
    Arena arena;
    const char *root, *seat, *cover;
} Place;

static const char *made(Place *place, const char *name)
{
    const char *path = str_format(&place->arena, "%s/%s", place->root, name).ptr;
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

static int make_place(void **state)
{
    static Place place;
    Fail fail = {0};
    arena_init(&place.arena);
    place.root = space_folder_new(&place.arena, &fail);
    assert_non_null(place.root);
    place.seat = made(&place, "seat");
    place.cover = made(&place, "seat-1");
    assert_true(io_write_file(str_format(&place.arena, "%s/who", place.cover).ptr, STR("covered\n"), &fail));
    *state = &place;
    return 0;
}

static int remove_place(void **state)
{
    Place *place = *state;
    bool removed = space_folder_free(place->root);
    arena_free(&place->arena);
    return removed ? 0 : 1;
}

static bool start(Process *process, const Place *place, const char *cover, Fail *fail)
{
    static const char *const arguments[] = {"sh", "-c", "pwd; cat who; echo mine > who; cat who", NULL};
    static const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    ProcessPlan plan = {.arguments = arguments,
                        .environment = environment,
                        .folder = place->seat,
                        .cover = cover,
                        .covered = place->seat};
    return process_start(process, &plan, fail);
}

/* Where the kernel refuses it, that is said, and the program is not started at the wrong place. */
static void each_sees_its_own(void **state)
{
    Place *place = *state;
    Process process;
    Fail fail = {0};
    bool can = folder_can_cover(place->cover, place->seat);
    assert_int_equal(start(&process, place, place->cover, &fail), can);
    if (can) {
        while (process_alive(&process))
            usleep(2000);
        process_end(&process, 0);
        Str log = process_log_end(&process, &place->arena, 1000);
        Str expected = str_format(&place->arena, "%s\ncovered\nmine", place->seat);
        assert_true(str_equal(log, expected));
        process_free(&process);
    } else {
        assert_non_null(strstr(fail.text, "cannot start 'sh'"));
    }
    assert_int_equal(access(str_format(&place->arena, "%s/who", place->seat).ptr, F_OK), -1);
}

static void a_missing_folder_covers_nothing(void **state)
{
    Place *place = *state;
    Process process;
    Fail fail = {0};
    assert_false(folder_can_cover("/no/such/folder", place->seat));
    assert_false(start(&process, place, "/no/such/folder", &fail));
    assert_true(fail.failed);
}

static int listen_at(int family, const void *address, socklen_t length)
{
    int handle = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(handle, address, length), 0);
    return handle;
}

/* Other programs of the machine may begin or stop meanwhile: one of several tries is undisturbed. */
static bool is_seen(int family, const void *address, socklen_t length)
{
    bool seen = false;
    for (int i = 0; i < 50 && !seen; i++) {
        int handle = listen_at(family, address, length);
        size_t before = neighbours_listening();
        assert_int_not_equal(before, SIZE_MAX);
        assert_int_equal(listen(handle, 1), 0);
        seen = neighbours_listening() == before + 1;
        close(handle);
    }
    return seen;
}

static void counts_who_listens(void **state)
{
    (void)state;
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0loopsafe-test-neighbours"};
    assert_true(is_seen(AF_INET, &port, sizeof port));
    assert_true(is_seen(AF_UNIX, &name, sizeof name));
}

static void knows_room(void **state)
{
    (void)state;
    assert_true(neighbours_have_memory(getpid(), 1));
    assert_false(neighbours_have_memory(getpid(), SIZE_MAX / (1u << 30)));
    assert_false(neighbours_have_memory(0, 1));
    assert_true(neighbours_processors() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sees_its_own),
        cmocka_unit_test(a_missing_folder_covers_nothing),
        cmocka_unit_test(counts_who_listens),
        cmocka_unit_test(knows_room),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
