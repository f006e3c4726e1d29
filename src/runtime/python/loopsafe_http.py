"""A small HTTP/1.1 server for ASGI applications, for where no other is installed.

Keep-alive, pipelining in order, bodies by length or in chunks, `Expect: 100-continue`, HEAD, HTTP/1.0; an application that
fails gives a 500. No TLS, no HTTP/2, no websockets.
"""
import asyncio
import collections
import http
import traceback
from urllib.parse import unquote

HEAD_BYTES = 64 * 1024
CHUNK_LINE_BYTES = 1024
PAUSE_BYTES = 256 * 1024  # of a body that the application has not read yet
SERVER_HEADER = (b"server", b"loopsafe")

Request = collections.namedtuple("Request", "method target version headers keep_alive length chunked expects")


class BadRequest(Exception):
    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


async def start(app, listener, state):
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(app, loop, state), sock=listener)


def status_line(status):
    try:
        words = http.HTTPStatus(status).phrase
    except ValueError:
        words = ""
    return ("HTTP/1.1 %d %s\r\n" % (status, words)).encode("ascii")


# --- reading ---


def parse_head(data):
    lines = data.split(b"\r\n")
    words = lines[0].split(b" ")
    if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
        raise BadRequest(400, "no HTTP/1 request line")
    headers = [_header(line) for line in lines[1:] if line]
    return _request(words, headers)


def _header(line):
    name, colon, value = line.partition(b":")
    if not colon or not name or name != name.strip():
        raise BadRequest(400, "no header line")
    return name.lower(), value.strip()


def _request(words, headers):
    method, target, version = words
    named = dict(headers)
    connection = named.get(b"connection", b"").lower()
    keep_alive = b"close" not in connection if version == b"HTTP/1.1" else b"keep-alive" in connection
    chunked = b"chunked" in named.get(b"transfer-encoding", b"").lower()
    length = named.get(b"content-length", b"0")
    if not length.isdigit():
        raise BadRequest(400, "no length")
    expects = named.get(b"expect", b"").lower() == b"100-continue"
    return Request(method.decode("ascii", "replace").upper(), target, version[5:].decode("ascii"), headers, keep_alive,
                   0 if chunked else int(length), chunked, expects)


class Body:
    """What has come of a request's body; its end is known by its length or by its last chunk."""

    def __init__(self, request):
        self.chunked = request.chunked
        self.left = request.length  # of the body, or of the chunk that is being read
        self.done = not request.chunked and not request.length
        self.in_trailer = self.needs_line_end = False

    def take(self, buffer):
        """Moves what belongs to the body out of the buffer."""
        taken = bytearray()
        while buffer and not self.done:
            if not (self._take_chunked(buffer, taken) if self.chunked else self._take_counted(buffer, taken)):
                break
        return bytes(taken)

    def _take_counted(self, buffer, taken):
        part = buffer[:self.left]
        del buffer[:self.left]
        taken += part
        self.left -= len(part)
        self.done = not self.chunked and self.left == 0
        return True

    def _take_chunked(self, buffer, taken):
        if self.left:
            self._take_counted(buffer, taken)
            self.needs_line_end = self.left == 0
            return True
        line = self._take_line(buffer)
        if line is None:
            return False
        if self.needs_line_end:
            self.needs_line_end = False
            if line:
                raise BadRequest(400, "a chunk is longer than it says")
        elif self.in_trailer:
            self.done = not line
        else:
            self._begin_chunk(line)
        return True

    def _begin_chunk(self, line):
        digits = line.split(b";")[0].strip()
        try:
            self.left = int(digits, 16)
        except ValueError:
            raise BadRequest(400, "no length of a chunk") from None
        if self.left < 0:
            raise BadRequest(400, "no length of a chunk")
        self.in_trailer = self.left == 0

    @staticmethod
    def _take_line(buffer):
        end = buffer.find(b"\r\n")
        if end < 0:
            if len(buffer) > CHUNK_LINE_BYTES:
                raise BadRequest(400, "a line of a chunk is too long")
            return None
        line = bytes(buffer[:end])
        del buffer[:end + 2]
        return line


# --- one connection ---


class Connection(asyncio.Protocol):
    def __init__(self, app, loop, state):
        self.app, self.loop, self.state = app, loop, state
        self.buffer = bytearray()
        self.exchange = None  # the request that is being answered
        self.transport = None
        self.can_write = asyncio.Event()
        self.can_write.set()
        self.closed = False

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.closed = True
        self.can_write.set()
        if self.exchange:
            self.exchange.gone()

    def pause_writing(self):
        self.can_write.clear()

    def resume_writing(self):
        self.can_write.set()

    def data_received(self, data):
        self.buffer += data
        self.advance()

    def advance(self):
        """Feeds the request that is being answered, or begins the next one."""
        try:
            if self.exchange:
                self.exchange.feed(self.buffer)
                if len(self.buffer) > HEAD_BYTES and self.exchange.body.done:
                    self.transport.pause_reading()
            else:
                self._begin()
        except BadRequest as bad:
            self._refuse(bad)

    def _begin(self):
        while self.buffer[:2] == b"\r\n":
            del self.buffer[:2]
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self.buffer) > HEAD_BYTES:
                raise BadRequest(431, "too many headers")
            return
        request = parse_head(bytes(self.buffer[:end]))
        del self.buffer[:end + 4]
        self.exchange = Exchange(self, request)
        self.exchange.feed(self.buffer)
        task = self.loop.create_task(self.exchange.run())
        self.exchange.task = task  # the loop holds it weakly

    def _refuse(self, bad):
        text = str(bad).encode("ascii")
        head = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(text)
        self.transport.write(status_line(bad.status) + head + text)
        self.transport.close()

    def finished(self, keep_alive):
        self.exchange = None
        if not keep_alive or self.closed:
            self.transport.close()
            return
        self.transport.resume_reading()
        if self.buffer:
            self.advance()


class Exchange:
    """One request and its answer."""

    def __init__(self, connection, request):
        self.connection, self.request = connection, request
        self.body = Body(request)
        self.parts = bytearray()
        self.wake = asyncio.Event()
        self.told_end = False  # the application knows that the body is complete
        self.disconnected = False
        self.status = None  # of the answer, once it has begun
        self.started = self.complete = False  # the head was sent; the whole answer was
        self.headers = []
        self.chunked = False
        self.keep_alive = request.keep_alive
        self.task = None

    # the client's side

    def feed(self, buffer):
        self.parts += self.body.take(buffer)
        if len(self.parts) > PAUSE_BYTES:
            self.connection.transport.pause_reading()
        self.wake.set()

    def gone(self):
        self.disconnected = True
        self.wake.set()

    async def run(self):
        try:
            await self.connection.app(self._scope(), self.receive, self.send)
            if not self.complete and not self.disconnected:
                raise RuntimeError("the application ended without a whole answer")
        except Exception:
            traceback.print_exc()
            self._fail()
        finally:
            self.connection.finished(self.keep_alive and self.complete and self.body.done)

    def _fail(self):
        """A 500 when nothing was sent yet; else the answer is cut off."""
        self.keep_alive = False
        if not self.started and not self.disconnected:
            text = b"Internal Server Error"
            head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(text)
            self.connection.transport.write(status_line(500) + head + text)

    def _scope(self):
        request, transport = self.request, self.connection.transport
        path, _, query = request.target.partition(b"?")
        return {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": request.version,
                "method": request.method, "scheme": "http", "path": unquote(path.decode("latin-1")), "raw_path": path,
                "query_string": query, "root_path": "", "headers": request.headers, "state": self.connection.state.copy(),
                "client": transport.get_extra_info("peername"), "server": transport.get_extra_info("sockname")}

    # the application's side

    async def receive(self):
        if self.request.expects and not self.started and not self.told_end:
            self.request = self.request._replace(expects=False)
            self.connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._has_news():
            self.wake.clear()
            await self.wake.wait()
        if self.told_end or self.disconnected:
            return {"type": "http.disconnect"}
        part = bytes(self.parts)
        self.parts.clear()
        self.connection.transport.resume_reading()
        self.told_end = self.body.done
        return {"type": "http.request", "body": part, "more_body": not self.body.done}

    def _has_news(self):
        if self.disconnected or (self.told_end and self.complete):
            return True
        return not self.told_end and (bool(self.parts) or self.body.done)

    async def send(self, message):
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers") or ())
        elif message["type"] == "http.response.body":
            self._write(message.get("body") or b"", message.get("more_body", False))
            await self.connection.can_write.wait()

    def _write(self, body, more):
        if self.status is None or self.complete:
            raise RuntimeError("the application sends a body %s" % ("twice" if self.complete else "before its status"))
        out = bytearray()
        if not self.started:
            out += self._head(len(body), more)
            self.started = True
        if self._has_body():
            out += self._framed(body)
            out += b"0\r\n\r\n" if self.chunked and not more else b""
        self.connection.transport.write(bytes(out))
        if not more:
            self.complete = True
            self.wake.set()

    def _has_body(self):
        return self.request.method != "HEAD" and self.status not in (204, 304)

    def _framed(self, body):
        if not self.chunked or not body:
            return body
        return b"%x\r\n%s\r\n" % (len(body), body)

    def _head(self, length, more):
        names = {name.lower() for name, _ in self.headers}
        lines = [b"%s: %s\r\n" % (bytes(name), bytes(value)) for name, value in self.headers]
        if b"content-length" not in names and self._has_body():
            lines.append(self._framing(length, more))
        if b"server" not in names:
            lines.append(b"%s: %s\r\n" % SERVER_HEADER)
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        elif self.request.version == "1.0":
            lines.append(b"connection: keep-alive\r\n")
        return status_line(self.status) + b"".join(lines) + b"\r\n"

    def _framing(self, length, more):
        if not more:
            return b"content-length: %d\r\n" % length
        if self.request.version == "1.0":
            self.keep_alive = False  # the end of the connection is the end of the body
            return b""
        self.chunked = True
        return b"transfer-encoding: chunked\r\n"
