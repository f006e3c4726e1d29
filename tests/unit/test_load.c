/* Latencies in buckets, answers of servers in pieces, users in the order in which they are due. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "load/histogram.h"
#include "load/response.h"
#include "load/timers.h"

#include "base/banned.h"

/* --- histogram --- */

static void test_buckets_hold_their_values(void **state)
{
    (void)state;
    size_t last = 0;
    for (uint64_t value = 0; value < (uint64_t)1 << 45; value += 1 + value / 300) {
        size_t bucket = histogram_bucket(value);
        assert_true(bucket >= last && bucket < HISTOGRAM_BUCKETS);
        uint64_t bound = histogram_value(bucket);
        assert_true(bound >= value && bound - value <= value / 128);
        assert_int_equal(histogram_bucket(bound), bucket);
        assert_int_equal(histogram_bucket(bound + 1), bucket + 1);
        last = bucket;
    }
    assert_int_equal(histogram_bucket(UINT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static void test_percentiles(void **state)
{
    (void)state;
    static Histogram histogram;
    bool at_least = true;
    assert_int_equal(histogram_percentile(&histogram, 50, &at_least), 0);
    assert_false(at_least);
    for (uint64_t value = 1; value <= 100; value++)
        histogram_add(&histogram, value);
    assert_int_equal(histogram_percentile(&histogram, 50, &at_least), 50);
    assert_int_equal(histogram_percentile(&histogram, 99, NULL), 99);
    assert_int_equal(histogram_percentile(&histogram, 99.5, NULL), 100);
    assert_int_equal(histogram_percentile(&histogram, 100, NULL), 100);
    assert_int_equal(histogram_percentile(&histogram, 0, NULL), 1);
    assert_false(at_least);
    assert_true(histogram_mean(&histogram) == 50.5);
    assert_int_equal(histogram.smallest, 1);
    assert_int_equal(histogram.largest, 100);
}

static void test_percentile_is_not_above_the_largest(void **state)
{
    (void)state;
    static Histogram histogram;
    histogram_add(&histogram, 1000001);
    assert_int_equal(histogram_percentile(&histogram, 50, NULL), 1000001);
}

/* 90 answers of 10, ten that had waited for 5 when the run ended: the median stands whatever became of them. */
static void test_unfinished_ones_open_the_upper_end(void **state)
{
    (void)state;
    static Histogram histogram;
    bool at_least;
    for (int i = 0; i < 90; i++)
        histogram_add(&histogram, 10);
    for (int i = 0; i < 10; i++)
        histogram_add_unfinished(&histogram, 5);
    assert_int_equal(histogram.count, 100);
    assert_int_equal(histogram.unfinished_count, 10);
    assert_int_equal(histogram_percentile(&histogram, 90, &at_least), 10);
    assert_false(at_least);
    assert_int_equal(histogram_percentile(&histogram, 91, &at_least), 10);
    assert_true(at_least);
}

static void test_merged_is_added_together(void **state)
{
    (void)state;
    static Histogram left, right, both;
    for (uint64_t value = 1; value < 5000; value += 7) {
        histogram_add(value % 2 ? &left : &right, value);
        histogram_add(&both, value);
    }
    histogram_add_unfinished(&right, 90000);
    histogram_add_unfinished(&both, 90000);
    histogram_merge(&left, &right);
    assert_memory_equal(&left, &both, sizeof both);
}

/* --- answers --- */

typedef struct Read {
    ResponsePart part;
    uint16_t status;
    bool reusable;
    size_t rest; /* bytes behind the answer */
    uint64_t hash;
    char headers[256], body[256], trouble[80];
} Read;

static void keep(char *where, size_t size, const Buf *buf)
{
    assert_true(buf->len < size);
    if (buf->len) memcpy(where, buf->data, buf->len);
}

/* The answer handed over in pieces of that many bytes, then the end of the connection when `closes`. */
static Read read_pieces(const char *text, size_t piece, bool head, bool closes)
{
    Response response = {0};
    Buf headers, body;
    buf_init(&headers);
    buf_init(&body);
    response_begin(&response, head, &headers, &body);
    Str rest = str_from(text);
    while (rest.len && !response_ended(&response)) {
        Str part = str_part(rest, 0, rest.len < piece ? rest.len : piece);
        rest = str_drop(rest, response_feed(&response, part));
    }
    if (closes && !response_ended(&response)) response_close(&response);
    Read result = {
        response.part, response.status, response.reusable, rest.len, response.body_hash, "", "", ""};
    keep(result.headers, sizeof result.headers, &headers);
    keep(result.body, sizeof result.body, &body);
    if (response.trouble) memcpy(result.trouble, response.trouble, strlen(response.trouble));
    response_free(&response);
    buf_free(&headers);
    buf_free(&body);
    return result;
}

/* However an answer is cut, it reads the same. */
static Read read_answer(const char *text, bool head, bool closes)
{
    Read whole = read_pieces(text, SIZE_MAX, head, closes);
    for (size_t piece = 1; piece < 12; piece++) {
        Read cut = read_pieces(text, piece, head, closes);
        assert_memory_equal(&cut, &whole, sizeof cut);
    }
    return whole;
}

static void answer_is(const char *text, uint16_t status, const char *body, bool reusable)
{
    Read read = read_answer(text, false, true);
    assert_int_equal(read.part, RESPONSE_DONE);
    assert_int_equal(read.status, status);
    assert_string_equal(read.body, body);
    assert_int_equal(read.reusable, reusable);
    assert_int_equal(read.rest, 0);
}

static void answer_breaks(const char *text, const char *trouble)
{
    Read read = read_answer(text, false, true);
    assert_int_equal(read.part, RESPONSE_BROKEN);
    assert_string_equal(read.trouble, trouble);
    assert_false(read.reusable);
}

static void test_lengths(void **state)
{
    (void)state;
    answer_is("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true);
    answer_is("HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, "", true);
    answer_is("HTTP/1.1 404 Not Found\nContent-Length: 2\n\nno", 404, "no", true);
    answer_is("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true);
    answer_is("\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: Close\r\n\r\nok", 200, "ok", false);
    answer_is("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false);
    answer_is("HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: x, Keep-Alive\r\n\r\nok", 200, "ok", true);
}

static void test_chunks(void **state)
{
    (void)state;
    const char *head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    char text[256];
    snprintf(text, sizeof text, "%s5\r\nhello\r\nA;name=\"x\"\r\n, world of\r\n0\r\n\r\n", head);
    answer_is(text, 200, "hello, world of", true);
    snprintf(text, sizeof text, "%s3 \r\nabc\r\n000\r\nExpires: never\r\n\r\n", head);
    answer_is(text, 200, "abc", true);
    answer_is("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 77\r\n\r\n0\r\n\r\n",
              200, "", true);
}

static void test_bodies_that_end_with_the_connection(void **state)
{
    (void)state;
    answer_is("HTTP/1.1 200 OK\r\n\r\nall of it", 200, "all of it", false);
    answer_is("HTTP/1.1 200 OK\r\n\r\n", 200, "", false);
    Read open = read_answer("HTTP/1.1 200 OK\r\n\r\nall of it", false, false);
    assert_int_equal(open.part, RESPONSE_UNTIL_CLOSE);
}

static void test_answers_without_a_body(void **state)
{
    (void)state;
    answer_is("HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n", 204, "", true);
    answer_is("HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n", 304, "", true);
    Read head = read_answer("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", true, false);
    assert_int_equal(head.part, RESPONSE_DONE);
    assert_true(head.reusable);
    assert_string_equal(head.headers, "Content-Length: 900\r\n");
}

static void test_interim_answers_are_passed_over(void **state)
{
    (void)state;
    const char *text =
        "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    answer_is(text, 200, "ok", true);
    assert_string_equal(read_answer(text, false, false).headers, "Content-Length: 2\r\n");
}

static void test_what_follows_is_left(void **state)
{
    (void)state;
    const char *text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n";
    Read read = read_pieces(text, SIZE_MAX, false, false);
    assert_int_equal(read.part, RESPONSE_DONE);
    assert_int_equal(read.rest, strlen("HTTP/1.1 500 No\r\n"));
}

static void test_what_is_no_answer(void **state)
{
    (void)state;
    const char *no_status = "the first line is no status line of HTTP/1.1";
    answer_breaks("", "the connection ended without an answer");
    answer_breaks("HTTP/1.1 200 OK\r\nContent-Le", "the connection ended within the answer");
    answer_breaks("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                  "the connection ended within the answer");
    answer_breaks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                  "the connection ended within the answer");
    answer_breaks("HTTP/2 200\r\n\r\n", no_status);
    answer_breaks("HTTP/1.1 20x OK\r\n\r\n", no_status);
    answer_breaks("HTTP/1.1 099 OK\r\n\r\n", no_status);
    answer_breaks("HTTP/1.1 2000\r\n\r\n", no_status);
    answer_breaks("SSH-2.0-x\r\n", no_status);
    answer_breaks("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a line of the head is no header");
    answer_breaks("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "a line of the head is no header");
    answer_breaks("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n", "Content-Length is no number");
    answer_breaks("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Content-Length is no number");
    answer_breaks("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                  "Content-Length is no number");
    answer_breaks("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                  "two different Content-Length");
    answer_breaks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                  "the size of a chunk is no number");
    answer_breaks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                  "the size of a chunk is no number");
    answer_breaks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
                  "a chunk is longer than it said");
    answer_breaks("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
                  "the server changed to another protocol");
}

static Response feed_for_ever(const char *start, const char *again)
{
    Response response = {0};
    response_begin(&response, false, NULL, NULL);
    response_feed(&response, str_from(start));
    for (int i = 0; i <= LIMIT_RESPONSE_HEAD_BYTES && !response_ended(&response); i++)
        response_feed(&response, str_from(again));
    Response result = response;
    response_free(&response);
    return result;
}

static void test_heads_have_an_end(void **state)
{
    (void)state;
    static const char *const starts[] = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX: ",
                                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"};
    static const char *const agains[] = {"\r\n", "A: b\r\n", "long", "T: 1\r\n", "0"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        Response response = feed_for_ever(starts[i], agains[i]);
        assert_int_equal(response.part, RESPONSE_BROKEN);
        assert_string_equal(response.trouble, "the head is too large");
    }
    Response interim = feed_for_ever("", "HTTP/1.1 100 Continue\r\n\r\n");
    assert_int_equal(interim.part, RESPONSE_BROKEN);
}

static void test_equal_bodies_have_equal_hashes(void **state)
{
    (void)state;
    uint64_t whole = read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, true).hash;
    uint64_t chunks =
        read_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
                    false, true)
            .hash;
    uint64_t other = read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhallo", false, true).hash;
    assert_true(whole == chunks);
    assert_true(whole != other);
}

/* --- timers --- */

static void test_timers_come_in_order(void **state)
{
    (void)state;
    Timers timers = {0};
    uint64_t random = 7;
    for (size_t i = 0; i < 1000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        timers_add(&timers, random >> 56, i);
    }
    Timer last = {0, 0};
    for (size_t i = 0; i < 1000; i++) {
        Timer timer = timers_take(&timers);
        assert_true(timer.at_ns > last.at_ns ||
                    (timer.at_ns == last.at_ns && (i == 0 || timer.number > last.number)));
        last = timer;
    }
    assert_int_equal(timers.count, 0);
    timers_free(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets_hold_their_values),
        cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_percentile_is_not_above_the_largest),
        cmocka_unit_test(test_unfinished_ones_open_the_upper_end),
        cmocka_unit_test(test_merged_is_added_together),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_bodies_that_end_with_the_connection),
        cmocka_unit_test(test_answers_without_a_body),
        cmocka_unit_test(test_interim_answers_are_passed_over),
        cmocka_unit_test(test_what_follows_is_left),
        cmocka_unit_test(test_what_is_no_answer),
        cmocka_unit_test(test_heads_have_an_end),
        cmocka_unit_test(test_equal_bodies_have_equal_hashes),
        cmocka_unit_test(test_timers_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
