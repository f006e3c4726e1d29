/* test_facts_blob.c - facts through bytes and back: nothing is lost, nothing damaged is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "facts_same.h"
#include "facts_walk.h"
#include "python/facts_blob.h"
#include "python/facts_layout.h"

#include "base/banned.h"

/* Every kind of node stands in it. */
static const char EVERYTHING[] =
    "import os, a.b as c  # noqa\n"
    "from . import x\n"
    "from ..pkg import (y as z, w)\n"
    "from m import *\n"
    "type Alias = list[int]\n"
    "global g\n"
    "value: int = 1 if a else 2.5\n"
    "a = b = (1, True, False, None, ...)\n"
    "a += 1\n"
    "items = [*a, 'text' \"more\", b'bytes', f'{a!r:>{w}}']\n"
    "pairs = {**a, 'k': -1, 'l': not a}\n"
    "things = {1, 2 + 3, a < b <= c, a and b and c, a[1:2, ...]}\n"
    "made = [i for i in a if i], {i for i in a}, {i: j for i, j in a}, (i async for i in a)\n"
    "if (n := f(a, *b, key=1, **c)): pass\n"
    "elif b: del a, b\n"
    "else: assert a, 'message'\n"
    "while a:\n    break\nelse:\n    continue\n"
    "for i in a: print(i)\n"
    "else: pass\n"
    "try: pass\n"
    "except (A, B) as error: raise error from None\n"
    "else: pass\n"
    "finally: pass\n"
    "with open(a) as f, b: pass\n"
    "match a:\n    case [1, x, Point(y=0)] if x: pass\n    case _: pass\n"
    "print 'two'\n"
    "exec 'two'\n"
    "class Shop(Base, key=1):  # loopsafe: on\n"
    "    @wrap(1)\n"
    "    async def sell(self, /, a: int, *items: 'Item', b=2, **more) -> None:\n"
    "        nonlocal q\n"
    "        return await self.store(lambda z, *y: z or y)\n"
    "    def store(self, item):\n"
    "        '''doc'''\n"
    "        x = yield item  # a comment\n"
    "        yield from item\n"
    "        def nested(): return 1\n"
    "        class Local: pass\n"
    "def plain(a, b=2):\n"
    "    async def inner(): pass\n"
    "    return a.b(b)\n"
    "def second(): pass\n"
    "def third(:\n    pass\n"
    "x = = 1\n"
    "if __name__ == '__main__': plain()\n";

static const char *const TEXTS[] = {
    "",
    "\n",
    "# only a comment",
    "x",
    "def f(): pass",
    "x = 1\ry = 2\r\nz = 3\rdef f():\r  pass\r",
    "\xef\xbb\xbfimport os\n",
    "class A:\n  class B:\n    class C:\n      def f(self): return 1\n      async def g(self): pass\n",
    "@a\n@b.c(1)\nasync def f():\n  await g()\n@d\ndef h(): pass\n",
    "x = '\xc3\xa4\xc3\xb6' # \xe2\x82\xac\ndef \xc3\xa4(): return '\xc3\xa4'\n",
    "def broken(\nclass Other:\n  def fine(self): pass\n",
    EVERYTHING,
};

enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS };

typedef struct Bench {
    Arena arena;
    Names *names;
    Parser *parser;
    Buf blob;
} Bench;

static void bench_init(Bench *bench)
{
    *bench = (Bench){.names = names_new(), .parser = parser_new()};
    arena_init(&bench->arena);
    buf_init(&bench->blob);
}

static void bench_free(Bench *bench)
{
    buf_free(&bench->blob);
    parser_free(bench->parser);
    names_free(bench->names);
    arena_free(&bench->arena);
}

static Facts *bench_read(Bench *bench, Str text, FactsMode mode)
{
    Outline *outline = arena_alloc(&bench->arena, sizeof *outline);
    *outline = outline_scan(&bench->arena, text);
    return facts_new(&bench->arena, bench->names, bench->parser, outline, mode);
}

static Facts *bench_load(Bench *bench, Str text)
{
    return facts_load(&bench->arena, bench->names, bench->parser, text, buf_str(&bench->blob));
}

static void assert_same(const Facts *left, const Facts *right)
{
    assert_non_null(right);
    const char *trouble = facts_difference(left, right);
    if (trouble) fail_msg("%s differs", trouble);
}

/* Saved with every n-th body read (0: none), loaded, and then read to the end on both sides. */
static void check_way(Str text, FactsMode mode, size_t every)
{
    Bench bench;
    bench_init(&bench);
    Facts *facts = bench_read(&bench, text, mode);
    if (every) read_every(facts, every);
    facts_save(facts, &bench.blob);
    Facts *loaded = bench_load(&bench, text);
    assert_same(facts, loaded);
    read_all(facts);
    read_all(loaded);
    assert_same(facts, loaded);
    assert_true(facts_are_safe(loaded, text.len));
    bench_free(&bench);
}

static void comes_back_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        for (size_t every = 0; every < 4; every++)
            check_way(str_from(TEXTS[i]), FACTS_ON_DEMAND, every);
        check_way(str_from(TEXTS[i]), FACTS_WHOLE, 0);
    }
}

static void every_kind_is_tried(void **state)
{
    (void)state;
    Bench bench;
    bool met[NODE_KIND_COUNT] = {false};
    bench_init(&bench);
    for (int mode = FACTS_ON_DEMAND; mode <= FACTS_WHOLE; mode++) {
        Facts *facts = bench_read(&bench, str_from(EVERYTHING), (FactsMode)mode);
        read_all(facts);
        for (NodeId id = 0; id < facts_node_count(facts); id++)
            met[facts_node(facts, id)->kind] = true;
    }
    for (size_t kind = 0; kind < NODE_KIND_COUNT; kind++)
        if (!met[kind]) fail_msg("no %s", node_kind_text((NodeKind)kind));
    bench_free(&bench);
}

/* Far links, long spans, many names: what does not fit in 16 bits. */
static void comes_back_when_it_is_wide(void **state)
{
    (void)state;
    Buf text;
    buf_init(&text);
    buf_add_text(&text, "class Wide:\n    def long(self):\n        return [\n");
    for (unsigned i = 0; i < 70000; i++)
        buf_format(&text, "n%u, ", i);
    buf_add_text(&text, "]\n    table = {\n");
    for (unsigned i = 0; i < 20000; i++)
        buf_format(&text, "'k%u': f(%u),\n", i, i);
    buf_add_text(&text, "}\n    last: 'Wide' = 1\n");
    buf_add_repeat(&text, '#', 70000);
    buf_add_text(&text, "\ndef end(): return n69999\n");
    for (size_t every = 0; every < 2; every++)
        check_way(buf_str(&text), FACTS_ON_DEMAND, every);
    buf_free(&text);
}

static void keeps_expressions_that_were_asked_for(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench);
    Str text = str_from(EVERYTHING);
    Facts *facts = bench_read(&bench, text, FACTS_ON_DEMAND);
    NodeId type = facts_parse_expression(facts, STR("Optional[Item]")),
           none = facts_parse_expression(facts, STR("a b"));
    assert_int_not_equal(type, 0);
    assert_int_equal(none, 0);
    assert_int_equal(facts_parse_expression(facts, STR("Optional[Item]")), type);
    assert_int_equal(facts_node(facts, type)->span.end, 0);
    facts_save(facts, &bench.blob);
    Facts *loaded = facts_load(&bench.arena, bench.names, NULL, text, buf_str(&bench.blob));
    assert_same(facts, loaded);
    size_t count = facts_node_count(loaded);
    /* Without a parser: they are not read again. */
    assert_int_equal(facts_parse_expression(loaded, STR("Optional[Item]")), type);
    assert_int_equal(facts_parse_expression(loaded, STR("a b")), 0);
    assert_int_equal(facts_node_count(loaded), count);
    facts_use(loaded, bench.parser, &bench.arena);
    assert_int_equal(facts_parse_expression(loaded, STR("c.d")), facts_parse_expression(facts, STR("c.d")));
    assert_same(facts, loaded);
    bench_free(&bench);
}

static void same_facts_give_same_bytes(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench);
    Str text = str_from(EVERYTHING);
    Facts *facts = bench_read(&bench, text, FACTS_ON_DEMAND);
    read_every(facts, 2);
    facts_save(facts, &bench.blob);
    Buf again;
    buf_init(&again);
    facts_save(bench_load(&bench, text), &again);
    assert_true(str_equal(buf_str(&bench.blob), buf_str(&again)));
    buf_free(&again);
    bench_free(&bench);
}

static void names_are_those_of_the_session(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench);
    Str text = STR("def name(): pass\n");
    facts_save(bench_read(&bench, text, FACTS_ON_DEMAND), &bench.blob);
    Names *others = names_new();
    Facts *loaded = facts_load(&bench.arena, others, NULL, text, buf_str(&bench.blob));
    assert_ptr_equal(facts_node(loaded, facts_module(loaded))->name, names_intern(others, STR("name")));
    names_free(others);
    bench_free(&bench);
}

static void lies_anywhere_in_memory(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench);
    Str text = str_from(EVERYTHING);
    Facts *facts = bench_read(&bench, text, FACTS_ON_DEMAND);
    facts_save(facts, &bench.blob);
    for (size_t shift = 0; shift < 8; shift++) {
        char *moved = arena_alloc(&bench.arena, bench.blob.len + 8);
        memcpy(moved + shift, bench.blob.data, bench.blob.len);
        assert_same(facts,
                    facts_load(&bench.arena, bench.names, NULL, text, (Str){moved + shift, bench.blob.len}));
    }
    bench_free(&bench);
}

static void refuses_what_is_not_of_this_text_or_version(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench);
    Str text = STR("def name(): pass\n");
    facts_save(bench_read(&bench, text, FACTS_ON_DEMAND), &bench.blob);
    assert_non_null(bench_load(&bench, text));
    assert_null(bench_load(&bench, str_part(text, 0, text.len - 1)));
    BlobHeader header;
    memcpy(&header, bench.blob.data, sizeof header);
    header.version++;
    memcpy(bench.blob.data, &header, sizeof header);
    assert_null(bench_load(&bench, text));
    bench_free(&bench);
}

/* --- damage --- */

static void try_damaged(Bench *bench, Str text, Str blob)
{
    Arena arena;
    arena_init(&arena);
    Facts *facts = facts_load(&arena, bench->names, bench->parser, text, blob);
    if (facts) {
        assert_true(facts_are_safe(facts, text.len));
        read_all(facts);
        assert_true(facts_are_safe(facts, text.len));
    }
    arena_free(&arena);
}

static const char SMALL[] = "class A:  # noqa\n"
                            "    def f(self, a: 'int'): return a.b(1)\n"
                            "async def g(): await x\n"
                            "def h(): y = = 1\n";

static void damaged_bytes_do_no_harm(void **state)
{
    (void)state;
    static const unsigned char MASKS[] = {0xff, 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f};
    Bench bench;
    bench_init(&bench);
    Str text = str_from(SMALL);
    Facts *facts = bench_read(&bench, text, FACTS_ON_DEMAND);
    facts_parse_expression(facts, STR("int"));
    facts_save(facts, &bench.blob);
    for (size_t i = 0; i < bench.blob.len; i++) {
        for (size_t k = 0; k < sizeof MASKS; k++) {
            bench.blob.data[i] = (char)(bench.blob.data[i] ^ MASKS[k]);
            try_damaged(&bench, text, buf_str(&bench.blob));
            bench.blob.data[i] = (char)(bench.blob.data[i] ^ MASKS[k]);
        }
    }
    assert_same(facts, bench_load(&bench, text));
    bench_free(&bench);
}

static void cut_bytes_are_refused(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench);
    Str text = str_from(SMALL);
    facts_save(bench_read(&bench, text, FACTS_ON_DEMAND), &bench.blob);
    for (size_t length = 0; length < bench.blob.len; length++) {
        char *exact = arena_copy(&bench.arena, bench.blob.data, length);
        assert_null(facts_load(&bench.arena, bench.names, bench.parser, text, (Str){exact, length}));
    }
    buf_add_byte(&bench.blob, 0);
    assert_null(bench_load(&bench, text));
    bench_free(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(every_kind_is_tried),
        cmocka_unit_test(comes_back_when_it_is_wide),
        cmocka_unit_test(keeps_expressions_that_were_asked_for),
        cmocka_unit_test(same_facts_give_same_bytes),
        cmocka_unit_test(names_are_those_of_the_session),
        cmocka_unit_test(lies_anywhere_in_memory),
        cmocka_unit_test(refuses_what_is_not_of_this_text_or_version),
        cmocka_unit_test(damaged_bytes_do_no_harm),
        cmocka_unit_test(cut_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
