"""Whole Python trees of repositories at fixed commits, taken from bare clones.

Used by bench/incidents. Clones lie as owner+name/repo or owner+name below one folder. A tree holds the Python files and
what configures tools; it is laid out once and used again. Blobs that a partial clone lacks are listed beside the tree.
"""
import json
import os
import re
import shutil
import subprocess

KEPT = re.compile(r"(\.pyi?|\.toml|(^|/)(setup\.cfg|tox\.ini|\.flake8|\.gitignore|\.ignore))$")
TEST = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|conftest)\.py$")


def git_output(git, *arguments, text=None):
    command = ["git", "--git-dir", git, *arguments]
    done = subprocess.run(command, input=text, capture_output=True, env={**os.environ, "GIT_NO_LAZY_FETCH": "1"})
    return done.stdout if done.returncode == 0 else None


def files_of(git, commit):
    """(object, path) of the regular files that are kept; None when the clone does not know the commit."""
    listing = git_output(git, "ls-tree", "-r", "-z", commit)
    if listing is None:
        return None
    entries = [entry.split("\t", 1) for entry in listing.decode("utf-8", "surrogateescape").split("\0") if entry]
    return [(head.split()[2], path) for head, path in entries if head.startswith("100") and KEPT.search(path)]


def contents(git, objects):
    """The bytes of each object in turn, None for one that the clone lacks."""
    out = git_output(git, "cat-file", "--batch", text="\n".join(objects).encode() + b"\n")
    at = 0
    for _ in objects:
        end = out.index(b"\n", at)
        head = out[at:end].split()
        at = end + 1
        if head[-1] == b"missing":
            yield None
        else:
            size = int(head[2])
            yield out[at:at + size]
            at += size + 1


class Checkouts:
    def __init__(self, mirrors, work):
        self.mirrors = mirrors
        self.trees = work / "trees"

    def clone(self, name):
        flat = name.replace("/", "+")
        places = (self.mirrors / flat / "repo", self.mirrors / flat, self.mirrors / name)
        return next((place for place in places if (place / "HEAD").exists()), None)

    def tree(self, name, commit):
        """(folder, None) or (None, why not)."""
        place = self.trees / f"{name.replace('/', '+')}@{commit[:12]}"
        if place.exists():
            return place, None
        git = self.clone(name)
        if git is None:
            return None, "no clone"
        files = files_of(git, commit)
        if files is None:
            return None, "the commit is not in the clone"
        self.lay_out(git, files, place)
        return place, None

    def lay_out(self, git, files, place):
        part = place.with_name(place.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        lacking = []
        for (_, path), text in zip(files, contents(git, [oid for oid, _ in files])):
            if text is None:
                lacking.append(path)
                continue
            target = part / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
        part.mkdir(parents=True, exist_ok=True)
        place.with_name(place.name + ".lacking").write_text(json.dumps(lacking))
        part.rename(place)


def lacking_in(place):
    return json.loads(place.with_name(place.name + ".lacking").read_text())


def without_tests(place):
    """The same tree without test files, as hard links: for tools that take minutes where loopsafe leaves tests out."""
    slim = place.parent.with_name("slim") / place.name
    if slim.exists():
        return slim
    part = slim.with_name(f"{slim.name}.part{os.getpid()}")
    part.mkdir(parents=True)
    for folder, _, names in os.walk(place):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), place)
            if not TEST.search(path):
                target = part / path
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(os.path.join(folder, name), target)
    part.rename(slim)
    return slim


def megabytes(folder):
    sizes = {}
    for top, _, names in os.walk(folder):
        for name in names:
            state = os.lstat(os.path.join(top, name))
            sizes[state.st_ino] = state.st_blocks * 512
    return sum(sizes.values()) / 1e6
