/* parser.c - tree-sitter's parser with the tables that belong to its language. */
#include <stdlib.h>
#include <string.h>

#include "python/slice.h"

#include "base/banned.h"

static void *zeroed_alloc(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) memory_exhausted();
    return memset(memory_alloc(count * size), 0, count * size);
}

void parser_setup(void)
{
    ts_set_allocator(memory_alloc, zeroed_alloc, memory_resize, free);
}

Parser *parser_new(void)
{
    Parser *parser = memory_alloc(sizeof *parser);
    memset(parser, 0, sizeof *parser);
    const TSLanguage *language = syntax_language();
    parser->parser = ts_parser_new();
    if (!parser->parser) memory_exhausted();
    if (!ts_parser_set_language(parser->parser, language)) BUG("the grammar does not fit tree-sitter");
    parser->symbols = ts_language_symbol_count(language);
    parser->syntax = memory_alloc(parser->symbols);
    parser->operators = memory_alloc(parser->symbols * sizeof *parser->operators);
    for (uint32_t i = 0; i < parser->symbols; i++) {
        bool named = ts_language_symbol_type(language, (TSSymbol)i) == TSSymbolTypeRegular;
        parser->syntax[i] = (uint8_t)syntax_find(ts_language_symbol_name(language, (TSSymbol)i), named);
    }
    return parser;
}

void parser_free(Parser *parser)
{
    if (!parser) return;
    if (parser->has_cursor) ts_tree_cursor_delete(&parser->cursor);
    ts_parser_delete(parser->parser);
    free(parser->syntax);
    free(parser->operators);
    free(parser);
}

/* Names of another session must not be handed out. */
void parser_use_names(Parser *parser, Names *names)
{
    if (parser->names == names) return;
    parser->names = names;
    memset(parser->operators, 0, parser->symbols * sizeof *parser->operators);
    memset(parser->cache, 0, sizeof parser->cache);
}

static TSRange range_of(Span span)
{
    /* Rows are not read by anyone; they only have to grow. */
    return (TSRange){.start_point = {span.start, 0},
                     .end_point = {span.end, 0},
                     .start_byte = span.start,
                     .end_byte = span.end};
}

static const char *read_source(void *payload, uint32_t offset, TSPoint point, uint32_t *length)
{
    Source *source = payload;
    Str text = source->text;
    (void)point;
    *length = 0;
    size_t end = source->copy ? source->copied.end : text.len;
    if (offset >= end || source->served > source->limit) return "";
    size_t size = end - offset < SOURCE_CHUNK_BYTES ? end - offset : SOURCE_CHUNK_BYTES;
    source->served += size;
    *length = (uint32_t)size;
    return source->copy ? source->copy + (offset - source->copied.start) : text.ptr + offset;
}

static size_t span_bytes(const Span *spans, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += spans[i].end - spans[i].start;
    return bytes;
}

TSTree *parser_parse(Parser *parser, Source source, const Span *spans, size_t count)
{
    TSRange ranges[SLICE_SPANS_MOST];
    for (size_t i = 0; i < count; i++)
        ranges[i] = range_of(spans[i]);
    ts_parser_reset(parser->parser);
    if (!ts_parser_set_included_ranges(parser->parser, ranges, (uint32_t)count)) BUG("slices overlap");
    TSInput input = {.payload = &source, .read = read_source, .encoding = TSInputEncodingUTF8};
    source.limit = (span_bytes(spans, count) + SOURCE_CHUNK_BYTES * (count + 64)) * SOURCE_PASSES_MOST;
    TSTree *tree = ts_parser_parse(parser->parser, NULL, input);
    if (!tree) memory_exhausted();
    if (source.served <= source.limit) return tree;
    ts_tree_delete(tree);
    return NULL;
}

Reader parser_reader(Facts *facts, TSTree *tree)
{
    Parser *parser = facts->parser;
    TSNode root = ts_tree_root_node(tree);
    if (parser->has_cursor)
        ts_tree_cursor_reset(&parser->cursor, root);
    else
        parser->cursor = ts_tree_cursor_new(root);
    parser->has_cursor = true;
    Reader reader = {.facts = facts, .parser = parser, .cursor = &parser->cursor};
    reader_load(&reader);
    return reader;
}
