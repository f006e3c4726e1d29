/* test_outline.c - how a file is cut into regions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "python/outline.h"

#include "base/banned.h"

/* One region a line: kind, depth in classes, name, flags, and the text of its first and last six bytes. */
static void describe(Buf *out, const Outline *outline)
{
    static const char *const KINDS[] = {"run", "class", "def"};
    for (uint32_t i = 0; i < outline->region_count; i++) {
        const Region *region = &outline->regions[i];
        for (uint32_t owner = region->parent; owner != REGION_NONE; owner = outline->regions[owner].parent)
            buf_add_byte(out, '.');
        buf_add_text(out, KINDS[region->kind]);
        if (region->name.len) buf_add_byte(out, ' ');
        buf_add(out, region->name);
        if (region->is_async) buf_add_text(out, " +async");
        if (region->has_async && !region->is_async) buf_add_text(out, " ~async");
        if (region->has_yield) buf_add_text(out, " ~yield");
        if (region->broken) buf_add_text(out, " broken");
        buf_add_byte(out, '\n');
    }
}

static void expect_text(Str text, const char *wanted)
{
    Arena arena;
    Buf out;
    arena_init(&arena);
    buf_init(&out);
    Outline outline = outline_scan(&arena, text);
    describe(&out, &outline);
    buf_add_byte(&out, '\0');
    assert_string_equal(out.data, wanted);
    buf_free(&out);
    arena_free(&arena);
}

static void expect(const char *text, const char *wanted)
{
    expect_text(str_from(text), wanted);
}

static void cuts_module_and_class(void **state)
{
    (void)state;
    expect("import os\nX = 3\n@d\nclass A(B):\n    y = 1\n    async def f(self):\n        pass\n    def "
           "g(self): return 1\n"
           "z = 2\n",
           "run\nclass A ~async\n.run\n.def f +async\n.def g\nrun\n");
    expect("class A:\n  class B:\n    def f(self): pass\n  x = 1\ndef g(): pass\n",
           "class A\n.class B\n..def f\n.run\ndef g\n");
    expect("class A: pass\nclass B: x = 1; y = 2\n", "class A\n.run\nclass B\n.run\n");
    expect("", "");
    expect("# only a comment", "");
}

static void nested_functions_belong_to_the_outer_one(void **state)
{
    (void)state;
    expect("def f():\n    async def g():\n        yield\n    class A:\n        def h(self): pass\nx = 1\n",
           "def f ~async ~yield\nrun\n");
}

static void conditional_definitions_are_one_run(void **state)
{
    (void)state;
    expect("if TYPE_CHECKING:\n    def f(): pass\nelse:\n    async def f(): pass\ntry:\n    pass\nexcept "
           "E:\n    pass\n",
           "run ~async\n");
}

static void strings_do_not_end_a_region(void **state)
{
    (void)state;
    expect("def f():\n    x = '''\ndef g(): pass\n'''\n    y = \"\"\"a\\\"\"\"\nclass B:\n\"\"\"\n    return "
           "x\nz = 1\n",
           "def f\nrun\n");
    expect("x = f\"{a[\"b\"]}\"\ny = f\"{ {'a': '}'}['a']!r:>{w}}\"\ndef f(): pass\n", "run\ndef f\n");
    expect("x = f'{x:{\"'\"}}'\ndef f(): pass\n", "run\ndef f\n");
    expect("x = rb'\\'' + Rb\"\\\"\"\ndef f(): pass\n", "run\ndef f\n");
}

static void words_count_outside_strings_only(void **state)
{
    (void)state;
    expect("def f():\n    x = 'async yield'  # async yield\n    asynchronous = yielding = my_async\n",
           "def f\n");
    expect("def f():\n    return [x async for x in y]\n", "def f ~async\n");
}

static void headers_end_at_their_colon(void **state)
{
    (void)state;
    expect("def f[T: (int, str)](x: int = {1: 2}[1], y=lambda: 3) -> Dict[str, int]:\n    pass\nasync   def "
           "g ( a ): pass\n",
           "def f\ndef g +async\n");
    Arena arena;
    arena_init(&arena);
    const char *text = "class A(\n    B):  # c\n    def f(self,\n          x: int = 1) -> int: # d\n        "
                       "return 1\n\n# e\n";
    Outline outline = outline_scan(&arena, str_from(text));
    assert_int_equal(outline.region_count, 2);
    assert_int_equal(outline.regions[0].header.end, strstr(text, "):") + 2 - text);
    assert_int_equal(outline.regions[1].header.end, strstr(text, " # d") - text);
    assert_int_equal(outline.regions[1].span.start, strstr(text, "def") - text);
    assert_int_equal(outline.regions[1].indent, 4);
    assert_int_equal(outline.regions[1].span.end, strstr(text, "\n\n# e") - text);
    assert_int_equal(outline.regions[0].span.end, outline.regions[1].span.end);
    arena_free(&arena);
}

static void decorators_belong_to_the_definition(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const char *text = "x\n@a(\n  1)\n# c\n\n@b\nasync def f(): pass\n";
    Outline outline = outline_scan(&arena, str_from(text));
    assert_int_equal(outline.region_count, 2);
    assert_int_equal(outline.regions[1].span.start, 2);
    arena_free(&arena);
    expect("@a\n@b\nx = 1\n", "run\n");
}

static void line_ends_of_all_kinds(void **state)
{
    (void)state;
    expect("x = 1\r\ndef f():\r\n    pass\r\ny = 2\r\n", "run\ndef f\nrun\n");
    expect("x = 1\rdef f():\r    pass\ry = 2\r", "run\ndef f\nrun\n");
    expect("\f\ndef f():\n\tpass\n\f\ndef g():\n        pass\n", "def f\ndef g\n");
    expect("x = 1 + \\\n2\ndef \\\n  f(): pass\n", "run\ndef f\n");
}

static void comments_of_any_indentation(void **state)
{
    (void)state;
    expect("def f():\n    a\n# c\n  # d\n    b\nclass A:\n    x = 1\n# e\n    def g(self): pass\n",
           "def f\nclass A\n.run\n.def g\n");
}

static void broken_regions_end_at_the_next_definition(void **state)
{
    (void)state;
    expect("x = (1,\n\ndef f(): pass\ny = 1\n", "run broken\ndef f\nrun\n");
    expect("x = [1\n@d\ndef f(): pass\n", "run broken\ndef f\n");
    expect("def f():\n    x = '''abc\n\ndef g():\n    pass\n", "def f broken\ndef g\n");
    expect("x = 'abc\ndef g():\n    pass\n", "run broken\ndef g\n");
    expect("def f(a\n    pass\n", "def f broken\n");
    expect("class\n", "class broken\n");
}

static void finds_markers_and_the_main_guard(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    const char *text = "x = 1  # NoQA: X\n# plain: comment\n   # Loopsafe: off\ns = '# noqa'\nif __name__ == "
                       "'__main__':\n    pass\n";
    Outline outline = outline_scan(&arena, str_from(text));
    assert_int_equal(outline.marker_count, 2);
    assert_false(outline.markers[0].own_line);
    assert_true(outline.markers[1].own_line);
    assert_int_equal(outline.markers[0].span.start, 7);
    assert_int_equal(outline.markers[0].span.end, 16);
    assert_int_equal(outline.comment_count, 3);
    assert_true(outline.has_main_guard);
    outline = outline_scan(&arena,
                           STR("def f():\n    if __name__ == '__main__': pass\nif __name__ == 'x': pass\n"));
    assert_false(outline.has_main_guard);
    arena_free(&arena);
}

static void hostile_input_ends(void **state)
{
    (void)state;
    static const char *const PIECES[] = {"(",    "f\"{",        "'''",   "\"", "\\\n", "@",
                                         "def ", "class A:\n ", "f'{x:", "{",  "\r",   "\0x"};
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        Arena arena;
        Buf text;
        arena_init(&arena);
        buf_init(&text);
        size_t length = strlen(PIECES[i]) ? strlen(PIECES[i]) : 2;
        for (size_t j = 0; j < 200000; j++)
            buf_add(&text, (Str){PIECES[i], length});
        Outline outline = outline_scan(&arena, buf_str(&text));
        for (uint32_t j = 0; j < outline.region_count; j++)
            assert_in_range(outline.regions[j].span.end, 0, text.len);
        buf_free(&text);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_module_and_class),
        cmocka_unit_test(nested_functions_belong_to_the_outer_one),
        cmocka_unit_test(conditional_definitions_are_one_run),
        cmocka_unit_test(strings_do_not_end_a_region),
        cmocka_unit_test(words_count_outside_strings_only),
        cmocka_unit_test(headers_end_at_their_colon),
        cmocka_unit_test(decorators_belong_to_the_definition),
        cmocka_unit_test(line_ends_of_all_kinds),
        cmocka_unit_test(comments_of_any_indentation),
        cmocka_unit_test(broken_regions_end_at_the_next_definition),
        cmocka_unit_test(finds_markers_and_the_main_guard),
        cmocka_unit_test(hostile_input_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
