/* str.h - text by pointer and length, and names that are stored once.
 *
 * Shape   Str borrows bytes and need not end in NUL; a Name is one stored copy of a text, so that two
 *         equal names are the same pointer.
 * Owner   a Str: whoever owns the bytes. A Name: its Names table.
 * Threads names_intern may be called from any thread. */
#ifndef LOOPSAFE_BASE_STR_H
#define LOOPSAFE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct Str {
    const char *ptr;
    size_t len; /* bytes */
} Str;

typedef struct NameText {
    uint32_t hash;
    uint32_t len; /* bytes, without the NUL */
    char text[];  /* ends in NUL */
} NameText;
typedef const NameText *Name; /* NULL: no name */

typedef struct Names Names;

/* A Str of a string literal. */
#define STR(literal) ((Str){(literal), sizeof(literal) - 1})

Str str_from(const char *text); /* NULL gives the empty text */
Str str_part(Str text, size_t start, size_t end);
bool str_equal(Str left, Str right);
bool str_starts(Str text, Str prefix);
bool str_ends(Str text, Str suffix);
int str_compare(Str left, Str right); /* by bytes, shorter first */
/* Position of the byte or of the needle, or SIZE_MAX. */
size_t str_find_byte(Str text, char byte);
size_t str_find_last(Str text, char byte);
size_t str_find(Str text, Str needle);
/* Without its first bytes. */
Str str_drop(Str text, size_t count);
/* What stands before the first such byte; the whole text when there is none. */
Str str_before(Str text, char byte);
/* What stands behind the last such byte; the whole text when there is none. */
Str str_after_last(Str text, char byte);
/* A byte that may stand in an identifier; every byte of a letter beyond ASCII may. */
bool byte_is_word(char byte);
/* The identifier's bytes from start on; empty: none stands there. */
Str str_word(Str text, size_t start);
Str str_trim(Str text); /* without blanks at both ends */
Str str_copy(Arena *arena, Str text);
/* printf into the arena; what is longer than 1,000 bytes is cut off. */
__attribute__((format(printf, 2, 3))) Str str_format(Arena *arena, const char *format, ...);
/* left + middle + right in one piece. */
Str str_join(Arena *arena, Str left, Str middle, Str right);
uint32_t str_hash(Str text); /* FNV-1a, the same on every machine */

Names *names_new(void);
void names_free(Names *names);
Name names_intern(Names *names, Str text);
Str name_str(Name name); /* NULL gives the empty text */

#endif
