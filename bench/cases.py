"""Recall on real incidents and silence on real negatives.

    python3 bench/cases.py --loopsafe build/release/loopsafe --mirrors DIR --cases DIR [--misses] [--strict]

DIR of --cases holds incidents.jsonl, negatives.jsonl and judged.jsonl; DIR of --mirrors holds clones as owner+name/repo
(or owner+name). Each case's file is taken at its commit and checked alone, under its own path, so that this measures
what one file shows: the direct calls. A case whose commit is not in the clone is counted as absent, not as passed.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import tempfile


def repository(mirrors, name):
    for candidate in (name.replace("/", "+") + "/repo", name.replace("/", "+"), name):
        if (mirrors / candidate).exists():
            return mirrors / candidate
    return None


def text_of(git, commit, path):
    done = subprocess.run(["git", "--git-dir", git, "show", f"{commit}:{path}"], capture_output=True)
    return done.stdout if done.returncode == 0 else None


class Findings:
    """The findings of one file at one commit; each is looked at once."""

    def __init__(self, options):
        self.options = options
        self.known = {}

    def of(self, row):
        key = row["repo"], row["commit"], row["path"]
        if key not in self.known:
            self.known[key] = self.check(*key)
        return self.known[key]

    def check(self, name, commit, path):
        git = repository(self.options.mirrors, name)
        text = git and text_of(git, commit, path)
        if text is None:
            return None
        with tempfile.TemporaryDirectory() as root:
            place = pathlib.Path(root) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)
            (pathlib.Path(root) / "loopsafe.toml").write_text("")
            command = [self.options.loopsafe, "check", "--output-format", "json", "--exit-zero", "."]
            if self.options.strict:
                command.append("--strict")
            if self.options.show_info:
                command.append("--show-info")
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
            return json.loads(done.stdout)


def covers(finding, line, slack):
    return finding["location"]["row"] - slack <= line <= finding["end_location"]["row"] + slack


def load(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def blocking(findings):
    return [f for f in findings if f["code"].startswith("LS1")]


def incidents(rows, findings, options):
    counts = collections.Counter()
    for row in rows:
        if row["depth"] != 0 or row["kind"] in ("sequential-await", "cpu"):
            continue
        got = findings.of(row)
        if got is None:
            counts["absent"] += 1
            continue
        hit = any(covers(f, row["line"], 1) for f in blocking(got))
        counts["found" if hit else "missed"] += 1
        if options.misses and not hit:
            print(f"missed {row['id']} {row['repo']} {row['path']}:{row['line']} {row['blocking_call']}: {row['note']}")
    return counts


def negatives(rows, findings, options):
    counts = collections.Counter()
    for row in rows:
        got = findings.of(row)
        if got is None:
            counts["absent"] += 1
            continue
        hit = [f for f in blocking(got) if covers(f, row["line"], 0)]
        counts["reported" if hit else "silent"] += 1
        if options.misses and hit:
            print(f"reported {row['id']} {row['repo']} {row['path']}:{row['line']} {hit[0]['message']}: {row['why_ok']}")
    return counts


def judged(rows, findings, options):
    counts = collections.Counter()
    for row in rows:
        if row["family"] not in ("direct-blocking", "direct-blocking-hard", "fs-metadata"):
            counts["other family"] += 1
            continue
        got = findings.of(row)
        if got is None:
            counts["absent"] += 1
            continue
        hit = any(covers(f, row["line"], 0) for f in blocking(got))
        counts[f"{'true' if row['verdict'] else 'false'} {'reported' if hit else 'silent'}"] += 1
        if options.misses and hit != row["verdict"]:
            print(f"judged {row['verdict']} but {'reported' if hit else 'silent'}: {row['repo']} {row['path']}:{row['line']} "
                  f"{row['severity']} {row['reason']}")
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loopsafe", required=True, type=os.path.abspath)
    parser.add_argument("--mirrors", required=True, type=pathlib.Path)
    parser.add_argument("--cases", required=True, type=pathlib.Path)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--show-info", action="store_true")
    options = parser.parse_args()
    findings = Findings(options)
    for name, count in (("incidents", incidents), ("negatives", negatives), ("judged", judged)):
        counts = count(load(options.cases / f"{name}.jsonl"), findings, options)
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in sorted(counts.items())))


main()
