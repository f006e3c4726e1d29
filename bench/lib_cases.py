"""The cases that were read by hand, their classes, and whether a tool's places answer them.

Used by bench/incidents. incidents.jsonl, negatives.jsonl and judged.jsonl hold one case a line; every case names a
repository, a commit, a path and a line.
"""
import ast
import json
import re

CLASSES = ("direct", "same file", "cross-file", "cross-package")
APART = ("cpu", "sequential-await")
FAMILIES = {"direct-blocking": "direct", "direct-blocking-hard": "direct", "fs-metadata": "direct, file metadata"}
CPU_FAMILIES = {"cpu-known-call": "cpu, known call", "cpu-loop-with-heavy-callee": "cpu, loop with a heavy callee",
                "cpu-transitive-heavy": "cpu, transitive", "no-await-loop": "cpu, loop or while without await",
                "no-await-loop-nested": "cpu, loop or while without await", "no-await-while": "cpu, loop or while without await"}
SEQUENCE, LOOP = "awaits in sequence", "awaits in a loop"
GROUPS = ("direct", "direct, file metadata", "transitive", *dict.fromkeys(CPU_FAMILIES.values()), SEQUENCE, LOOP)
# A site of an await in a loop names the `for`; the finding stands at the await, at most so many lines below.
LOOP_LINES = 15


def load(folder, only):
    wanted = re.compile(only or "")
    cases = {}
    for name in ("incidents", "negatives", "judged"):
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines() if line.strip()]
        cases[name] = [row for row in rows if wanted.search(f"{row.get('id', '')} {row['repo']}")]
    cases["judged"] = [row for row in cases["judged"] if group_of(row)]
    return cases


def class_of(row):
    if row["kind"] in APART:
        return row["kind"]
    if row["crosses_package"]:
        return "cross-package"
    if row["crosses_file"]:
        return "cross-file"
    return "same file" if row["depth"] else "direct"


def group_of(row):
    family = row["family"]
    if family.startswith("transitive-blocking"):
        return "transitive"
    if family.startswith(("sequential-await", "seq-rule")):
        return SEQUENCE
    if family.startswith(("await-in-for", "loop-rule")):
        return LOOP
    return FAMILIES.get(family) or CPU_FAMILIES.get(family.split(":")[0])


def claims(place, wanted):
    """Whether a place says what is wanted: a family of loopsafe's codes; of a peer everything counts as LS1."""
    return place.code.startswith(wanted) if place.code.startswith("LS") else "LS1".startswith(wanted)


def covering(places, path, line, slack, wanted="LS1"):
    return [place for place in places
            if place.path == path and place.row - slack <= line <= place.end + slack and claims(place, wanted)]


# Whatever stalls the loop: of several causes in one statement the strongest is reported.
STALLS = ("LS1", "LS3", "LS407")


def wanted_of(row):
    awaits = row.get("kind") == "sequential-await" or "family" in row and group_of(row) in (SEQUENCE, LOOP)
    return "LS2" if awaits else STALLS


def incident_found(row, places):
    return covering(places, row["path"], row["line"], 1, wanted_of(row))


def incident_near(row, places):
    """The primitive is known to run on the loop, although the finding stands elsewhere."""
    sink = row["sink_path"], row["sink_line"]
    return sink[1] is not None and (bool(covering(places, *sink, 0)) or any(place.sink == sink for place in places))


def exactly_on(row, places):
    """A judged loop is answered by what is said anywhere in it; `end` is its last line."""
    if "family" in row and group_of(row) == LOOP:
        return [place for place in places if place.path == row["path"] and place.code == "LS202"
                and place.row - LOOP_LINES <= row["line"] <= place.end]
    if row.get("family", "").split(":")[0] not in CPU_FAMILIES:
        return covering(places, row["path"], row["line"], 0, wanted_of(row))
    return [place for place in places if place.path == row["path"] and place.code.startswith("LS3")
            and place.row <= row.get("end", row["line"]) and row["line"] <= place.end]


def loop_end(text, line):
    """The last line of the loop that starts on the line."""
    try:
        loops = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.For, ast.AsyncFor, ast.While))]
    except SyntaxError:
        return line
    return max((node.end_lineno for node in loops if node.lineno == line), default=line)
