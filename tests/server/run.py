"""The language server, spoken to as an editor does.

    run.py BINARY [NAME...]      NAME: only these cases

Each function case_* is a case: it gets the binary and an empty folder.
"""

import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from client import Client, apply_edits, text_at, uri_of  # noqa: E402

SLEEPER = "import asyncio\nimport time\n\n\nasync def f():\n    time.sleep(1)\n"
FIXED = "import asyncio\nimport time\n\n\nasync def f():\n    await asyncio.sleep(1)\n"


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def started(binary, folder, **options):
    client = Client(binary, folder, **options)
    client.start()
    return client


def codes(diagnostics):
    return [item["code"] for item in diagnostics]


def quickfixes(actions):
    return [action for action in actions if action["kind"] == "quickfix"]


def change_of(text, old, new, line):
    """A change of the one place in a line of ASCII."""
    start = text.split("\n")[line].index(old)
    return {"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + len(old)}},
            "text": new}


def case_open_change_fix(binary, folder):
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    found = client.diagnosed(uri)
    assert codes(found) == ["LS101"], found
    assert found[0]["source"] == "loopsafe" and found[0]["severity"] == 1 and len(found[0]["data"]["fingerprint"]) == 32
    assert text_at(SLEEPER, found[0]["range"], "utf-16") == "time.sleep(1)"
    [action] = quickfixes(client.actions(uri, found[0]["range"]))
    assert action["isPreferred"] is True and codes(action["diagnostics"]) == ["LS101"], action
    assert action["edit"]["documentChanges"][0]["textDocument"] == {"uri": uri, "version": 1}
    client.apply(action["edit"])
    assert client.texts[uri][1] == FIXED
    assert client.diagnosed(uri) == []
    assert client.actions(uri) == []
    # What is typed back comes back, and is the same finding.
    client.change(uri, change_of(FIXED, "await asyncio.sleep", "time.sleep", 5))
    again = client.diagnosed(uri)
    assert codes(again) == ["LS101"] and again[0]["data"] == found[0]["data"]
    assert path.read_text() == SLEEPER
    assert client.stop() == 0 and client.errors == []


def case_actions_are_where_they_are_asked_for(binary, folder):
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    client.diagnosed(uri)
    elsewhere = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    at_end = {"start": {"line": 5, "character": 17}, "end": {"line": 5, "character": 17}}
    assert quickfixes(client.actions(uri, elsewhere)) == []
    assert len(quickfixes(client.actions(uri, at_end))) == 1
    assert quickfixes(client.actions(uri, only=["source"])) == []
    assert [item["kind"] for item in client.actions(uri, only=["source.fixAll"])] == ["source.fixAll.loopsafe"]
    assert [item["kind"] for item in client.actions(uri, only=["quickfix"])] == ["quickfix"]
    assert client.actions(uri, only=["refactor", "sourcery"]) == []
    assert client.actions(uri_of(folder / "not-open.py")) == []
    assert client.stop() == 0


def case_fix_all(binary, folder):
    body = "".join(f"    time.sleep({i})  # {i}\n" for i in range(1, 6))
    path = write(folder, "a.py", "import asyncio\nimport time\n\n\nasync def f():\n" + body)
    client = started(binary, folder)
    uri = client.open(path)
    assert len(client.diagnosed(uri)) == 5
    [action] = client.actions(uri, only=["source.fixAll.loopsafe"])
    client.apply(action["edit"])
    fixed = client.texts[uri][1]
    assert fixed.count("await asyncio.sleep(") == 5 and fixed.count("import asyncio") == 1, fixed
    compile(fixed, "a.py", "exec")
    assert client.diagnosed(uri) == []
    assert client.stop() == 0


def case_positions(binary, folder):
    """Every encoding, with line ends and characters of every width, reads and writes the same places."""
    line = '    print("\u00e4\u20ac\U0001d11e"); time.sleep(1); print("\U0001f600")'
    for name, encodings, agreed in [("a", None, "utf-16"), ("b", ["utf-8", "utf-16"], "utf-8"), ("c", ["utf-32"], "utf-32"),
                                    ("d", ["ucs-2"], "utf-16")]:
        for end in ("\n", "\r\n", "\r"):
            for mark in ("", "\ufeff"):
                text = mark + end.join(["import asyncio", "import time", "", "async def f():", line, ""])
                inner = folder / f"{name}{len(end)}{ord(end[0])}{len(mark)}"
                path = write(inner, "a.py", text)
                client = started(binary, inner, encodings=encodings)
                assert client.encoding == agreed
                uri = client.open(path)
                [found] = client.diagnosed(uri)
                assert text_at(text, found["range"], agreed) == "time.sleep(1)", (agreed, end, found["range"])
                # An edit behind wide characters lands where the client meant it.
                start = len(line[:line.index("1")].encode({"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[agreed]))
                start //= {"utf-8": 1, "utf-16": 2, "utf-32": 4}[agreed]
                place = {"start": {"line": 4, "character": start}, "end": {"line": 4, "character": start + 1}}
                client.change(uri, {"range": place, "text": "len('\U0001d11e')"}, {"range": {**place, "end": place["start"]}, "text": "3 + "})
                assert "time.sleep(3 + len('\U0001d11e'))" in client.texts[uri][1]
                [found] = client.diagnosed(uri)
                wanted = "time.sleep(3 + len('\U0001d11e'))"
                assert text_at(client.texts[uri][1], found["range"], agreed) == wanted, found
                [action] = quickfixes(client.actions(uri))
                client.apply(action["edit"])
                assert "; await asyncio.sleep(3 + len('\U0001d11e')); print" in client.texts[uri][1], client.texts[uri][1]
                assert client.stop() == 0


def case_mark_on_the_first_line(binary, folder):
    """A client that shows the byte order mark counts it."""
    text = "\ufeffimport time; f = time.sleep\nasync def g(): f(1)\n"
    path = write(folder, "a.py", text)
    client = started(binary, folder)
    uri = client.open(path)
    [found] = client.diagnosed(uri)
    assert text_at(text, found["range"], "utf-16") == "f(1)"
    for action in quickfixes(client.actions(uri)):
        compile(apply_edits(text, action["edit"]["documentChanges"][0]["edits"], "utf-16").lstrip("\ufeff"), "a", "exec")
    assert client.stop() == 0


def case_incremental_changes(binary, folder):
    """The server's text is the client's after many small changes: its findings show it."""
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    client.diagnosed(uri)
    client.change(uri, {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "# \u00e4\r\n\r\n"})
    client.change(uri, {"range": {"start": {"line": 7, "character": 4}, "end": {"line": 7, "character": 4}}, "text": "pass; "},
                  {"range": {"start": {"line": 99, "character": 9}, "end": {"line": 99, "character": 9}}, "text": "    time.sleep(2)"},
                  {"range": {"start": {"line": 0, "character": 1}, "end": {"line": 1, "character": 999}}, "text": ""})
    found = client.diagnosed(uri)
    text = client.texts[uri][1]
    assert [text_at(text, item["range"], "utf-16") for item in found] == ["time.sleep(1)", "time.sleep(2)"], (text, found)
    client.change(uri, {"text": "import time\n"}, {"text": FIXED})
    assert client.diagnosed(uri) == []
    assert client.stop() == 0


def case_chain_through_buffers(binary, folder):
    """A finding in one buffer depends on another one that is not saved; the chain leads there."""
    caller = write(folder, "app/caller.py", "from app import work\n\n\nasync def f():\n    work.go()\n")
    worker = write(folder, "app/work.py", "import time\n\n\ndef go():\n    time.sleep(1)\n")
    client = started(binary, folder)
    uri, other = client.open(caller), client.open(worker)
    [found] = client.diagnosed(uri)
    assert found["relatedInformation"][-1]["location"]["uri"] == other
    place = found["relatedInformation"][-1]["location"]["range"]
    assert text_at(client.texts[other][1], place, "utf-16") == "time.sleep(1)", place
    assert client.diagnosed(other) == []
    client.change(other, {"text": "def go():\n    pass\n"})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri and not message["params"]["diagnostics"])
    # Closed without saving: the disk counts again.
    client.notify("textDocument/didClose", {"textDocument": {"uri": other}})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri and message["params"]["diagnostics"])
    # Changed on the disk by somebody else.
    worker.write_text("def go():\n    pass\n")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": other, "type": 2}]})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri and not message["params"]["diagnostics"])
    assert client.stop() == 0


def case_newest_text_only(binary, folder):
    """While somebody types, diagnostics are only sent for the text that stands; a question waits for its text."""
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    for i in range(40):
        client.change(uri, {"text": SLEEPER + "#" * i + "\n"})
        time.sleep(0.005)
    client.change(uri, {"text": "# now\n" + SLEEPER})
    # Asked at once, before anything was analysed.
    [action] = quickfixes(client.actions(uri))
    edit = action["edit"]["documentChanges"][0]
    assert edit["textDocument"]["version"] == client.texts[uri][0]
    assert apply_edits(client.texts[uri][1], edit["edits"], "utf-16") == "# now\n" + FIXED
    [found] = client.diagnosed(uri)
    assert found["range"]["start"]["line"] == 6
    assert client.diagnostics[uri]["version"] == client.texts[uri][0]
    assert client.stop() == 0


def case_cancelled_question(binary, folder):
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    client.diagnosed(uri)
    client.change(uri, {"text": SLEEPER + "\n"})
    params = {"textDocument": {"uri": uri}, "range": {"start": {"line": 5, "character": 5}, "end": {"line": 5, "character": 5}},
              "context": {"diagnostics": []}}
    asked = client.ask("textDocument/codeAction", params)
    client.notify("$/cancelRequest", {"id": asked})
    answer = client.answer(asked)
    # The analysis may have been quicker than the cancellation.
    assert answer.get("error", {}).get("code") == -32800 or answer["result"], answer
    client.notify("$/cancelRequest", {"id": "unknown"})
    client.notify("$/somethingNew", {})
    assert client.stop() == 0


def case_plain_changes(binary, folder):
    """A client that knows no documentChanges gets `changes`, one that knows no related information none."""
    literal = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}
    write(folder, "b.py", "import time\n\n\ndef go():\n    time.sleep(1)\n")
    path = write(folder, "a.py", SLEEPER + "    import b\n    b.go()\n")
    client = started(binary, folder, capabilities={"textDocument": {"codeAction": literal}})
    uri = client.open(path)
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    found = client.diagnostics[uri]
    assert len(found["diagnostics"]) == 2 and "version" not in found
    assert all("relatedInformation" not in item for item in found["diagnostics"])
    [action] = quickfixes(client.actions(uri, found["diagnostics"][0]["range"]))
    assert "isPreferred" not in action and list(action["edit"]) == ["changes"]
    assert apply_edits(client.texts[uri][1], action["edit"]["changes"][uri], "utf-16").startswith(FIXED)
    assert not any(message["method"] == "client/registerCapability" for message in client.other)
    assert client.stop() == 0
    # A client so old that it takes commands only gets no actions.
    client = started(binary, folder, capabilities={})
    uri = client.open(path)
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    assert client.actions(uri) == []
    assert client.stop() == 0


def case_file_without_folder(binary, folder):
    path = write(folder, "a b\u00e4%.py", SLEEPER)
    client = started(binary, None)
    uri = client.open(path)
    assert codes(client.diagnosed(uri)) == ["LS101"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    assert client.diagnostics[uri]["diagnostics"] == []
    uri = client.open(path)
    assert codes(client.diagnosed(uri)) == ["LS101"]
    assert client.stop() == 0
    # Spelled in another way than we would: the client's spelling comes back.
    client = started(binary, folder)
    uri = "file://" + "".join("/" if byte == 47 else f"%{byte:02x}" for byte in bytes(path))
    client.texts[uri] = [1, SLEEPER]
    client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": SLEEPER}})
    assert codes(client.diagnosed(uri)) == ["LS101"]
    assert client.stop() == 0


def case_folders_come_and_go(binary, folder):
    path = write(folder, "one/a.py", "import work\n\n\nasync def f():\n    work.go()\n")
    write(folder, "one/work.py", "import time\n\n\ndef go():\n    time.sleep(1)\n")
    client = started(binary, None)
    uri = client.open(path)
    client.diagnosed(uri)
    event = {"uri": uri_of(folder / "one"), "name": "one"}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [event], "removed": []}})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["diagnostics"])
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [event]}})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    assert client.stop() == 0


def case_all_files(binary, folder):
    write(folder, "a.py", SLEEPER)
    write(folder, "b.py", SLEEPER)
    client = started(binary, folder, arguments=("--no-cache", "--all-files"))
    a, b = uri_of(folder / "a.py"), uri_of(folder / "b.py")
    while set(client.diagnostics) != {a, b}:
        client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics")
    write(folder, "b.py", FIXED)
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": b, "type": 2}]})
    client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics"
                and message["params"] == {"uri": b, "diagnostics": []})
    assert client.stop() == 0


def case_setup_trouble(binary, folder):
    path = write(folder, "a.py", SLEEPER)
    write(folder, "loopsafe.toml", "select = 5\n")
    client = started(binary, folder)
    uri = client.open(path)
    shown = client.take(lambda message: message.get("method") == "window/showMessage")["params"]
    assert shown["type"] == 1 and "loopsafe.toml" in shown["message"] and "\n" not in shown["message"], shown
    assert client.actions(uri) == []
    # The same trouble is not told twice; a repaired file is seen.
    client.change(uri, {"text": SLEEPER + "\n"})
    assert client.actions(uri) == []
    assert sum(message["method"] == "window/showMessage" for message in client.other) == 1
    write(folder, "loopsafe.toml", "ignore = []\n")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri_of(folder / "loopsafe.toml"), "type": 2}]})
    assert codes(client.diagnosed(uri)) == ["LS101"]
    assert client.stop() == 0


def case_configuration_counts(binary, folder):
    path = write(folder, "a.py", SLEEPER)
    write(folder, "loopsafe.toml", 'ignore = ["LS101"]\n')
    client = started(binary, folder)
    assert client.diagnosed(client.open(path)) == []
    assert client.stop() == 0


def case_edit_of_a_closed_file_that_changed(binary, folder):
    """Nothing stale is offered: neither for a buffer nor for a file of the disk."""
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    client.diagnosed(uri)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.actions(uri) == []
    assert client.stop() == 0


def case_order_of_life(binary, folder):
    client = Client(binary, folder)
    early = client.answer(client.ask("textDocument/codeAction", {}))
    assert early["error"]["code"] == -32002, early
    client.notify("textDocument/didOpen", {})
    client.start()
    assert client.answer(client.ask("initialize", {}))["error"]["code"] == -32600
    assert client.answer(client.ask("textDocument/hover", {}))["error"]["code"] == -32601
    assert client.answer(client.ask("textDocument/didOpen", {}))["error"]["code"] == -32600
    assert client.answer(client.ask("textDocument/codeAction", {}))["error"]["code"] == -32602
    assert client.request("shutdown") is None
    assert client.answer(client.ask("textDocument/codeAction", {}))["error"]["code"] == -32600
    client.notify("exit")
    assert client.ended() == 0


def case_ends_without_shutdown(binary, folder):
    client = started(binary, folder)
    client.notify("exit")
    assert client.ended() == 1
    client = started(binary, folder)
    client.process.stdin.close()
    assert client.process.wait(60) == 1
    client = Client(binary, folder)
    client.notify("exit")
    assert client.ended() == 1


def case_exit_while_analysing(binary, folder):
    """The end does not wait for a long analysis."""
    for i in range(300):
        write(folder, f"m{i}.py", SLEEPER * 20)
    client = started(binary, folder)
    client.open(folder / "m0.py")
    time.sleep(0.05)
    begun = time.monotonic()
    assert client.stop() == 0
    assert time.monotonic() - begun < 10


def case_ids(binary, folder):
    client = started(binary, folder)
    for identity in ("text", "", -5, 2**40, 0):
        client.send({"jsonrpc": "2.0", "id": identity, "method": "unknown"})
        assert client.take(lambda message: "error" in message)["id"] == identity
    client.send({"jsonrpc": "2.0", "id": {"no": "id"}, "method": "unknown"})
    assert client.take(lambda message: "error" in message)["id"] is None
    client.send({"jsonrpc": "2.0", "id": 77, "result": None})
    assert client.stop() == 0


BROKEN = [
    b"Content-Length: 5\r\n\r\n{\"a\":",
    b"Content-Length: 2\r\n\r\n[]",
    b"Content-Length: 4\r\n\r\nnull",
    b"Content-Length: 0\r\n\r\n",
    b"Content-Length: twelve\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: 99999999999999999999999999\r\nContent-Length: 3\r\n\r\n\"a\"",
    b"No-Length: 7\r\n\r\n",
    b"x" * 20000 + b"\n",
    b"Content-Length: 2000\r\n\r\n" + b"[" * 2000,
    b"content-length:6\nX: y\n\n\xff\xfe\xfd{}\n",
    b'Content-Length: 31\r\n\r\n{"jsonrpc":"2.0","method":12  }',
]


def case_broken_messages(binary, folder):
    """Each is told of in one line and with an error, and the next message is understood."""
    client = started(binary, folder)
    for data in BROKEN:
        told = len(client.errors)
        client.send_bytes(data)
        answer = client.take(lambda message: "error" in message)
        assert answer["id"] is None and answer["error"]["code"] in (-32700, -32600), (data, answer)
        assert client.answer(client.ask("unknown"))["error"]["code"] == -32601, data
        deadline = time.monotonic() + 10
        while len(client.errors) == told and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(client.errors) == told + 1 and client.errors[-1].startswith("warning: editor: "), (data, client.errors[told:])
    assert client.stop() == 0


def case_broken_parameters(binary, folder):
    """Whatever the parameters are: no crash, no hang."""
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    client.diagnosed(uri)
    values = [None, 5, "text", [], [[]], {}, {"textDocument": 7}, {"textDocument": {"uri": 5}},
              {"textDocument": {"uri": "file:///%zz"}}, {"textDocument": {"uri": "untitled:1", "text": "", "languageId": "python"}},
              {"textDocument": {"uri": "file:///nowhere/x.py", "text": "import", "version": 1e300}},
              {"changes": [1, {"uri": 2}, {"uri": "file://"}]}, {"event": {"added": [{}, 3], "removed": "x"}},
              {"textDocument": {"uri": uri}, "range": {"start": {"line": -1, "character": 2}, "end": {"line": 1e99, "character": 2}}},
              {"textDocument": {"uri": uri}, "range": {"start": {"line": 4e9, "character": 4e9}, "end": {"line": 4e9, "character": 4e9}}}]
    names = ["textDocument/didOpen", "textDocument/didSave", "textDocument/didClose", "workspace/didChangeWatchedFiles",
             "workspace/didChangeWorkspaceFolders", "$/cancelRequest", "initialized"]
    for value in values:
        for name in names:
            client.send({"jsonrpc": "2.0", "method": name, "params": value})
        client.answer(client.ask("textDocument/codeAction", value))
    uri = client.open(path)
    assert codes(client.diagnosed(uri)) == ["LS101"]
    # After a change that is none the server knows nothing of the text, and says so.
    for change in (5, {}, [{"text": 5}], [{"text": "", "range": {"start": {"line": 3, "character": 0}, "end": {"line": 1, "character": 0}}}]):
        client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 9}, "contentChanges": change})
        client.take(lambda message: message.get("method") == "textDocument/publishDiagnostics" and not message["params"]["diagnostics"])
        assert client.actions(uri) == []
        uri = client.open(path)
        assert codes(client.diagnosed(uri)) == ["LS101"]
    assert client.stop() == 0


def case_odd_texts(binary, folder):
    """NUL, half surrogate pairs, texts that are not Python: the text stays in step with the client's."""
    path = write(folder, "a.py", SLEEPER)
    client = started(binary, folder)
    uri = client.open(path)
    client.diagnosed(uri)
    for odd in ("\ud83d", "\udc00\ud83d", "\x00", "\\u0000", "\\\\ud83d", "\u2028", "\x0c", "\x85"):
        client.change(uri, {"text": f"import time\n#{odd}#\nasync def f():\n    '{odd}'; time.sleep(1)\n"})
        found = client.diagnosed(uri)
        text = client.texts[uri][1]
        line = text.split("\n")[3]
        start = len(line[:line.index("time")].encode("utf-16-le", "surrogatepass")) // 2
        assert [item["range"]["start"] for item in found if item["code"] == "LS101"] == [{"line": 3, "character": start}], (odd, found)
    client.change(uri, {"text": "(" * 5000})
    client.diagnosed(uri)
    client.change(uri, {"text": ""})
    assert client.diagnosed(uri) == []
    client.change(uri, {"text": SLEEPER})
    assert codes(client.diagnosed(uri)) == ["LS101"]
    assert client.stop() == 0


def case_encoding_of_the_file(binary, folder):
    """The buffer is text, whatever the file's bytes are."""
    text = '# coding: latin-1\nimport time\n\n\nasync def f():\n    "\u00e4\u00f6"; time.sleep(1)\n'
    path = folder / "a.py"
    path.write_bytes(text.encode("latin-1"))
    client = started(binary, folder)
    uri = client.open(path, text)
    [found] = client.diagnosed(uri)
    assert text_at(text, found["range"], "utf-16") == "time.sleep(1)", found
    client.change(uri, change_of(text, "\u00e4", "\u00e4\u00e4\u20ac", 5))
    [found] = client.diagnosed(uri)
    assert text_at(client.texts[uri][1], found["range"], "utf-16") == "time.sleep(1)", found
    assert client.stop() == 0


def case_cache(binary, folder):
    """With the cache, and with a buffer that is not saved, the findings are the same."""
    path = write(folder, "a.py", SLEEPER)
    write(folder, "pyproject.toml", "")
    for _ in range(2):
        client = started(binary, folder, arguments=())
        uri = client.open(path)
        assert codes(client.diagnosed(uri)) == ["LS101"]
        client.change(uri, {"text": "\n\n" + SLEEPER})
        [found] = client.diagnosed(uri)
        assert found["range"]["start"]["line"] == 7
        client.change(uri, {"text": SLEEPER})
        [found] = client.diagnosed(uri)
        assert found["range"]["start"]["line"] == 5
        assert client.stop() == 0
    assert (folder / ".loopsafe_cache").is_dir()


def case_bytes_one_by_one(binary, folder):
    client = started(binary, folder)
    body = json.dumps({"jsonrpc": "2.0", "id": "slow", "method": "unknown"}).encode()
    for byte in b"Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n" % len(body) + body:
        client.send_bytes(bytes([byte]))
    assert client.answer("slow")["error"]["code"] == -32601
    two = b"Content-Length: %d\r\n\r\n" % len(body) + body
    client.send_bytes(two + two)
    client.answer("slow")
    client.answer("slow")
    assert client.stop() == 0


def case_client_that_does_not_read(binary, folder):
    """Answers wait until they are read; the server goes on reading meanwhile."""
    import subprocess
    process = subprocess.Popen([binary, "server", "--no-cache"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    count = 20000
    first = json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}).encode()
    process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(first) + first)
    for i in range(1, count):
        body = json.dumps({"jsonrpc": "2.0", "id": i, "method": "unknown"}).encode()
        process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    process.stdin.flush()
    done, _ = process.communicate(timeout=60)
    assert done.count(b'"id":') == count and process.returncode == 1


def main():
    binary = os.path.abspath(sys.argv[1])
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    wanted = sys.argv[2:] or sorted(cases)
    failed = 0
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="server-") as folder:
            try:
                cases[name](binary, Path(folder).resolve())
            except Exception:
                failed += 1
                print(f"--- {name}")
                traceback.print_exc(file=sys.stdout)
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
