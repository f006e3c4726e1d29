"""SARIF output holds what the standard (SARIF 2.1.0) asks for, and its places and replacements are those of the files.

    sarif.py BINARY FOLDER...    FOLDER: trees to look at, beside small ones that are made here

The objects that loopsafe writes are described in SHAPES, after the standard's text: the keys each may have, which of
them it must have, and what they hold.
"""

import json
import re
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

TEXT, NUMBER, ANY = "text", "number", "any"

# Name of an object: {key: what it holds}; a key with "!" must be there; [x]: a list of x; a name: such an object.
SHAPES = {
    "log": {"$schema": TEXT, "version!": TEXT, "runs!": ["run"]},
    "run": {"tool!": "tool", "columnKind": TEXT, "originalUriBaseIds": "bases", "results": ["result"]},
    "tool": {"driver!": "driver"},
    "driver": {"name!": TEXT, "version": TEXT, "semanticVersion": TEXT, "rules": ["rule"]},
    "rule": {"id!": TEXT, "name!": TEXT, "shortDescription!": "message", "fullDescription!": "message", "help!": "help",
             "defaultConfiguration!": "configuration"},
    "configuration": {"level!": TEXT},
    "message": {"text!": TEXT},
    "help": {"text!": TEXT, "markdown!": TEXT},
    "bases": {"SRCROOT!": "artifact"},
    "artifact": {"uri!": TEXT, "uriBaseId": TEXT},
    "result": {"ruleId!": TEXT, "ruleIndex!": NUMBER, "level!": TEXT, "message!": "message", "locations!": ["location"],
               "relatedLocations": ["location"], "codeFlows": ["flow"], "partialFingerprints!": "prints",
               "fixes": ["fix"], "properties!": ANY},
    "prints": {"loopsafe/v1!": TEXT},
    "location": {"id": NUMBER, "physicalLocation!": "physical", "logicalLocations": ["logical"], "message": "message"},
    "physical": {"artifactLocation!": "artifact", "region": "region"},
    "region": {"startLine!": NUMBER, "startColumn!": NUMBER, "endLine!": NUMBER, "endColumn!": NUMBER},
    "logical": {"fullyQualifiedName!": TEXT, "kind!": TEXT},
    "flow": {"threadFlows!": ["thread"]},
    "thread": {"locations!": ["stop"]},
    "stop": {"location!": "location", "nestingLevel": NUMBER},
    "fix": {"description!": "message", "artifactChanges!": ["change"], "properties!": ANY},
    "change": {"artifactLocation!": "artifact", "replacements!": ["replacement"]},
    "replacement": {"deletedRegion!": "region", "insertedContent!": "message"},
}
LEVELS = {"error", "warning", "note"}
LINE_END = re.compile(r"\r\n|\r|\n")


def misshapen(value, shape, where):
    """What the value has that its shape does not allow, or lacks."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: no list"]
        return [trouble for i, item in enumerate(value) for trouble in misshapen(item, shape[0], f"{where}[{i}]")]
    if shape in (TEXT, NUMBER):
        fits = isinstance(value, str) if shape == TEXT else isinstance(value, int) and not isinstance(value, bool)
        return [] if fits else [f"{where}: no {shape}"]
    if shape == ANY:
        return []
    if not isinstance(value, dict):
        return [f"{where}: no object"]
    keys = {key.rstrip("!"): kind for key, kind in SHAPES[shape].items()}
    troubles = [f"{where}: {key} is missing" for key in SHAPES[shape] if key.endswith("!") and key[:-1] not in value]
    for key, item in value.items():
        known = key in keys
        troubles += misshapen(item, keys[key], f"{where}.{key}") if known else [f"{where}: {key} is not known"]
    return troubles


class Files:
    """Texts by artifact location."""

    def __init__(self, run):
        self.root = run["originalUriBaseIds"]["SRCROOT"]["uri"]

    def path(self, artifact):
        base = {"SRCROOT": self.root, None: ""}[artifact.get("uriBaseId")]
        uri = base + artifact["uri"]
        assert uri.startswith("file:///"), uri
        assert re.fullmatch(r"[A-Za-z0-9%/:._~-]*", uri), uri
        assert ".." not in uri.split("/"), uri
        return Path(urllib.parse.unquote(uri[len("file://"):]))

    def text(self, artifact):
        return self.path(artifact).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")

    def span(self, artifact, region):
        """Offsets into the text, in code points."""
        starts = [0] + [match.end() for match in LINE_END.finditer(self.text(artifact))]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        assert 0 <= start <= end <= len(self.text(artifact)), (artifact, region)
        return start, end


def locations(result):
    yield from result["locations"]
    yield from result.get("relatedLocations", [])
    for flow in result.get("codeFlows", []):
        yield from (stop["location"] for stop in flow["threadFlows"][0]["locations"])


def check_result(run, files, result):
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"], result
    assert result["level"] in LEVELS and len(result["locations"]) == 1
    assert re.fullmatch(r"[0-9a-f]{32}", result["partialFingerprints"]["loopsafe/v1"])
    for location in locations(result):
        physical = location["physicalLocation"]
        start, end = files.span(physical["artifactLocation"], physical["region"])
        assert start < end or result["ruleId"].startswith("LS9"), location
    if "codeFlows" in result:
        stops = [stop["location"]["physicalLocation"] for stop in result["codeFlows"][0]["threadFlows"][0]["locations"]]
        related = [location["physicalLocation"] for location in result["relatedLocations"]]
        assert len(stops) > 1 and related in (stops, stops[1:]), result
    return len(result.get("fixes", []))


def fixed(files, change):
    """The file's text with the replacements."""
    artifact = change["artifactLocation"]
    text = files.text(artifact)
    spans = [(files.span(artifact, item["deletedRegion"]), item["insertedContent"]["text"])
             for item in change["replacements"]]
    assert spans == sorted(spans, key=lambda item: item[0]), "replacements are not in order"
    for (start, end), new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text


def sarif_of(binary, folder, *options):
    done = subprocess.run([binary, "check", "--no-cache", "--output-format", "sarif", *options], cwd=folder,
                          capture_output=True, timeout=300, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout.decode("utf-8"))


def check_log(log):
    """Numbers of results and of fixes."""
    troubles = misshapen(log, "log", "log")
    assert not troubles, "\n".join(troubles[:20])
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    run = log["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules)) == sorted({result["ruleId"] for result in run["results"]})
    assert all(rule["defaultConfiguration"]["level"] in LEVELS for rule in run["tool"]["driver"]["rules"])
    files = Files(run)
    fixes = sum(check_result(run, files, result) for result in run["results"])
    return len(run["results"]), fixes


HEAD = "import asyncio{end}import time{end}{end}{end}async def f():{end}"
FOUND = '    print("\U0001d11e"); time.sleep(1)  # \u00e4{end}'
WANTED = '    print("\U0001d11e"); await asyncio.sleep(1)  # \u00e4{end}'


def check_replacements(binary, name, end, mark):
    """The fix of a file with that line end and byte order mark, as SARIF says it."""
    with tempfile.TemporaryDirectory() as folder:
        text = mark + (HEAD + FOUND).format(end=end)
        (Path(folder) / name).write_bytes(text.encode("utf-8"))
        run = sarif_of(binary, folder)["runs"][0]
        fix = run["results"][0]["fixes"][0]
        assert fix["properties"]["applicability"] == "safe"
        got = fixed(Files(run), fix["artifactChanges"][0])
        assert got.count("await asyncio.sleep(1)") == 1 and got == (HEAD + WANTED).format(end=end), got


def main():
    binary = str(Path(sys.argv[1]).resolve())
    passed = 0
    for end in ("\n", "\r\n", "\r"):
        for mark in ("", "\ufeff"):
            check_replacements(binary, "a b\u00e4%#.py", end, mark)
            passed += 1
    for folder in sys.argv[2:]:
        results, fixes = check_log(sarif_of(binary, folder, "--scope", "all"))
        assert results, folder
        print(f"{folder}: {results} results, {fixes} fixes")
        passed += 1
    with tempfile.TemporaryDirectory() as folder:
        assert check_log(sarif_of(binary, folder)) == (0, 0)
        passed += 1
        # From elsewhere, files are named whole.
        (Path(folder) / "a.py").write_text((HEAD + FOUND).format(end="\n"), "utf-8")
        (Path(folder) / "below").mkdir()
        log = sarif_of(binary, Path(folder) / "below", "../a.py")
        assert check_log(log)[0] == 1
        assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {
            "uri": (Path(folder).resolve() / "a.py").as_uri()}
        passed += 1
    print(f"{passed} passed, 0 failed")


main()
