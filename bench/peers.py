"""Line by line against the peers' own test inputs.

    python3 bench/peers.py --loopsafe build/release/loopsafe FILE…

FILE: Python inputs of ruff's flake8_async tests or flake8-async's eval_files. ruff (ASYNC2, preview) and flake8-async (ASYNC2)
are run on each where they are installed; loopsafe runs with --strict, as the peers know no cheap calls. Printed are the lines
that only one side reports; bench/README.md says why for each kind.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

MODULES = ("os", "subprocess", "pathlib", "io", "time", "urllib", "urllib3", "requests", "httpx", "httpx2")


def with_imports(path, folder):
    """The peers go by names alone and their inputs leave imports out; they are added in front of the first line."""
    text = pathlib.Path(path).read_text()
    missing = [m for m in MODULES if re.search(rf"\b{m}\.", text) and not re.search(rf"import .*\b{m}\b", text)]
    copy = os.path.join(folder, os.path.basename(path))
    first = text.split("\n", 1)[0]
    plain = first.startswith("#") or not first.strip()
    pathlib.Path(copy).write_text((f"import {', '.join(missing)}; " if missing and not plain else
                                   f"import {', '.join(missing)}  " if missing else "") + text)
    return copy


def rows_of_loopsafe(binary, path):
    done = subprocess.run([binary, "check", "--isolated", "--strict", "--show-info", "--exit-zero", "--output-format", "json", path],
                          capture_output=True, text=True, check=True)
    return {row: item["code"] + " " + item["message"]
            for item in json.loads(done.stdout) if item["code"].startswith("LS1")
            for row in range(item["location"]["row"], item["end_location"]["row"] + 1)}


def rows_of_ruff(path):
    done = subprocess.run(["ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--preview", "--select", "ASYNC2",
                           "--ignore-noqa", "--output-format", "json", path], capture_output=True, text=True, check=True)
    return {item["location"]["row"]: f"ruff {item['code']} {item['message']}" for item in json.loads(done.stdout)
            if (item["code"] or "").startswith("ASYNC2")}


def rows_of_flake8(path):
    done = subprocess.run(["flake8-async", "--enable=ASYNC2", path], capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        match = re.match(r".*?:(\d+):\d+: (ASYNC2\d\d.*)", line)
        if match:
            found[int(match.group(1))] = "flake8-async " + match.group(2)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loopsafe", required=True, type=os.path.abspath)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    both = only_peer = only_ours = 0
    folder = tempfile.mkdtemp()
    for path in options.files:
        path = with_imports(path, folder)
        ours = rows_of_loopsafe(options.loopsafe, path)
        peers = {}
        if shutil.which("flake8-async"):
            peers.update(rows_of_flake8(path))
        if shutil.which("ruff"):
            peers.update(rows_of_ruff(path))
        lines = pathlib.Path(path).read_text().splitlines()
        for row in sorted(set(ours) | set(peers)):
            if row in ours and row in peers:
                both += 1
                continue
            only_peer += row in peers
            only_ours += row in ours
            side = "only the peer" if row in peers else "only loopsafe"
            print(f"{side}: {os.path.basename(path)}:{row}: {lines[row - 1].strip()[:90]}\n    {peers.get(row) or ours.get(row)}")
    shutil.rmtree(folder)
    print(f"both {both}, only the peer {only_peer}, only loopsafe {only_ours}")


main()
