"""A source file includes its own layer or a lower one, never an upper one; borders of libraries stay where they are.

    python3 tests/layers.py src
"""
import pathlib
import re
import sys

LAYERS = ["base", "source", "rules", "python", "native", "project", "program", "checks", "fixes", "report", "session", "server",
          "probe", "load", "model", "standin", "runtime", "verify", "cli"]
# Layers that run other people's code, or are run with it: each sees these lower ones alone.
SEES = {"probe": {"base"}, "load": {"base"}, "model": {"base", "load"}, "standin": {"base", "source", "probe"},
        "runtime": {"base", "load", "probe"}, "verify": {"base", "source", "load", "model", "runtime", "probe"}}
# All that the layer above may see of a layer: the command line starts the server and knows nothing else of it.
DOORS = {"server": "server/server.h"}
# Layers on one level that may not see each other either.
SIDE_BY_SIDE = [{"source", "rules"}, {"python", "native"}, {"rules", "project"}, {"python", "project"}, {"native", "project"}, {"fixes", "report"}]
BORDERS = {"tree_sitter/": {"python", "session/toml.c"}, "clang-c/": {"native"}, "cjson/": {"base", "rules"},
           "xxhash.h": {"session/store_hash.c"}}


def trouble(path, layer, included, root):
    head = included.split("/")[0]
    for border, allowed in BORDERS.items():
        if included.startswith(border):
            place = path.relative_to(root).as_posix()
            return None if layer in allowed or place in allowed else f"includes {included}, a border of {sorted(allowed)}"
    if head not in LAYERS:
        return None
    if LAYERS.index(head) > LAYERS.index(layer):
        return f"{layer}/ includes {included}, which stands above it"
    if head != layer and layer in SEES and head not in SEES[layer]:
        return f"{layer}/ includes {included}, but may only see {sorted(SEES[layer])}"
    if head != layer and any({head, layer} == pair for pair in SIDE_BY_SIDE if pair != {"source", "rules"}):
        return f"{layer}/ includes {included}, which stands beside it"
    if head != layer and DOORS.get(head, included) != included:
        return f"{layer}/ includes {included}, of which it may only see {DOORS[head]}"
    return None


def main():
    root = pathlib.Path(sys.argv[1])
    failures, seen = [], 0
    for path in sorted(root.rglob("*.[ch]")):
        layer = path.relative_to(root).parts[0]
        seen += 1
        if layer not in LAYERS:
            failures.append(f"{path}: {layer}/ is no layer")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+["<]([^">]+)[">]', line)
            problem = match and trouble(path, layer, match.group(1), root)
            if problem:
                failures.append(f"{path}:{number}: {problem}")
        if path.suffix == ".c" and '#include "base/banned.h"' not in path.read_text():
            failures.append(f"{path}: does not include base/banned.h")
    print("\n".join(failures))
    print(f"{seen - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not seen else 0


sys.exit(main())
