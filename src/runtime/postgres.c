#define _GNU_SOURCE
#include "runtime/postgres.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "runtime/service.h"
#include "runtime/sql_log.h"

#include "base/banned.h"

static const char *const ENVIRONMENT[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", NULL};

/* --- where it is installed --- */

static unsigned long major_version(const char *path)
{
    const char *digit = strpbrk(path, "0123456789");
    return digit ? strtoul(digit, NULL, 10) : 0;
}

/* The folder of the newest version beside others, as Debian and Fedora lay them out; else NULL. */
static const char *newest(Arena *arena)
{
    glob_t found = {0};
    const char *best = NULL;
    glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found);
    glob("/usr/pgsql-*/bin/initdb", GLOB_APPEND, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (!best || major_version(found.gl_pathv[i]) > major_version(best)) best = found.gl_pathv[i];
    if (best) best = arena_copy(arena, best, strlen(best));
    globfree(&found);
    return best;
}

static const char *programs_folder(Arena *arena, Fail *fail)
{
    const char *initdb = newest(arena);
    if (!initdb) initdb = service_find(arena, "initdb");
    if (!initdb) {
        fail_at(fail, NULL, 0,
                "--service postgres: PostgreSQL is not installed here (Debian: the package postgresql)");
        return NULL;
    }
    Str path = str_from(initdb);
    return str_copy(arena, str_part(path, 0, str_find_last(path, '/'))).ptr;
}

/* --- its start --- */

static const char *below(const Postgres *postgres, Arena *arena, const char *name)
{
    return str_format(arena, "%s/%s", postgres->folder, name).ptr;
}

static bool make_data(const Postgres *postgres, Arena *arena, Fail *fail)
{
    const char *program = str_format(arena, "%s/initdb", postgres->programs).ptr;
    const char *arguments[] = {program,      "-D",        below(postgres, arena, "data"),
                               "-U",         "loopsafe",  "-A",
                               "trust",      "-E",        "UTF8",
                               "--locale=C", "--no-sync", "--no-instructions",
                               NULL};
    ProcessPlan plan = {.arguments = arguments, .environment = ENVIRONMENT, .folder = postgres->folder};
    return service_run(arena, &plan, "--service postgres: initdb", fail);
}

/* Reached by its socket alone: applications go through the stand-in's front. Durability is given up, nothing else. */
static bool write_settings(const Postgres *postgres, Arena *arena, Fail *fail)
{
    Str text =
        str_format(arena,
                   "listen_addresses = ''\nport = %u\nunix_socket_directories = '%s'\nmax_connections = 500\n"
                   "shared_buffers = 64MB\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                   "autovacuum = off\nhuge_pages = off\nlog_destination = stderr\nlogging_collector = off\n"
                   "log_statement = all\nlog_line_prefix = '%s'\nlog_min_messages = warning\n"
                   "log_min_error_statement = panic\nlc_messages = 'C'\nlog_parameter_max_length = -1\n",
                   postgres->port, postgres->folder, SQL_LOG_PREFIX);
    return io_write_file(below(postgres, arena, "data/postgresql.conf"), text, fail);
}

static bool is_ready(Postgres *postgres)
{
    const uint64_t patience_ns = 30000000000u;
    uint64_t until_ns = clock_now_ns() + patience_ns;
    Buf said;
    buf_init(&said);
    bool ready = false;
    do {
        buf_add(&said, tail_read(&postgres->log));
        ready = str_find(buf_str(&said), STR("database system is ready to accept connections")) != SIZE_MAX;
    } while (!ready && service_wait(&postgres->process, until_ns));
    buf_free(&said);
    return ready;
}

/* Its log goes to a file without end: the shell opens it, because what a process prints is kept in a ring. */
static bool launch(Postgres *postgres, Arena *arena, Fail *fail)
{
    const char *program = str_format(arena, "%s/postgres", postgres->programs).ptr;
    const char *log = below(postgres, arena, "log");
    const char *arguments[] = {"/bin/sh", "-c",    "exec \"$1\" -D \"$2\" 2>>\"$3\"",
                               "sh",      program, below(postgres, arena, "data"),
                               log,       NULL};
    ProcessPlan plan = {.arguments = arguments, .environment = ENVIRONMENT, .folder = postgres->folder};
    if (!tail_open(&postgres->log, log)) return fail_at(fail, log, 0, "cannot be made");
    if (!process_start(&postgres->process, &plan, fail)) return false;
    if (is_ready(postgres)) return true;
    Str words = STR("");
    if (io_read_file(arena, log, 1 << 20, &words) != IO_OK) words = STR("nothing");
    return fail_at(fail, NULL, 0, "--service postgres: the server does not start; it said: %.*s",
                   (int)(words.len < 400 ? words.len : 400), words.ptr);
}

static Str read_version(const Postgres *postgres, Arena *arena)
{
    Str text;
    IoStatus status = io_read_file(arena, below(postgres, arena, "data/PG_VERSION"), 64, &text);
    return status == IO_OK ? str_trim(text) : STR("");
}

bool postgres_start(Postgres *postgres, Arena *arena, const char *folder, Fail *fail)
{
    enum { PORT = 5432 };
    *postgres = (Postgres){.port = PORT, .process = {.control = -1}, .log = {.file = -1}};
    postgres->folder = str_format(arena, "%s/postgres", folder).ptr;
    postgres->socket = below(postgres, arena, ".s.PGSQL.5432");
    if (geteuid() == 0)
        return fail_at(fail, NULL, 0,
                       "--service postgres: PostgreSQL does not run as root, and the kernel refuses a user "
                       "namespace in which we would be somebody else");
    postgres->programs = programs_folder(arena, fail);
    if (!postgres->programs) return false;
    if (mkdir(postgres->folder, S_IRWXU) != 0) return fail_at(fail, postgres->folder, 0, "cannot be made");
    if (!make_data(postgres, arena, fail) || !write_settings(postgres, arena, fail)) return false;
    postgres->version = read_version(postgres, arena);
    return launch(postgres, arena, fail);
}

/* --- states --- */

bool postgres_renew(Postgres *postgres, Arena *arena, unsigned state, Fail *fail)
{
    snprintf(postgres->database, sizeof postgres->database, "run_%u", state);
    const char *program = str_format(arena, "%s/createdb", postgres->programs).ptr;
    const char *arguments[] = {program,    "-h", postgres->folder,   "-U",
                               "loopsafe", "-w", postgres->database, NULL};
    ProcessPlan plan = {.arguments = arguments, .environment = ENVIRONMENT, .folder = postgres->folder};
    return service_run(arena, &plan, "--service postgres: createdb", fail);
}

void postgres_calls(Postgres *postgres, Calls *calls)
{
    size_t before = calls->items.count;
    sql_log_read(calls, tail_read(&postgres->log), str_from(postgres->database), service_behind_ns());
    postgres->statements += calls->items.count - before;
}

void postgres_end(Postgres *postgres)
{
    process_free(&postgres->process);
    tail_close(&postgres->log);
}
