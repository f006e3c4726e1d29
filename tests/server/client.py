"""A small language client for tests: it starts the server, speaks the protocol, and keeps what the server says."""

import json
import os
import queue
import subprocess
import threading
import time
from pathlib import Path

PATIENCE_SECONDS = 120

CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
                       "isPreferredSupport": True},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}, "didChangeWatchedFiles": {"dynamicRegistration": True}},
}


class Client:
    def __init__(self, binary, folder=None, arguments=("--no-cache",), capabilities=None, encodings=None):
        self.process = subprocess.Popen([binary, "server", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.messages = queue.Queue()
        self.errors = []
        self.diagnostics = {}   # URI -> the last publishDiagnostics
        self.texts = {}         # URI -> [version, text]
        self.other = []         # notifications and requests of the server
        self.last_id = 0
        self.capabilities = json.loads(json.dumps(CAPABILITIES if capabilities is None else capabilities))
        if encodings:
            self.capabilities["general"] = {"positionEncodings": encodings}
        self.folder = folder
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_errors, daemon=True).start()

    # --- the wire ---

    def _read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if length is None:
                self.messages.put(None)
                return
            self.messages.put(json.loads(stream.read(length).decode("utf-8")))

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode("utf-8", "replace").rstrip("\n"))

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message, ascii_only=True):
        body = json.dumps(message, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params or {}})

    def ask(self, method, params=None):
        """Sends a request; its id."""
        self.last_id += 1
        self.send({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params or {}})
        return self.last_id

    def take(self, until):
        """Takes messages until one satisfies; that one."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            message = self.messages.get(timeout=max(0.01, deadline - time.monotonic()))
            if message is None:
                raise AssertionError(f"the server is gone: {self.errors}")
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]
            elif "method" in message:
                self.other.append(message)
                if "id" in message:
                    self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            if until(message):
                return message

    def answer(self, request):
        return self.take(lambda message: message.get("id") == request and "method" not in message)

    def request(self, method, params=None):
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    # --- the protocol ---

    def start(self, **extra):
        params = {"processId": os.getpid(), "capabilities": self.capabilities, "rootUri": None, **extra}
        if self.folder:
            params["workspaceFolders"] = [{"uri": uri_of(self.folder), "name": "project"}]
        result = self.request("initialize", params)
        self.encoding = result["capabilities"]["positionEncoding"]
        self.notify("initialized")
        return result

    def open(self, path, text=None):
        uri = uri_of(path)
        text = Path(path).read_bytes().decode("utf-8") if text is None else text
        self.texts[uri] = [1, text]
        self.notify("textDocument/didOpen",
                    {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}})
        return uri

    def change(self, uri, *changes):
        self.texts[uri][0] += 1
        for change in changes:
            self.texts[uri][1] = apply_edits(self.texts[uri][1], [
                {"range": change["range"], "newText": change["text"]}], self.encoding) if "range" in change else change["text"]
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": self.texts[uri][0]},
                                               "contentChanges": list(changes)})

    def diagnosed(self, uri):
        """Diagnostics of the version that was sent last."""
        version = self.texts[uri][0]
        known = self.diagnostics.get(uri)
        if not known or known.get("version") != version:
            self.take(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                      and message["params"]["uri"] == uri and message["params"].get("version") == version)
        return self.diagnostics[uri]["diagnostics"]

    def actions(self, uri, place=None, only=None):
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 100000, "character": 0}}
        context = {"diagnostics": []} if only is None else {"diagnostics": [], "only": only}
        return self.request("textDocument/codeAction",
                            {"textDocument": {"uri": uri}, "range": place or whole, "context": context})

    def apply(self, edit):
        """Applies a WorkspaceEdit: to the open documents by a change, to the others on the disk."""
        changes = edit.get("documentChanges") or [
            {"textDocument": {"uri": uri, "version": None}, "edits": edits} for uri, edits in edit["changes"].items()]
        for change in changes:
            uri = change["textDocument"]["uri"]
            if uri not in self.texts:
                path = path_of(uri)
                text = apply_edits(path.read_bytes().decode("utf-8"), change["edits"], self.encoding)
                path.write_bytes(text.encode("utf-8"))
                continue
            assert change["textDocument"]["version"] in (None, self.texts[uri][0])
            self.change(uri, {"text": apply_edits(self.texts[uri][1], change["edits"], self.encoding)})

    def stop(self):
        """The exit code after a shutdown."""
        self.request("shutdown")
        self.notify("exit")
        return self.ended()

    def ended(self):
        code = self.process.wait(PATIENCE_SECONDS)
        self.process.stdin.close()
        return code


def uri_of(path):
    return Path(path).as_uri()


def path_of(uri):
    import urllib.parse
    return Path(urllib.parse.unquote(uri.removeprefix("file://")))


def lines_of(text):
    """Lines without their ends, and where each starts."""
    starts, at = [0], 0
    while at < len(text):
        if text[at] in "\r\n":
            at += 2 if text[at:at + 2] == "\r\n" else 1
            starts.append(at)
        else:
            at += 1
    return starts


def offset(text, position, encoding):
    starts = lines_of(text)
    if position["line"] >= len(starts):
        return len(text)
    at, left = starts[position["line"]], position["character"]
    while left > 0 and at < len(text) and text[at] not in "\r\n":
        left -= {"utf-8": len(text[at].encode("utf-8")), "utf-16": len(text[at].encode("utf-16-le")) // 2, "utf-32": 1}[encoding]
        at += 1
    return at


def apply_edits(text, edits, encoding):
    places = [(offset(text, edit["range"]["start"], encoding), offset(text, edit["range"]["end"], encoding), index,
               edit["newText"]) for index, edit in enumerate(edits)]
    ordered = sorted(places)
    for before, after in zip(ordered, ordered[1:]):
        assert before[1] <= after[0], f"edits overlap: {before} {after}"
    for start, end, _, new in reversed(ordered):
        text = text[:start] + new + text[end:]
    return text


def text_at(text, place, encoding):
    return text[offset(text, place["start"], encoding):offset(text, place["end"], encoding)]
