"""Requests and responses of the reference runtime."""
import asyncio
import concurrent.futures
import contextvars
import dataclasses
import datetime
import enum
import functools
import http.cookies
import inspect
import io
import json
import mimetypes
import os
import uuid
from urllib.parse import parse_qsl

THREADS = 40  # as many plain functions run at once as in FastAPI
FILE_CHUNK = 64 * 1024


@functools.lru_cache(maxsize=None)
def _pool():
    return concurrent.futures.ThreadPoolExecutor(THREADS, "reference-runtime")


async def run_in_threadpool(function, *arguments, **options):
    call = functools.partial(contextvars.copy_context().run, function, *arguments, **options)
    return await asyncio.get_running_loop().run_in_executor(_pool(), call)


async def run(function, *arguments, **options):
    """A coroutine function on the loop, a plain one in a thread."""
    target = function if inspect.isroutine(function) else getattr(function, "__call__", function)
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(target):
        return await function(*arguments, **options)
    return await run_in_threadpool(function, *arguments, **options)


def plain(value, **options):
    """What json can write: models, dataclasses, times and the like as FastAPI writes them."""
    if value is None or isinstance(value, (bool, int, float)) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)) or inspect.isgenerator(value):
        return [plain(item) for item in value]
    return _plain_object(value)


def _plain_object(value):
    for name in ("model_dump", "dict"):
        if callable(getattr(value, name, None)):
            return plain(getattr(value, name)())
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, uuid.UUID) or not hasattr(value, "__dict__"):
        return str(value)
    return plain(vars(value))


class Headers(dict):
    """Of a request; any case of a name."""

    def __init__(self, pairs):
        super().__init__((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)

    def __contains__(self, name):
        return super().__contains__(name.lower())


class Multi(dict):
    """Names with one or more values: the last one, or getlist."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.pairs = list(pairs)

    def getlist(self, name):
        return [value for key, value in self.pairs if key == name]

    def multi_items(self):
        return self.pairs


class Url(str):
    @property
    def path(self):
        return self.split("://", 1)[-1].partition("/")[1] + self.split("://", 1)[-1].partition("/")[2].partition("?")[0]


class Space:
    """Attributes that anybody may set: app.state, request.state."""

    def __init__(self, values=()):
        self.__dict__.update(values)


class UploadFile:
    def __init__(self, filename, content, content_type):
        self.filename, self.content_type, self.file, self.size = filename, content_type, io.BytesIO(content), len(content)

    async def read(self, size=-1):
        return self.file.read(size)

    async def seek(self, offset):
        self.file.seek(offset)

    async def close(self):
        self.file.close()


class Request:
    def __init__(self, scope, receive=None, send=None):
        self.scope, self._receive, self._body, self._form = scope, receive, None, None
        self.method, self.app = scope["method"], scope.get("app")
        self.path_params = scope.get("path_params", {})
        self.headers = Headers(scope["headers"])
        self.query_params = Multi(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        self.state = scope.setdefault("loopsafe.state", Space(scope.get("state") or ()))

    @property
    def url(self):
        query = self.scope["query_string"].decode("latin-1")
        host = self.headers.get("host", "localhost")
        return Url("http://%s%s%s" % (host, self.scope["path"], "?" + query if query else ""))

    @property
    def cookies(self):
        jar = http.cookies.SimpleCookie(self.headers.get("cookie", ""))
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def client(self):
        host, port = (self.scope.get("client") or ("", 0))[:2]
        return Space({"host": host, "port": port})

    async def stream(self):
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the client has gone")
            more = message.get("more_body", False)
            yield message.get("body", b"")

    async def body(self):
        if self._body is None:
            self._body = b"".join([part async for part in self.stream()])
        return self._body

    async def json(self):
        return json.loads(await self.body())

    async def form(self):
        if self._form is None:
            self._form = Multi(read_form(self.headers.get("content-type", ""), await self.body()))
        return self._form

    async def is_disconnected(self):
        return False


def read_form(content_type, body):
    if content_type.startswith("multipart/form-data"):
        return list(_multipart(content_type, body))
    return parse_qsl(body.decode("utf-8"), keep_blank_values=True)


def _multipart(content_type, body):
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode("latin-1")
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        fields = {}
        kind = "text/plain"
        for line in head.decode("utf-8").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-type":
                kind = value.strip()
            elif name.lower() == "content-disposition":
                fields = dict(piece.strip().split("=", 1) for piece in value.split(";") if "=" in piece)
        fields = {name: value.strip('"') for name, value in fields.items()}
        is_file = "filename" in fields
        yield fields.get("name", ""), UploadFile(fields["filename"], content, kind) if is_file else content.decode("utf-8")


class BackgroundTask:
    def __init__(self, function, *arguments, **options):
        self.call = (function, arguments, options)

    async def __call__(self):
        function, arguments, options = self.call
        await run(function, *arguments, **options)


class BackgroundTasks:
    def __init__(self, tasks=None):
        self.tasks = list(tasks or ())

    def add_task(self, function, *arguments, **options):
        self.tasks.append(BackgroundTask(function, *arguments, **options))

    async def __call__(self):
        for task in self.tasks:
            await task()


class Response:
    media_type = None
    charset = "utf-8"

    def __init__(self, content=None, status_code=200, headers=None, media_type=None, background=None):
        self.status_code, self.background = status_code, background
        self.media_type = media_type or self.media_type
        self.headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
        self.cookies = []
        self.body = self.render(content)

    def render(self, content):
        if content is None:
            return b""
        return content if isinstance(content, bytes) else str(content).encode(self.charset)

    def set_cookie(self, key, value="", max_age=None, path="/", httponly=False, secure=False, samesite="lax", **options):
        parts = ["%s=%s" % (key, value), "Path=%s" % path, "SameSite=%s" % samesite]
        parts += ["Max-Age=%d" % max_age] if max_age is not None else []
        parts += ["HttpOnly"] if httponly else []
        self.cookies.append("; ".join(parts + (["Secure"] if secure else [])))

    def delete_cookie(self, key, path="/", **options):
        self.set_cookie(key, "", max_age=0, path=path)

    def raw_headers(self, length):
        headers = dict(self.headers)
        if length is not None and self.status_code not in (204, 304):
            headers.setdefault("content-length", str(length))
        if self.media_type:
            kind = self.media_type + ("; charset=" + self.charset if self.media_type.startswith("text/") else "")
            headers.setdefault("content-type", kind)
        pairs = list(headers.items()) + [("set-cookie", cookie) for cookie in self.cookies]
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]

    async def __call__(self, scope, receive, send):
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers(len(self.body))})
        await send({"type": "http.response.body", "body": self.body})
        if self.background:
            await self.background()


class JSONResponse(Response):
    media_type = "application/json"

    def render(self, content):
        return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


class PlainTextResponse(Response):
    media_type = "text/plain"


class HTMLResponse(Response):
    media_type = "text/html"


class RedirectResponse(Response):
    def __init__(self, url, status_code=307, headers=None, background=None):
        super().__init__(b"", status_code, dict(headers or {}, location=str(url)), background=background)


class StreamingResponse(Response):
    def __init__(self, content, status_code=200, headers=None, media_type=None, background=None):
        super().__init__(None, status_code, headers, media_type, background)
        self.content = content if hasattr(content, "__aiter__") else _in_threads(iter(content))

    async def __call__(self, scope, receive, send):
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers(None)})
        async for part in self.content:
            data = part if isinstance(part, bytes) else part.encode(self.charset)
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        if self.background:
            await self.background()


async def _in_threads(iterator):
    end = object()
    while True:
        part = await run_in_threadpool(next, iterator, end)
        if part is end:
            return
        yield part


class FileResponse(StreamingResponse):
    def __init__(self, path, status_code=200, headers=None, media_type=None, filename=None, background=None):
        kind = media_type or mimetypes.guess_type(str(filename or path))[0] or "text/plain"
        headers = dict(headers or {}, **{"content-length": str(os.stat(path).st_size)})
        if filename:
            headers["content-disposition"] = 'attachment; filename="%s"' % filename
        super().__init__(_chunks(path), status_code, headers, kind, background)


def _chunks(path):
    with open(path, "rb") as file:
        while True:
            part = file.read(FILE_CHUNK)
            if not part:
                return
            yield part
