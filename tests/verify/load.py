"""The load driver against servers that behave, and servers that do not.

    load.py LOAD_RUN

A small server in this process answers as each path asks it to; the driver's numbers are held against what the server saw.
"""
import json
import socket
import subprocess
import sys
import threading
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each connection in a thread of its own; `seen` holds the request lines, `connections` their number."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.seen, self.bodies, self.connections = [], [], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        """Ends the accept that is under way too: until then the port would still take connections."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def serve(self, connection):
        stream, count = connection.makefile("rwb"), 0
        try:
            while self.answer(connection, stream, count):
                count += 1
        except OSError:
            pass
        finally:
            stream.close()
            connection.close()

    def answer(self, connection, stream, count):
        line = stream.readline().decode()
        if not line:
            return False
        length = 0
        while (header := stream.readline().strip()):
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        body = stream.read(length)
        method, path, _version = line.split()
        with self.lock:
            self.seen.append((method, path))
            self.bodies.append(body)
            number = len(self.seen)
        goes_on = getattr(self, "on_" + path.strip("/").split("?")[0])(stream, method, number, count)
        stream.flush()
        return goes_on

    def on_ok(self, stream, method, number, count):
        stream.write(OK if method != "HEAD" else OK[:-2])
        return True

    def on_slow(self, stream, method, number, count):
        time.sleep(0.05)
        stream.write(OK)
        return True

    def on_never(self, stream, method, number, count):
        time.sleep(30)
        return False

    def on_error(self, stream, method, number, count):
        stream.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        return True

    def on_close(self, stream, method, number, count):
        stream.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        return False

    def on_until_close(self, stream, method, number, count):
        stream.write(b"HTTP/1.0 200 OK\r\n\r\nok")
        return False

    def on_third_closes(self, stream, method, number, count):
        """Closes behind the answer without having said so, as a server does whose patience with idle connections ends."""
        stream.write(OK)
        return count < 2

    def on_cut(self, stream, method, number, count):
        stream.write(OK[:-1])
        return False

    def on_garbage(self, stream, method, number, count):
        stream.write(b"\x16\x03\x01 this is no HTTP\n")
        return False

    def on_different(self, stream, method, number, count):
        body = b"%06d" % (number if number % 2 else 0)
        stream.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n" + body[:2] + b"\r\n4\r\n" + body[2:] + b"\r\n0\r\n\r\n")
        return True

    def on_more(self, stream, method, number, count):
        """Answers twice what was asked once."""
        stream.write(OK + OK)
        return True


LOAD_RUN = sys.argv[1]


def run(port, *words):
    done = subprocess.run([LOAD_RUN, str(port), *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def load(server, *words):
    return run(server.port, *words)


def sums(result):
    assert result["sent"] <= result["answered"] + result["failed"] + result["broken"] + result["unfinished"]
    for name in ("answered", "failed", "broken"):
        assert result[name] == sum(tally[name] for tally in result["tallies"]), name
    assert result["latency"]["count"] == result["answered"] + result["unfinished"]


def near(value, wanted, share):
    assert abs(value - wanted) <= wanted * share, f"{value} is not near {wanted}"


def test_closed_loop(server):
    result = load(server, "users=4", "time=500", "GET", "/slow")
    sums(result)
    assert result["failed"] == result["broken"] == result["unfinished"] == 0
    assert result["handled"] == result["answered"] == len(server.seen)
    assert 20 <= result["per_second"] <= 80, result["per_second"]
    assert result["latency"]["p50_ms"] >= 50
    assert server.connections == 4


def test_one_request_after_the_other(server):
    result = load(server, "users=1", "time=300", "limit=3", "GET", "/slow")
    assert result["answered"] == 3 and len(server.seen) == 3
    assert result["seconds"] < 0.29


def test_requests_go_round(server):
    result = load(server, "users=2", "limit=10", "time=2000", "GET", "/ok", "POST", "/ok?x=1", '{"a": 1}')
    assert sorted(set(server.seen)) == [("GET", "/ok"), ("POST", "/ok?x=1")]
    assert [tally["answered"] for tally in result["tallies"]] == [5, 5]
    assert server.bodies.count(b'{"a": 1}') == 5


def test_think_time(server):
    result = load(server, "users=5", "think=200", "time=1000", "GET", "/ok")
    assert 15 <= result["answered"] <= 30, result["answered"]


def test_warm_up_is_not_counted(server):
    result = load(server, "users=1", "warm=300", "time=200", "GET", "/slow")
    assert result["answered"] <= 5 and len(server.seen) >= 6 and result["handled"] == len(server.seen)


def test_open_loop(server):
    result = load(server, "users=10", "rate=100", "time=1000", "GET", "/ok")
    sums(result)
    near(result["answered"], 100, 0.05)
    assert result["behind"] == 0


def test_open_loop_counts_from_the_intended_time(server):
    """One connection bears 20 requests a second; 40 are due."""
    result = load(server, "users=1", "rate=40", "time=1000", "grace=1", "GET", "/slow")
    sums(result)
    assert 15 <= result["answered"] <= 20, result["answered"]
    near(result["answered"] + result["unfinished"], 40, 0.1)
    assert result["behind"] >= 15
    assert result["latency"]["p99_ms"] > 400 and result["latency"]["p99_open"]
    assert result["service"]["p50_ms"] < 100
    assert result["sent"] < result["answered"] + result["unfinished"]


def test_unfinished_requests_are_at_least_their_age(server):
    result = load(server, "users=3", "time=300", "grace=100", "GET", "/never")
    sums(result)
    assert result["unfinished"] == 3 and result["answered"] == 0 and result["per_second"] == 0
    assert result["latency"]["p50_ms"] >= 390 and result["latency"]["p50_open"]
    assert result["oldest_unfinished_ms"] >= 390


def test_grace_lets_answers_arrive(server):
    result = load(server, "users=3", "time=20", "grace=1000", "GET", "/slow")
    assert result["answered"] == 3 and result["unfinished"] == 0 and result["per_second"] == 0
    assert not result["latency"]["p99_open"]


def test_what_is_under_way_is_drained(server):
    result = load(server, "users=3", "time=20", "grace=1", "drain=1000", "GET", "/slow")
    assert result["unfinished"] == 3 and result["answered"] == 0, result
    assert result["handled"] == 3 and result["left"] == 0, result


def test_nobody_drains_what_takes_too_long(server):
    began = time.monotonic()
    result = load(server, "users=3", "time=20", "grace=1", "drain=1000", "alone=400", "GET", "/never")
    assert result["left"] == 3 and time.monotonic() - began < 0.8, result
    began = time.monotonic()
    result = load(server, "users=3", "time=20", "grace=1", "drain=300", "GET", "/never")
    assert result["left"] == 3 and time.monotonic() - began > 0.3, result


def test_failing_is_not_fast(server):
    result = load(server, "users=2", "time=200", "GET", "/error", "GET", "/slow")
    sums(result)
    assert result["failed"] > 0 and result["tallies"][0]["first_failed"] == 503
    assert result["tallies"][0]["answered"] == 0
    assert result["latency"]["p50_ms"] >= 50


def test_connections_that_close(server):
    for path in ("/close", "/until_close"):
        server.connections = 0
        result = load(server, "users=2", "limit=20", "time=5000", "GET", path)
        assert result["answered"] == 20 and result["broken"] == 0, (path, result)
        assert server.connections == 20


def test_connections_that_close_unannounced(server):
    result = load(server, "users=1", "limit=12", "time=5000", "GET", "/third_closes")
    assert result["answered"] == 12 and result["broken"] == 0, result
    assert len(server.seen) == 12 and server.connections == 4


def test_what_writes_is_sent_once(server):
    result = load(server, "users=1", "limit=12", "think=5", "time=5000", "POST", "/third_closes", "{}")
    assert result["answered"] == 12 and result["broken"] == 0, result
    assert len(server.seen) == 12


def test_broken_answers(server):
    for path in ("/cut", "/garbage"):
        result = load(server, "users=2", "time=200", "GET", path)
        sums(result)
        assert result["broken"] > 0 and result["answered"] == 0, (path, result)
        assert result["broken"] <= 2 * 25, "a broken connection is tried again without a pause"


def test_an_answer_too_many_ends_the_connection(server):
    result = load(server, "users=1", "limit=5", "time=5000", "GET", "/more")
    assert result["answered"] == 5 and server.connections == 5, result


def test_bodies_are_compared(server):
    same = load(server, "users=1", "limit=10", "time=5000", "GET", "/ok")
    assert same["tallies"][0]["other_bodies"] == 0
    server.seen.clear()
    different = load(server, "users=1", "limit=10", "time=5000", "GET", "/different")
    assert different["answered"] == 10 and different["tallies"][0]["other_bodies"] == 9, different


def test_head(server):
    result = load(server, "users=1", "limit=4", "time=5000", "HEAD", "/ok")
    assert result["answered"] == 4 and server.connections == 1


def test_nobody_listens(server):
    server.close()
    result = load(server, "users=2", "time=200", "GET", "/ok")
    assert result["broken"] > 0 and result["answered"] == 0 and result["broken"] <= 2 * 25


def test_asking_once(server):
    answer = run(server.port, "ask", "GET", "/different")
    assert answer["status"] == 200 and answer["body"] == "000001" and answer["trouble"] == ""
    assert "Transfer-Encoding: chunked\r\n" in answer["headers"]
    assert run(server.port, "ask", "GET", "/until_close")["body"] == "ok"
    assert run(server.port, "ask", "GET", "/cut")["trouble"] == "the connection ended within the answer"
    assert run(server.port, "ask", "GET", "/error")["status"] == 503
    late = run(server.port, "ask", "GET", "/never")
    assert late["status"] == 0 and late["trouble"] == "no answer in time" and late["latency_us"] >= 1_900_000
    server.close()
    assert run(server.port, "ask", "GET", "/ok")["trouble"] == "the connection was refused"


def main():
    tests = [(name, test) for name, test in sorted(globals().items()) if name.startswith("test_")]
    failures = 0
    for name, test in tests:
        server = Server()
        try:
            test(server)
        except Exception as error:
            failures += 1
            print(f"FAIL {name}: {type(error).__name__}: {error}")
        finally:
            server.close()
    print(f"{len(tests) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
