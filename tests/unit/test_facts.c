/* test_facts.c - from text to nodes: the shape of every construct, slices, damage and limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "python/facts.h"

#include "base/banned.h"

typedef struct Bench {
    Arena arena;
    Names *names;
    Parser *parser;
    Outline outline;
    Facts *facts;
    Buf out;
} Bench;

static void bench_init(Bench *bench, Str text, FactsMode mode)
{
    *bench = (Bench){.names = names_new(), .parser = parser_new()};
    arena_init(&bench->arena);
    buf_init(&bench->out);
    bench->outline = outline_scan(&bench->arena, text);
    bench->facts = facts_new(&bench->arena, bench->names, bench->parser, &bench->outline, mode);
}

static void bench_free(Bench *bench)
{
    buf_free(&bench->out);
    parser_free(bench->parser);
    names_free(bench->names);
    arena_free(&bench->arena);
}

static void read_all(Facts *facts)
{
    for (NodeId id = 1; id < facts_node_count(facts); id++)
        facts_read(facts, id);
}

static void print_list(Bench *bench, NodeId id);

static void print_link(Bench *bench, const char *label, NodeId id)
{
    if (!id) return;
    buf_add_text(&bench->out, label);
    print_list(bench, id);
}

/* (kind flags "name" 1[…] 2[…] …) */
static void print_node(Bench *bench, NodeId id)
{
    Node node = *facts_node(bench->facts, id);
    buf_add_text(&bench->out, node_kind_text((NodeKind)node.kind));
    if (node.flags) buf_format(&bench->out, "#%u", node.flags);
    if (node.kind == STMT_IMPORT_FROM && node.level) buf_format(&bench->out, "^%u", node.level);
    if (node.name) buf_format(&bench->out, " `%s`", node.name->text);
    print_link(bench, " 1[", node.first);
    print_link(bench, " 2[", node.second);
    print_link(bench, " 3[", node.third);
    print_link(bench, " 4[", node.fourth);
}

static void print_list(Bench *bench, NodeId id)
{
    for (bool first = true; id; id = facts_node(bench->facts, id)->next, first = false) {
        if (!first) buf_add_text(&bench->out, ", ");
        print_node(bench, id);
    }
    buf_add_byte(&bench->out, ']');
}

/* The facts of the text, read in slices and as a whole, are what is wanted. */
static void expect(const char *text, const char *wanted)
{
    for (int mode = FACTS_ON_DEMAND; mode <= FACTS_WHOLE; mode++) {
        Bench bench;
        bench_init(&bench, str_from(text), (FactsMode)mode);
        read_all(bench.facts);
        print_list(&bench, facts_module(bench.facts));
        bench.out.data[bench.out.len - 1] = '\0';
        assert_string_equal(bench.out.data, wanted);
        bench_free(&bench);
    }
}

static void reads_spines(void **state)
{
    (void)state;
    expect("x = a + b * c",
           "assign 1[name `x`] 2[binary `+` 1[name `a`] 2[binary `*` 1[name `b`] 2[name `c`]]]");
    expect("a.b(c, *d, e=f, **g)[h, 1:2]",
           "expression 1[subscript 1[call 1[attribute `b` 1[name `a`]] 2[name `c`, starred 1[name `d`], "
           "keyword `e` 1[name "
           "`f`], keyword 1[name `g`]]] 2[name `h`, slice 1[number `1`, number `2`]]]");
    expect("a and b and (c and d) or e", "expression 1[boolean `or` 1[boolean `and` 1[name `a`, name `b`, "
                                         "boolean `and` 1[name `c`, name `d`]], name `e`]]");
    expect("f(x for x in y)",
           "expression 1[call 1[name `f`] 2[generator 1[name `x`] 2[clause_for 1[name `x`] 2[name `y`]]]]");
    expect("not a is not b < -c",
           "expression 1[unary `not` 1[compare `is not` 1[name `a`, name `b`, unary `-` 1[name `c`]]]]");
}

static void reads_literals(void **state)
{
    (void)state;
    expect("'a' \"b\" r'\\c'", "expression 1[string `ab\\c`]");
    expect("b'x'", "expression 1[string#128 `x`]");
    expect("f'{a!r:>{b}}' 'c'", "expression 1[format 1[name `a`, name `b`]]");
    expect("f'{a:=10}'", "expression 1[format 1[name `a`]]");
    expect("t'{a}'", "expression 1[format 1[name `a`]]");
    expect("(1, None, ..., True)", "expression 1[tuple 1[number `1`, nothing, ellipsis, true]]");
    expect("{**a, 'b': 1}", "expression 1[dict 1[starred 1[name `a`], pair 1[string `b`] 2[number `1`]]]");
    expect("x, = y", "assign 1[tuple 1[name `x`]] 2[name `y`]");
}

static void reads_simple_statements(void **state)
{
    (void)state;
    expect("a = b, c = d", "assign 1[name `a`, tuple 1[name `b`, name `c`]] 2[name `d`]");
    expect("a: List[int] = 1",
           "annotated 1[name `a`] 2[subscript 1[name `List`] 2[name `int`]] 3[number `1`]");
    expect("a += 1", "augmented `+=` 1[name `a`] 2[number `1`]");
    expect("del a, b", "delete 1[name `a`, name `b`]");
    expect("raise A from B", "raise 1[name `A`] 2[name `B`]");
    expect("assert a, b", "assert 1[name `a`] 2[name `b`]");
    expect("import a.b as c, d", "import 1[alias `a.b` 1[name `c`], alias `d`]");
    expect("from ..a import b", "import_from^2 `a` 1[alias `b`]");
    expect("from . import *", "import_from^1 `` 1[alias `*`]");
    expect("from __future__ import annotations", "import_from `__future__` 1[alias `annotations`]");
    expect("print >>f, x", "print 1[name `f`, name `x`]");
    expect("type X[T] = int", "type_alias `X` 1[name `int`]");
    expect("async = 1; x.async",
           "assign 1[name `async`] 2[number `1`], expression 1[attribute `async` 1[name `x`]]");
}

static void reads_compound_statements(void **state)
{
    (void)state;
    expect("if a: b\nelif c: d\nelse: e", "if 1[name `a`] 2[expression 1[name `b`]] 3[if 1[name `c`] "
                                          "2[expression 1[name `d`]] 3[expression 1[name `e`]]]");
    expect("try: a\nexcept (B, C) as d: e\nexcept F, G: h\nelse: i\nfinally: j",
           "try 1[expression 1[name `a`]] 2[handler `d` 1[tuple 1[name `B`, name `C`]] 2[expression 1[name "
           "`e`]], handler "
           "1[tuple 1[name `F`, name `G`]] 2[expression 1[name `h`]]] 3[expression 1[name `i`]] 4[expression "
           "1[name `j`]]");
    expect("with (a as b, c): pass",
           "with 1[with_item 1[name `a`] 2[name `b`], with_item 1[name `c`]] 2[pass]");
    expect("with (a, b): pass", "with 1[with_item 1[name `a`], with_item 1[name `b`]] 2[pass]");
    expect("with (a, b) as c: pass", "with 1[with_item 1[tuple 1[name `a`, name `b`]] 2[name `c`]] 2[pass]");
    expect("for i, j in a: pass\nelse: break",
           "for 1[tuple 1[name `i`, name `j`]] 2[name `a`] 3[pass] 4[break]");
    expect("match a:\n  case P(x=1, y=z) | [q, *r] if g: b\n  case _: pass",
           "match 1[name `a`] 2[case 1[name `z` 1[attribute `y` 1[name `P`]], name `q`, name `r`] 2[name "
           "`g`] 3[expression 1[name `b`]] "
           "4[name `P`], case "
           "3[pass]]");
}

static void reads_definitions(void **state)
{
    (void)state;
    expect("def f(a, /, b: int = 1, *c, d, **e) -> r: pass",
           "function `f` 1[parameter#64 `a`, parameter `b` 1[name `int`] 2[number `1`], parameter#8 `c`, "
           "parameter#32 `d`, "
           "parameter#16 `e`] 2[pass] 4[name `r`]");
    expect("@d(1)\nclass A[T](B, m=M):\n  async def f(self):\n    yield\n  x = 1",
           "class `A` 1[name `B`, keyword `m` 1[name `M`]] 2[function#3 `f` 1[parameter `self`] 2[expression "
           "1[yield]], assign "
           "1[name `x`] 2[number `1`]] 3[call 1[name `d`] 2[number `1`]]");
    expect("def f():\n  def g(): yield\n  return lambda: (yield)",
           "function `f` 2[function#2 `g` 2[expression 1[yield]], return 1[lambda 2[yield]]]");
}

static void repairs_what_the_grammar_lacks(void **state)
{
    (void)state;
    expect("def f[T = int](x): pass", "function `f` 1[parameter `x`] 2[pass]");
    expect("x[*[a], b]", "expression 1[subscript 1[name `x`] 2[starred 1[list 1[name `a`]], name `b`]]");
    expect("def f():\n  x = (a +\nb)",
           "function `f` 2[assign 1[name `x`] 2[binary `+` 1[name `a`] 2[name `b`]]]");
}

static void leaves_bodies_unread_until_asked(void **state)
{
    (void)state;
    const char *text =
        "def f():\n    yield 1\nasync def g():\n    pass\nclass A:\n    def h(self):\n        return 2\n";
    Bench bench;
    bench_init(&bench, str_from(text), FACTS_ON_DEMAND);
    NodeId f = facts_module(bench.facts), g = facts_node(bench.facts, f)->next;
    NodeId h = facts_node(bench.facts, facts_node(bench.facts, g)->next)->second;
    assert_int_equal(facts_node(bench.facts, f)->flags, FLAG_UNREAD | FLAG_HEADER_UNREAD | FLAG_GENERATOR);
    assert_int_equal(facts_node(bench.facts, f)->second, 0);
    assert_int_equal(facts_node(bench.facts, g)->flags, FLAG_ASYNC);
    assert_int_equal(facts_node(bench.facts, h)->flags, FLAG_UNREAD | FLAG_HEADER_UNREAD);
    assert_int_equal(facts_node(bench.facts, h)->level, 4);
    size_t before = facts_bytes_parsed(bench.facts);
    assert_true(before < strlen(text));
    facts_read(bench.facts, h);
    facts_read(bench.facts, h);
    assert_int_equal(facts_node(bench.facts, h)->flags, 0);
    assert_int_equal(facts_node(bench.facts, facts_node(bench.facts, h)->second)->kind, STMT_RETURN);
    assert_int_equal(facts_bytes_parsed(bench.facts) - before, strlen("def h(self):\n        return 2"));
    bench_free(&bench);
}

static void damage_stays_local(void **state)
{
    (void)state;
    const char *text =
        "x = 1\ndef f(:\n    pass\nclass A(B:\n    def g(self):\n        a b\n        c\ny = = 2\nz = 3\n";
    Bench bench;
    bench_init(&bench, str_from(text), FACTS_ON_DEMAND);
    read_all(bench.facts);
    print_list(&bench, facts_module(bench.facts));
    buf_add_byte(&bench.out, '\0');
    assert_non_null(strstr(bench.out.data, "assign 1[name `x`]"));
    assert_non_null(strstr(bench.out.data, "function `f`"));
    assert_non_null(strstr(bench.out.data, "class `A`"));
    assert_non_null(strstr(bench.out.data, "function `g`"));
    assert_non_null(strstr(bench.out.data, "expression 1[name `c`]"));
    assert_non_null(strstr(bench.out.data, "assign 1[name `z`] 2[number `3`]"));
    size_t count;
    facts_damages(bench.facts, &count);
    assert_true(count >= 3);
    bench_free(&bench);
}

static void add_repeated(Buf *text, const char *piece, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_add_text(text, piece);
}

static size_t limits_of(const char *head, const char *piece, const char *tail, size_t count)
{
    Buf text;
    buf_init(&text);
    buf_add_text(&text, head);
    add_repeated(&text, piece, count);
    buf_add_text(&text, tail);
    Bench bench;
    bench_init(&bench, buf_str(&text), FACTS_ON_DEMAND);
    read_all(bench.facts);
    size_t limits = facts_limits_reached(bench.facts);
    bench_free(&bench);
    buf_free(&text);
    return limits;
}

static void long_chains_are_not_nesting(void **state)
{
    (void)state;
    assert_int_equal(limits_of("x = a", " + b", "\n", 5000), 0);
    assert_int_equal(limits_of("x = a", " and b", "\n", 5000), 0);
    assert_int_equal(limits_of("x", ".a().b[0]", "\n", 3000), 0);
    assert_int_equal(limits_of("if a: b\n", "elif c: d\n", "", 5000), 0);
    assert_int_equal(limits_of("", "a = ", "b\n", 5000), 0);
    assert_true(limits_of("x = ", "not ", "a\n", 5000) > 0);
    assert_true(limits_of("x = ", "lambda: ", "a\n", 5000) > 0);
}

static void many_comments_are_cheap(void **state)
{
    (void)state;
    assert_int_equal(limits_of("async def f():\n    x\n", "    # comment\n", "    y\n", 50000), 0);
}

static void parses_annotations_of_their_own(void **state)
{
    (void)state;
    Bench bench;
    bench_init(&bench, STR("x = 1\n"), FACTS_ON_DEMAND);
    NodeId id = facts_parse_expression(bench.facts, STR("a.B[int]"));
    assert_int_equal(facts_node(bench.facts, id)->kind, EXPR_SUBSCRIPT);
    assert_int_equal(facts_parse_expression(bench.facts, STR("a b")), 0);
    assert_int_equal(facts_parse_expression(bench.facts, STR("a; b")), 0);
    assert_int_equal(facts_parse_expression(bench.facts, STR("a = b")), 0);
    assert_int_equal(facts_parse_expression(bench.facts, STR("")), 0);
    bench_free(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_spines),
        cmocka_unit_test(reads_literals),
        cmocka_unit_test(reads_simple_statements),
        cmocka_unit_test(reads_compound_statements),
        cmocka_unit_test(reads_definitions),
        cmocka_unit_test(repairs_what_the_grammar_lacks),
        cmocka_unit_test(leaves_bodies_unread_until_asked),
        cmocka_unit_test(damage_stays_local),
        cmocka_unit_test(long_chains_are_not_nesting),
        cmocka_unit_test(many_comments_are_cheap),
        cmocka_unit_test(parses_annotations_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
