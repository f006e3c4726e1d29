#define _GNU_SOURCE
#include "probe/lines.h"

#include "probe/memory.h"

#include "base/banned.h"

enum { NO_LINE = -128 };

static int64_t signed_byte(int byte)
{
    return byte < 128 ? byte : byte - 256;
}

static int64_t line_in_pairs(ByteReader *table, int64_t line, int64_t offset)
{
    int64_t address = 0;
    for (int distance; (distance = bytes_next(table)) >= 0;) {
        int lines = bytes_next(table);
        address += distance;
        if (lines < 0 || address > offset) break;
        line += signed_byte(lines);
    }
    return line;
}

static int64_t line_in_ranges(ByteReader *table, int64_t line, int64_t offset)
{
    int64_t end = 0;
    for (int size; (size = bytes_next(table)) >= 0;) {
        int64_t lines = signed_byte(bytes_next(table));
        end += size;
        if (lines != NO_LINE) line += lines;
        if (offset < end) break;
    }
    return line;
}

/* --- locations: a first byte with kind and length, then what the kind says --- */

enum { LOCATION_ONE_LINE = 10, LOCATION_NO_COLUMNS = 13, LOCATION_LONG = 14, LOCATION_NONE = 15 };

/* Six bits a byte, the low ones first, bit 6: more follow. */
static uint32_t next_number(ByteReader *table)
{
    uint32_t number = 0;
    for (unsigned shift = 0; shift < 32; shift += 6) {
        int byte = bytes_next(table);
        if (byte < 0) break;
        number |= (uint32_t)(byte & 63) << shift;
        if (!(byte & 64)) break;
    }
    return number;
}

static int64_t next_signed_number(ByteReader *table)
{
    uint32_t number = next_number(table);
    return number & 1 ? -(int64_t)(number >> 1) : (int64_t)(number >> 1);
}

static void skip_bytes(ByteReader *table, int count)
{
    while (count-- > 0)
        bytes_next(table);
}

/* Reads the rest of an entry; by how many lines it is further on. */
static int64_t location_lines(ByteReader *table, int kind)
{
    if (kind == LOCATION_NONE) return 0;
    if (kind < LOCATION_NO_COLUMNS) {
        skip_bytes(table, kind < LOCATION_ONE_LINE ? 1 : 2);
        return kind < LOCATION_ONE_LINE ? 0 : kind - LOCATION_ONE_LINE;
    }
    int64_t lines = next_signed_number(table);
    for (int i = 0; kind == LOCATION_LONG && i < 3; i++)
        next_number(table);
    return lines;
}

static int64_t line_in_locations(ByteReader *table, int64_t line, int64_t offset)
{
    int64_t end = 0;
    for (int head; (head = bytes_next(table)) >= 0;) {
        line += location_lines(table, head >> 3 & 15);
        end += ((head & 7) + 1) * 2;
        if (offset < end) break;
    }
    return line;
}

uint32_t line_of(LineFormat format, uint64_t table, uint32_t first1, int64_t offset)
{
    if (offset < 0) return first1;
    ByteReader reader;
    if (!bytes_open(&reader, table)) return 0;
    int64_t line = first1;
    switch (format) {
    case LINES_PAIRS:
        line = line_in_pairs(&reader, line, offset);
        break;
    case LINES_RANGES:
        line = line_in_ranges(&reader, line, offset);
        break;
    case LINES_LOCATIONS:
        line = line_in_locations(&reader, line, offset);
        break;
    }
    return line > 0 && line <= INT32_MAX ? (uint32_t)line : 0;
}
