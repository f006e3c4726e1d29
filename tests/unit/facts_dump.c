#define _POSIX_C_SOURCE 200809L
/* facts_dump.c - prints the facts of files, for tests/slices/run.py and for people.
 *
 *   facts_dump [--whole | --demand | --compare | --time | --blob | --blob-time | --blob-write] FILE…
 *
 * --demand reads what a run reads first and then every function; --compare prints only files where that differs
 * from --whole or where a region is damaged; --time prints what each step cost over all files. --blob saves and loads the facts
 * with no, some and all bodies read and prints files where anything differs; --blob-time prints sizes and speeds of
 * that; --blob-write prints one file's facts, half of its bodies read, as bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/io.h"
#include "facts_same.h"
#include "python/facts.h"
#include "python/facts_blob.h"
#include "source/text.h"

#include "base/banned.h"

typedef struct Dump {
    const Facts *facts;
    Buf *out;
} Dump;

static void dump_list(Dump *dump, NodeId id, unsigned depth);

static void dump_name(Buf *out, Name name)
{
    Str text = name_str(name);
    buf_add_text(out, " \"");
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ')
            buf_format(out, "\\x%02x", (unsigned char)text.ptr[i]);
        else
            buf_add_byte(out, text.ptr[i]);
    }
    buf_add_text(out, "\"");
}

static void dump_link(Dump *dump, const char *label, NodeId id, unsigned depth)
{
    if (!id) return;
    buf_add_byte(dump->out, '\n');
    buf_add_repeat(dump->out, ' ', depth % 100);
    buf_add_text(dump->out, label);
    dump_list(dump, id, depth + 1);
}

static void dump_node(Dump *dump, NodeId id, unsigned depth)
{
    Node node = *facts_node(dump->facts, id);
    buf_format(dump->out, "(%s %u:%u", node_kind_text((NodeKind)node.kind), node.span.start, node.span.end);
    if (node.flags) buf_format(dump->out, " flags=%u", node.flags);
    if (node.level) buf_format(dump->out, " level=%u", node.level);
    if (node.name) dump_name(dump->out, node.name);
    dump_link(dump, "1 ", node.first, depth + 1);
    dump_link(dump, "2 ", node.second, depth + 1);
    dump_link(dump, "3 ", node.third, depth + 1);
    dump_link(dump, "4 ", node.fourth, depth + 1);
    buf_add_byte(dump->out, ')');
}

static void dump_list(Dump *dump, NodeId id, unsigned depth)
{
    for (; id; id = facts_node(dump->facts, id)->next) {
        buf_add_byte(dump->out, '\n');
        buf_add_repeat(dump->out, ' ', depth % 100);
        dump_node(dump, id, depth);
    }
}

static void dump_damages(const Facts *facts, Buf *out)
{
    size_t count;
    const Damage *damages = facts_damages(facts, &count);
    for (size_t i = 0; i < count; i++)
        buf_format(out, "\ndamage %u:%u %s", damages[i].span.start, damages[i].span.end, damages[i].what);
}

typedef struct Seconds {
    double outline, demand, bodies, whole;
    double save, load, lines;
    size_t bytes, demand_bytes, all_bytes, nodes, files, damaged, blob_bytes, blob_nodes;
} Seconds;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

typedef struct Session {
    Names *names;
    Parser *parser;
    const char *mode;
    Seconds spent;
} Session;

static bool is_mode(const Session *session, const char *mode)
{
    return strcmp(session->mode, mode) == 0;
}

static Facts *read_demand(Session *session, Arena *arena, const Outline *outline)
{
    double start = now();
    Facts *facts = facts_new(arena, session->names, session->parser, outline, FACTS_ON_DEMAND);
    double middle = now();
    session->spent.demand_bytes += facts_bytes_parsed(facts);
    read_all(facts);
    session->spent.demand += middle - start;
    session->spent.bodies += now() - middle;
    session->spent.all_bytes += facts_bytes_parsed(facts);
    return facts;
}

static Facts *read_whole(Session *session, Arena *arena, const Outline *outline)
{
    double start = now();
    Facts *facts = facts_new(arena, session->names, session->parser, outline, FACTS_WHOLE);
    session->spent.whole += now() - start;
    session->spent.nodes += facts_node_count(facts);
    return facts;
}

static void render(const Facts *facts, Buf *out)
{
    Dump dump = {facts, out};
    dump_list(&dump, facts_module(facts), 0);
    dump_damages(facts, out);
    buf_add_byte(out, '\n');
}

static void compare(const char *path, const Facts *demand, const Facts *whole, Buf *left, Buf *right)
{
    size_t damages;
    const Damage *first = facts_damages(whole, &damages);
    if (damages) {
        printf("damage %zu %u:%u %s in %s\n", damages, first[0].span.start, first[0].span.end, first[0].what,
               path);
        return;
    }
    render(demand, left);
    render(whole, right);
    if (!str_equal(buf_str(left), buf_str(right))) printf("differs %s\n", path);
}

/* --- blobs --- */

/* What differs between the facts and what they are after a way through a blob, or NULL. Bodies that are still unread
 * are read on both sides, so that the facts handed in change. */
static const char *blob_trouble(Session *session, Arena *arena, Facts *facts, Str text)
{
    Buf blob;
    buf_init(&blob);
    facts_save(facts, &blob);
    session->spent.blob_bytes += blob.len;
    Facts *loaded = facts_load(arena, session->names, NULL, text, buf_str(&blob));
    const char *trouble = loaded ? facts_difference(facts, loaded) : "refused";
    if (!trouble) {
        facts_use(loaded, session->parser, arena);
        read_all(facts);
        read_all(loaded);
        trouble = facts_difference(facts, loaded);
    }
    buf_free(&blob);
    return trouble;
}

static void compare_blobs(Session *session, Arena *arena, const char *path, Str text)
{
    for (unsigned every = 0; every < 3; every++) {
        Outline outline = outline_scan(arena, text);
        Facts *facts = facts_new(arena, session->names, session->parser, &outline, FACTS_ON_DEMAND);
        if (every) read_every(facts, every == 1 ? 3 : 1);
        const char *trouble = blob_trouble(session, arena, facts, text);
        if (trouble) printf("differs %s: %s (%u)\n", path, trouble, every);
    }
    Outline outline = outline_scan(arena, text);
    Facts *facts = facts_new(arena, session->names, session->parser, &outline, FACTS_WHOLE);
    const char *trouble = blob_trouble(session, arena, facts, text);
    if (trouble) printf("differs %s: %s (whole)\n", path, trouble);
}

static void write_blob(Session *session, Arena *arena, Str text)
{
    Buf blob;
    buf_init(&blob);
    Outline outline = outline_scan(arena, text);
    Facts *facts = facts_new(arena, session->names, session->parser, &outline, FACTS_ON_DEMAND);
    read_every(facts, 2);
    facts_save(facts, &blob);
    fwrite(blob.data, 1, blob.len, stdout);
    buf_free(&blob);
}

/* Loading takes a second arena, as it does in a run: the blob is not made beside it. */
static void time_blobs(Session *session, Arena *arena, Str text)
{
    Seconds *spent = &session->spent;
    Arena loads;
    Buf blob;
    buf_init(&blob);
    arena_init(&loads);
    Outline outline = outline_scan(arena, text);
    Facts *facts = facts_new(arena, session->names, session->parser, &outline, FACTS_ON_DEMAND);
    read_all(facts);
    double start = now();
    facts_save(facts, &blob);
    double middle = now();
    if (!facts_load(&loads, session->names, session->parser, text, buf_str(&blob))) printf("refused\n");
    double end = now();
    lines_index(&loads, text);
    spent->lines += now() - end;
    spent->save += middle - start;
    spent->load += end - middle;
    spent->bytes += text.len;
    spent->blob_bytes += blob.len;
    spent->blob_nodes += facts_node_count(facts);
    spent->files++;
    buf_free(&blob);
    arena_free(&loads);
}

/* --- a file --- */

static void time_or_render(Session *session, Arena *arena, const char *path, Str text)
{
    Buf left, right;
    buf_init(&left);
    buf_init(&right);
    double start = now();
    Outline outline = outline_scan(arena, text);
    session->spent.outline += now() - start;
    session->spent.bytes += text.len;
    session->spent.files++;
    Facts *demand = is_mode(session, "--whole") ? NULL : read_demand(session, arena, &outline);
    Facts *whole = is_mode(session, "--demand") ? NULL : read_whole(session, arena, &outline);
    if (is_mode(session, "--compare"))
        compare(path, demand, whole, &left, &right);
    else if (!is_mode(session, "--time"))
        render(demand ? demand : whole, &left);
    if (!is_mode(session, "--compare")) fwrite(left.data ? left.data : "", 1, left.len, stdout);
    buf_free(&left);
    buf_free(&right);
}

static void run_file(Session *session, const char *path)
{
    Arena arena;
    Str text;
    arena_init(&arena);
    if (io_read_file(&arena, path, (size_t)1 << 30, &text) == IO_OK) {
        if (str_starts(text, STR("\xef\xbb\xbf"))) text = str_part(text, 3, text.len);
        if (is_mode(session, "--blob"))
            compare_blobs(session, &arena, path, text);
        else if (is_mode(session, "--blob-time"))
            time_blobs(session, &arena, text);
        else if (is_mode(session, "--blob-write"))
            write_blob(session, &arena, text);
        else
            time_or_render(session, &arena, path, text);
    }
    arena_free(&arena);
}

static void print_blobs(const Seconds *spent)
{
    double megabytes = (double)spent->bytes / 1e6;
    printf("files %zu, %.1f MB, %zu nodes, %.1f MB of blobs (%.2f of the text)\n", spent->files, megabytes,
           spent->blob_nodes, (double)spent->blob_bytes / 1e6, (double)spent->blob_bytes / 1e6 / megabytes);
    printf("save    %.1f ms (%.0f MB/s)\n", spent->save * 1e3, megabytes / spent->save);
    printf("load    %.1f ms (%.0f MB/s)\n", spent->load * 1e3, megabytes / spent->load);
    printf("lines   %.1f ms (%.0f MB/s)\n", spent->lines * 1e3, megabytes / spent->lines);
}

static void print_spent(const Seconds *spent)
{
    double megabytes = (double)spent->bytes / 1e6;
    printf("files %zu, %.1f MB, %zu nodes\n", spent->files, megabytes, spent->nodes);
    printf("outline %.3f s (%.0f MB/s)\n", spent->outline, megabytes / spent->outline);
    printf("demand  %.3f s, %.1f MB parsed\n", spent->demand, (double)spent->demand_bytes / 1e6);
    printf("bodies  %.3f s, %.1f MB parsed in all\n", spent->bodies, (double)spent->all_bytes / 1e6);
    printf("whole   %.3f s (%.1f MB/s)\n", spent->whole, megabytes / spent->whole);
}

int main(int count, char **arguments)
{
    Session session = {.names = names_new(), .parser = parser_new(), .mode = "--demand"};
    char line[4096];
    int first = 1;
    if (count > 1 && arguments[1][0] == '-') session.mode = arguments[first++];
    for (int i = first; i < count; i++)
        run_file(&session, arguments[i]);
    while (first == count && fgets(line, sizeof line, stdin)) { /* paths by line */
        line[strcspn(line, "\n")] = '\0';
        run_file(&session, line);
    }
    if (is_mode(&session, "--time")) print_spent(&session.spent);
    if (is_mode(&session, "--blob-time")) print_blobs(&session.spent);
    parser_free(session.parser);
    names_free(session.names);
    return 0;
}
