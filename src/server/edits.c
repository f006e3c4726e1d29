#include "server/edits.h"

#include "server/locate.h"

#include "base/banned.h"

void edits_free(Edits *edits)
{
    vec_free(&edits->items);
    vec_free(&edits->claims);
}

/* --- several fixes --- */

static bool is_same(const FixEdit *one, const FixEdit *other)
{
    return one->span.start == other->span.start && one->span.end == other->span.end &&
           str_equal(one->text, other->text) && str_equal(one->place.path, other->place.path);
}

/* An insertion beside a span touches it as little as another insertion at its place. */
static bool touch(Str one_path, Span one, Str other_path, Span other)
{
    return one.start < other.end && other.start < one.end && str_equal(one_path, other_path);
}

/* Another fix has the same edit. */
static bool stands_there(const Edits *edits, const Fix *fix, const FixEdit *edit)
{
    for (size_t i = 0; i < edits->items.count; i++) {
        const FixEdit *other = edits->items.items[i];
        bool is_own = other >= fix->edits && other < fix->edits + fix->edit_count;
        if (!is_own && is_same(other, edit)) return true;
    }
    return false;
}

static bool edit_conflicts(const Edits *edits, const FixEdit *edit)
{
    for (size_t i = 0; i < edits->items.count; i++) {
        const FixEdit *other = edits->items.items[i];
        if (touch(edit->place.path, edit->span, other->place.path, other->span)) return true;
    }
    for (size_t i = 0; i < edits->claims.count; i++)
        if (touch(edit->place.path, edit->span, edits->claims.items[i]->path, edits->claims.items[i]->span))
            return true;
    return false;
}

static bool claim_conflicts(const Edits *edits, const FixClaim *claim)
{
    for (size_t i = 0; i < edits->items.count; i++) {
        const FixEdit *other = edits->items.items[i];
        if (touch(claim->path, claim->span, other->place.path, other->span)) return true;
    }
    return false;
}

static bool fix_conflicts(const Edits *edits, const Fix *fix)
{
    for (size_t i = 0; i < fix->edit_count; i++)
        if (!stands_there(edits, fix, &fix->edits[i]) && edit_conflicts(edits, &fix->edits[i])) return true;
    for (size_t i = 0; i < fix->claim_count; i++)
        if (claim_conflicts(edits, &fix->claims[i])) return true;
    return false;
}

/* An insertion comes before what is replaced at its place; of insertions the first one added. */
static bool stands_before(const FixEdit *one, const FixEdit *other)
{
    int by_path = str_compare(one->place.path, other->place.path);
    if (by_path) return by_path < 0;
    if (one->span.start != other->span.start) return one->span.start < other->span.start;
    return one->span.end <= other->span.end;
}

static void insert_sorted(Edits *edits, const FixEdit *edit)
{
    vec_add(&edits->items, edit);
    size_t at = edits->items.count - 1;
    for (; at > 0; at--) {
        const FixEdit *before = edits->items.items[at - 1];
        if (stands_before(before, edit)) break;
        edits->items.items[at] = before;
    }
    edits->items.items[at] = edit;
}

bool edits_add(Edits *edits, const Fix *fix)
{
    if (fix_conflicts(edits, fix)) return false;
    for (size_t i = 0; i < fix->edit_count; i++)
        if (!stands_there(edits, fix, &fix->edits[i])) insert_sorted(edits, &fix->edits[i]);
    for (size_t i = 0; i < fix->claim_count; i++)
        vec_add(&edits->claims, &fix->claims[i]);
    return true;
}

/* --- as the client takes them --- */

static bool text_is_current(const Server *server, const Run *run, const RunText *text)
{
    const Document *document = document_find_path(&server->documents, name_str(text->path));
    if (document) return server_is_current(run, document);
    return !text->document && run_is_unwritten(run, text);
}

bool edits_are_current(const Server *server, Run *run, const Edits *edits)
{
    for (size_t i = 0; i < edits->items.count; i++)
        if (!text_is_current(server, run, run_text(run, edits->items.items[i]->place.path))) return false;
    return true;
}

/* Edits of one file stand together; gives the first of the next one. */
static size_t file_end(const Edits *edits, size_t first)
{
    Str path = edits->items.items[first]->place.path;
    size_t end = first;
    while (end < edits->items.count && str_equal(edits->items.items[end]->place.path, path))
        end++;
    return end;
}

static void write_edit(Server *server, JsonOut *out, const RunText *text, const FixEdit *edit)
{
    json_out_open(out, '{');
    locate_write_range(out, "range", text, &edit->place, server->client.encoding);
    json_out_key(out, "newText");
    json_out_str(out, edit->text);
    json_out_close(out, '}');
}

static void write_list(Server *server, JsonOut *out, const RunText *text, const Edits *edits, size_t first,
                       size_t end)
{
    json_out_open(out, '[');
    for (size_t i = first; i < end; i++)
        write_edit(server, out, text, edits->items.items[i]);
    json_out_close(out, ']');
}

/* {"textDocument": {"uri", "version"}, "edits"}; a file that is not open has the version null. */
static void write_document(Server *server, JsonOut *out, const RunText *text, const Edits *edits,
                           size_t first, size_t end)
{
    json_out_open(out, '{');
    json_out_key(out, "textDocument");
    json_out_open(out, '{');
    locate_write_uri(out, "uri", text);
    json_out_key(out, "version");
    if (text->document)
        json_out_integer(out, text->document->version);
    else
        json_out_null(out);
    json_out_close(out, '}');
    json_out_key(out, "edits");
    write_list(server, out, text, edits, first, end);
    json_out_close(out, '}');
}

/* "uri": edits */
static void write_change(Server *server, JsonOut *out, const RunText *text, const Edits *edits, size_t first,
                         size_t end)
{
    Buf uri;
    buf_init(&uri);
    locate_add_uri(&uri, text);
    buf_add_byte(&uri, '\0');
    json_out_key(out, uri.data);
    write_list(server, out, text, edits, first, end);
    buf_free(&uri);
}

void edits_write(Server *server, JsonOut *out, Run *run, const Edits *edits)
{
    bool by_document = server->client.takes_documents;
    json_out_key(out, "edit");
    json_out_open(out, '{');
    json_out_key(out, by_document ? "documentChanges" : "changes");
    json_out_open(out, by_document ? '[' : '{');
    for (size_t i = 0, end; i < edits->items.count; i = end) {
        end = file_end(edits, i);
        const RunText *text = run_text(run, edits->items.items[i]->place.path);
        if (by_document)
            write_document(server, out, text, edits, i, end);
        else
            write_change(server, out, text, edits, i, end);
    }
    json_out_close(out, by_document ? ']' : '}');
    json_out_close(out, '}');
}
