"""Applications as `loopsafe verify` serves them (tests/unit/host_run.c), and a client that says exactly what it sends."""
import json
import os
import pathlib
import socket
import subprocess
import tempfile

TIMEOUT = 20
APPS = pathlib.Path(__file__).resolve().parent / "apps"
FAILING = pathlib.Path(__file__).resolve().parent / "failing"


def failing(folder):
    """(name, module that does not serve, what the line has to say): the last line of each file is `# fails: PATTERN`."""
    for path in sorted((FAILING / folder).glob("*.py")):
        text = path.read_text()
        yield path.stem, text, text.rpartition("# fails: ")[2].strip()


class Hosted:
    """One served application: `failed` is the line why it does not start, else `loaded` says what was loaded."""

    def __init__(self, runner, python, tree, app, *settings, env=None):
        self.folder = tempfile.TemporaryDirectory()
        command = [os.path.abspath(runner), python, str(tree), app, self.folder.name, *settings]
        variables = {"PATH": os.environ["PATH"], "HOME": self.folder.name, **(env or {})}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables)
        self.loaded = self._line()
        self.failed = self.loaded.get("failed")
        self.port = self.loaded.get("port")
        self.ended = None

    def _line(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": "host_run ended with %s" % self.process.wait()}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def covered(self):
        """Indexes of watched lines that have run since the last call; all notices."""
        self.process.stdin.write("covered\n")
        self.process.stdin.flush()
        line = self._line()
        return line["covered"], line["notices"]

    def end(self):
        """What it printed last, and how it ended."""
        if self.ended is None:
            self.process.stdin.close()
            lines = {} if self.failed else {**self._line(), **self._line()}
            self.process.wait(TIMEOUT)
            self.process.stdout.close()
            self.folder.cleanup()
            self.ended = lines.get("log", ""), lines.get("ended", "")
        return self.ended

    def ask(self, method, path, body=b"", headers=()):
        """Status, headers (names in lower case), body."""
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: test", "Connection: close", *headers]
        if body:
            lines.append("Content-Length: %d" % len(body))
        with self.connect() as connection:
            connection.send("\r\n".join(lines + ["", ""]).encode() + body)
            return connection.answer(method)

    def connect(self):
        return Connection(self.port)


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self, method="GET"):
        status = int((self.file.readline().split() or [b"", b"0"])[1])
        headers = {}
        for line in iter(self.file.readline, b"\r\n"):
            if not line:
                return status, headers, b""
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, b"" if method == "HEAD" or status < 200 else self._body(headers)

    def _body(self, headers):
        if headers.get("transfer-encoding") == "chunked":
            return b"".join(iter(self._chunk, b""))
        length = headers.get("content-length")
        return self.file.read(int(length)) if length else self.file.read()

    def _chunk(self):
        data = self.file.read(int(self.file.readline(), 16))
        self.file.readline()
        return data


class Checks:
    """Counts what holds; a case that raises has failed."""

    def __init__(self):
        self.passed, self.failed = 0, []

    def same(self, name, got, wanted):
        self.true(name, got == wanted, "got %r, wanted %r" % (got, wanted))

    def true(self, name, holds, words=""):
        if holds:
            self.passed += 1
        else:
            self.failed.append(name)
            print("FAILED %s: %s" % (name, words), flush=True)

    def run(self, name, case, *arguments):
        try:
            case(self, *arguments)
        except Exception as error:
            self.true(name, False, "%s: %s" % (type(error).__name__, error))

    def end(self):
        print("%d passed, %d failed" % (self.passed, len(self.failed)))
        return 1 if self.failed or not self.passed else 0
