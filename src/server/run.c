#define _POSIX_C_SOURCE 200809L
#include "server/run.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/path.h"

#include "base/banned.h"

#define BYTE_ORDER_MARK STR("\xef\xbb\xbf")

struct Run {
    Arena arena;
    Str directory;
    const char *paths[1]; /* what is looked at, when it is one file */
    Options options;
    RunDocument *documents;
    size_t document_count;
    int64_t begun_ns;
    Overlay overlay;
    Session *session;
    Result result;
    Fail fail;
    bool succeeded;
    int wake;
    bool has_thread;
    pthread_t thread;
    Names *names;
    Map text_of_path;     /* index into texts */
    VEC(RunText *) texts; /* in the arena */
};

/* --- in the thread --- */

static Str without_mark(Str text)
{
    return str_starts(text, BYTE_ORDER_MARK) ? str_drop(text, BYTE_ORDER_MARK.len) : text;
}

/* The file on the disk says the same as the document. */
static bool stands_on_disk(const RunDocument *document)
{
    Arena scratch;
    arena_init(&scratch);
    Str bytes;
    bool same = false;
    if (io_read_file(&scratch, document->path.ptr, LIMIT_FILE_BYTES, &bytes) == IO_OK) {
        SourceText disk = text_decode(&scratch, bytes);
        same = !disk.replaced_count && str_equal(disk.text, without_mark(document->text));
    }
    arena_free(&scratch);
    return same;
}

/* A document is UTF-8 whatever its coding cookie says: the byte order mark counts more. */
static void put_text(Run *run, const RunDocument *document)
{
    Str bytes = str_join(&run->arena, BYTE_ORDER_MARK, without_mark(document->text), STR(""));
    overlay_put(&run->overlay, document->path, bytes);
}

static bool analyse(Run *run)
{
    if (chdir(run->directory.ptr) != 0)
        return fail_at(&run->fail, run->directory.ptr, 0, "cannot be entered: %s", strerror(errno));
    for (size_t i = 0; i < run->document_count; i++)
        if (!stands_on_disk(&run->documents[i])) put_text(run, &run->documents[i]);
    run->session = session_new();
    return session_check(run->session, &run->options, NULL, NULL, &run->result, &run->fail);
}

static void *work(void *context)
{
    Run *run = context;
    run->succeeded = analyse(run);
    /* The pipe holds one byte a run: there is room. */
    if (!io_write_stream(run->wake, STR("."))) BUG("the server does not listen to its own thread");
    return NULL;
}

/* --- outside --- */

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void copy_documents(Run *run, const Documents *documents)
{
    run->documents = arena_array(&run->arena, documents->items.count, sizeof *run->documents);
    for (size_t i = 0; i < documents->items.count; i++) {
        const Document *document = documents->items.items[i];
        run->documents[run->document_count++] =
            (RunDocument){.uri = str_copy(&run->arena, buf_str(&document->uri)),
                          .path = str_copy(&run->arena, buf_str(&document->path)),
                          .text = str_copy(&run->arena, buf_str(&document->text)),
                          .version = document->version};
    }
}

static void settle_options(Run *run, const Options *options, Str file)
{
    run->options = *options;
    run->options.base_directory = run->directory.ptr;
    run->options.overlay = &run->overlay;
    if (!file.len) return;
    run->paths[0] = str_copy(&run->arena, file).ptr;
    run->options.paths = run->paths;
    run->options.path_count = 1;
}

Run *run_start(const Options *options, Str directory, Str file, const Documents *documents, int wake)
{
    Run *run = memory_alloc(sizeof *run);
    memset(run, 0, sizeof *run);
    arena_init(&run->arena);
    overlay_init(&run->overlay, &run->arena);
    run->names = names_new();
    map_init(&run->text_of_path, &run->arena);
    run->directory = str_copy(&run->arena, directory);
    run->wake = wake;
    run->begun_ns = now_ns();
    settle_options(run, options, file);
    copy_documents(run, documents);
    run->has_thread = pthread_create(&run->thread, NULL, work, run) == 0;
    if (!run->has_thread) work(run);
    return run;
}

void run_join(Run *run)
{
    if (run->has_thread) pthread_join(run->thread, NULL);
    run->has_thread = false;
}

void run_free(Run *run)
{
    if (!run) return;
    run_join(run);
    session_free(run->session);
    names_free(run->names);
    vec_free(&run->texts);
    arena_free(&run->arena);
    free(run);
}

void run_abandon(Run *run)
{
    if (run->has_thread) pthread_detach(run->thread);
    run->has_thread = false;
}

bool run_succeeded(const Run *run)
{
    return run->succeeded;
}

const char *run_trouble(const Run *run)
{
    return run->fail.text;
}

const Result *run_result(const Run *run)
{
    return &run->result;
}

Str run_directory(const Run *run)
{
    return run->directory;
}

const RunDocument *run_document(const Run *run, Str path)
{
    for (size_t i = 0; i < run->document_count; i++)
        if (str_equal(run->documents[i].path, path)) return &run->documents[i];
    return NULL;
}

bool run_means(const Run *run, Str path, Str absolute)
{
    Buf spelled;
    buf_init(&spelled);
    path_add_absolute(&spelled, run->directory, path);
    bool same = str_equal(buf_str(&spelled), absolute);
    buf_free(&spelled);
    return same;
}

Str run_path(Run *run, Str path)
{
    Buf absolute;
    buf_init(&absolute);
    path_add_absolute(&absolute, run->directory, path);
    Str copy = str_copy(&run->arena, buf_str(&absolute));
    buf_free(&absolute);
    return copy;
}

/* --- texts --- */

bool run_is_unwritten(const Run *run, const RunText *text)
{
    struct stat info;
    if (stat(name_str(text->path).ptr, &info) != 0) return false;
    return (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec < run->begun_ns;
}

static Str read_disk(Run *run, Str path)
{
    Str bytes;
    if (io_read_file(&run->arena, path.ptr, LIMIT_FILE_BYTES, &bytes) != IO_OK) return STR("");
    return text_decode(&run->arena, bytes).text;
}

static RunText *load_text(Run *run, Name path)
{
    RunText *text = arena_alloc(&run->arena, sizeof *text);
    Str name = name_str(path);
    *text = (RunText){.path = path, .document = run_document(run, name)};
    Str shown = text->document ? text->document->text : read_disk(run, name);
    text->is_marked = text->document && str_starts(shown, BYTE_ORDER_MARK);
    text->lines = lines_index(&run->arena, without_mark(shown));
    return text;
}

const RunText *run_text(Run *run, Str path)
{
    Buf absolute;
    buf_init(&absolute);
    path_add_absolute(&absolute, run->directory, path);
    Name name = names_intern(run->names, buf_str(&absolute));
    buf_free(&absolute);
    uint32_t index = map_find(&run->text_of_path, name);
    if (index != MAP_NONE) return run->texts.items[index];
    RunText *text = load_text(run, name);
    map_put(&run->text_of_path, name, (uint32_t)run->texts.count);
    vec_add(&run->texts, text);
    return text;
}
