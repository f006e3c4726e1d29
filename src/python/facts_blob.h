/* facts_blob.h - what was read off a file as bytes, to be loaded instead of scanning and parsing it again.
 *
 *   facts ──facts_save──▶ bytes ──(a file of the cache)──▶ facts_load, with the same text ──▶ facts
 *
 * Shape   the outline and every node, read bodies included; the text is not in it. About 14 bytes a node, names and
 *         regions included: somewhat less than the text. The bytes hold for one FACTS_BLOB_VERSION, one machine's byte
 *         order and one size of Node: change the version whenever the same text would give other facts, or the same
 *         facts other bytes.
 * Owner   the arena handed in; nothing points into the blob afterwards. Names belong to the session.
 * Errors  none: a blob of another version, of a text of another length or with any damage gives NULL. Whatever is
 *         loaded is safe to walk: every index, kind and span is within bounds, and what hangs together from
 *         facts_module is a tree.
 * Threads one file, one thread. */
#ifndef LOOPSAFE_PYTHON_FACTS_BLOB_H
#define LOOPSAFE_PYTHON_FACTS_BLOB_H

#include "base/buf.h"
#include "python/facts.h"

enum { FACTS_BLOB_VERSION = 1 };

/* Appends the facts as they are now; the same facts give the same bytes. */
void facts_save(const Facts *facts, Buf *out);
/* The facts that were saved; `text` is what outline_scan was handed. The parser may be NULL when facts_use comes before
 * anything else is read. Names, node ids and what facts_read gives are those of the saved facts. */
Facts *facts_load(Arena *arena, Names *names, Parser *parser, Str text, Str blob);

#endif
