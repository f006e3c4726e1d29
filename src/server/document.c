#include "server/document.h"

#include "base/path.h"
#include "server/params.h"

#include "base/banned.h"

bool document_path(Str uri, Buf *path)
{
    Buf spelled;
    buf_init(&spelled);
    bool is_file = uri_read_path(&spelled, uri);
    if (is_file) path_add_absolute(path, STR("/"), buf_str(&spelled));
    buf_free(&spelled);
    return is_file;
}

static void free_document(Document *document)
{
    buf_free(&document->uri);
    buf_free(&document->path);
    buf_free(&document->text);
    free(document);
}

void documents_free(Documents *documents)
{
    for (size_t i = 0; i < documents->items.count; i++)
        free_document(documents->items.items[i]);
    vec_free(&documents->items);
}

Document *document_find(const Documents *documents, Str uri)
{
    for (size_t i = 0; i < documents->items.count; i++)
        if (str_equal(buf_str(&documents->items.items[i]->uri), uri)) return documents->items.items[i];
    return NULL;
}

Document *document_find_path(const Documents *documents, Str path)
{
    for (size_t i = 0; i < documents->items.count; i++)
        if (str_equal(buf_str(&documents->items.items[i]->path), path)) return documents->items.items[i];
    return NULL;
}

static Document *new_document(Documents *documents, Str uri)
{
    Document *document = memory_alloc(sizeof *document);
    *document = (Document){0};
    buf_init(&document->uri);
    buf_init(&document->path);
    buf_init(&document->text);
    buf_add(&document->uri, uri);
    vec_add(&documents->items, document);
    return document;
}

Document *document_open(Documents *documents, Str uri, int64_t version, Str text)
{
    Document *document = document_find(documents, uri);
    if (!document) {
        document = new_document(documents, uri);
        if (!document_path(uri, &document->path)) {
            document_close(documents, document);
            return NULL;
        }
    }
    document->version = version;
    buf_clear(&document->text);
    buf_add(&document->text, text);
    return document;
}

void document_close(Documents *documents, Document *document)
{
    size_t kept = 0;
    for (size_t i = 0; i < documents->items.count; i++)
        if (documents->items.items[i] != document) documents->items.items[kept++] = documents->items.items[i];
    documents->items.count = kept;
    free_document(document);
}

/* The text with the new one in place of the bytes from start to end. */
static void splice(Buf *text, size_t start, size_t end, Str with)
{
    Buf result;
    buf_init(&result);
    buf_add(&result, str_part(buf_str(text), 0, start));
    buf_add(&result, with);
    buf_add(&result, str_drop(buf_str(text), end));
    buf_free(text);
    *text = result;
}

bool document_change(Document *document, const cJSON *change, PositionEncoding encoding)
{
    Str with;
    if (!params_text(change, "text", &with)) return false;
    const cJSON *range = params_get(change, "range");
    size_t start = 0, end = document->text.len;
    ClientPosition first, last;
    if (range && !cJSON_IsNull(range)) {
        if (!params_position(range, "start", &first) || !params_position(range, "end", &last)) return false;
        start = position_offset(buf_str(&document->text), first, encoding);
        end = position_offset(buf_str(&document->text), last, encoding);
    }
    if (end < start) return false;
    splice(&document->text, start, end, with);
    return true;
}
