#!/usr/bin/env python3
"""Compares discovery with git on random trees and random ignore files.

    gitignore_property.py LIST_FILES [CASES]

LIST_FILES is tests/unit/list_files.c, built. Each case has a number, which is its seed: the same number makes the
same tree on every machine. A case puts ignore files into a repository (.gitignore at several depths,
.git/info/exclude, core.excludesFile, the user's default excludes file), and asks both sides for the files that are
left: from the repository's root, and from one of its directories. Ends with 1 when any case differs.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile

PARTS = ["a", "b", "ab", "abc", "foo", "build", "x-y", "sp ace", "[q]", "\u00e9", "#h", "!n", "a.b", "t ", "st*r", "B"]
CLASSES = ["[ab]", "[!a]", "[^f]", "[a-c]", "[]q]", "[[:alpha:]]", "[[:upper:]]", "[a-", "[[:nope:]]", "[\\]x]", "[!]", "[--a]",
           "[a-b-z]", "[/]", "[!/]"]
WILD = ["*", "?", "**", "a*", "*b", "*.py", "*.p?", "x?y", "***", "*o*", "\\*", "f\\oo", "a**", "**b", "?*", "*?*"]
EXTRAS = ["", "#", "# words", "!", "/", "//", "!/", "\\", "\\#h.py", "\\!n.py", "*", "/*", "!*/", "**", "/**", "**/", "!**/", "a/",
          "!*.py", "*.py", "foo\\", "t\\ ", "t\\ .py", "!build/", "\ufeffa"]


def make_name(random_source):
    return random_source.choice(PARTS)


def make_tree(random_source):
    """Directories and the Python files in them, as relative paths."""
    directories = [""]
    for _ in range(random_source.randint(2, 9)):
        parent = random_source.choice(directories)
        if parent.count("/") < 4:
            path = parent + make_name(random_source) + random_source.choice(["", "", "", ".py"]) + "/"
            if path not in directories:
                directories.append(path)
    files = set()
    for _ in range(random_source.randint(3, 18)):
        path = random_source.choice(directories) + make_name(random_source) + ".py"
        if path + "/" not in directories:
            files.add(path)
    return directories, sorted(files)


def make_piece(random_source, path_part):
    choice = random_source.random()
    if choice < 0.45:
        return path_part
    if choice < 0.75:
        return random_source.choice(WILD)
    if choice < 0.85:
        return random_source.choice(CLASSES) + random_source.choice(["", "*", "b", ".py"])
    if choice < 0.95 and path_part:
        at = random_source.randrange(len(path_part))
        return path_part[:at] + random_source.choice(["?", "*", "\\" + path_part[at], "[a-z]"]) + path_part[at + 1:]
    return make_name(random_source)


def make_pattern(random_source, below):
    """A pattern near one of the paths below the ignore file's directory."""
    if random_source.random() < 0.15 or not below:
        return random_source.choice(EXTRAS)
    parts = random_source.choice(below).rstrip("/").split("/")
    first = random_source.randrange(len(parts))
    last = random_source.randint(first + 1, len(parts))
    parts = [make_piece(random_source, part) for part in parts[first:last]]
    if random_source.random() < 0.25:
        parts.insert(random_source.randint(0, len(parts)), random_source.choice(["**", "**", "*", "***"]))
    text = "/".join(parts)
    if random_source.random() < 0.25:
        text = "/" + text
    if random_source.random() < 0.25:
        text += "/"
    if random_source.random() < 0.3:
        text = "!" + text
    return text + random_source.choice(["", "", "", "", " ", "  ", "\\ ", "\t"])


def make_ignore_file(random_source, directory, paths):
    below = [path[len(directory):] for path in paths if path.startswith(directory) and path != directory]
    end = random_source.choice(["\n", "\n", "\n", "\r\n"])
    lines = [make_pattern(random_source, below) for _ in range(random_source.randint(1, 6))]
    text = end.join(lines) + random_source.choice([end, end, ""])
    return random_source.choice(["", "", "", "\ufeff"]) + text


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(text.encode())


def make_case(number, place, template):
    """Fills a directory; gives the tree's directories and the ignore files' texts by path."""
    random_source = random.Random(number)
    repository, home = os.path.join(place, "repository"), os.path.join(place, "home")
    shutil.copytree(template, os.path.join(repository, ".git"))
    os.makedirs(home)
    directories, files = make_tree(random_source)
    for directory in directories:
        os.makedirs(os.path.join(repository, directory), exist_ok=True)
    for path in files:
        write(os.path.join(repository, path), "")
    paths = files + [directory for directory in directories if directory]
    ignore_files = {}
    for directory in directories:
        if directory == "" or random_source.random() < 0.3:
            ignore_files["repository/" + directory + ".gitignore"] = make_ignore_file(random_source, directory, paths)
    if random_source.random() < 0.3:
        ignore_files["repository/.git/info/exclude"] = make_ignore_file(random_source, "", paths)
    excludes = random_source.random()
    if excludes < 0.15:
        ignore_files["home/.config/git/ignore"] = make_ignore_file(random_source, "", paths)
    elif excludes < 0.3:
        ignore_files["home/my excludes"] = make_ignore_file(random_source, "", paths)
        write(os.path.join(home, ".gitconfig"), '[user]\n\tname = x\n[Core]\n\texcludesFile = "~/my excludes" ; mine\n')
    elif excludes < 0.4:
        ignore_files["repository/.git/excludes"] = make_ignore_file(random_source, "", paths)
        with open(os.path.join(repository, ".git", "config"), "a") as stream:
            stream.write("[core]\n\texcludesfile = .git/excludes\n")
    for path, text in ignore_files.items():
        write(os.path.join(place, path), text)
    return directories, ignore_files


def run(command, directory, home):
    environment = {"HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CEILING_DIRECTORIES": os.path.dirname(home)}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, timeout=60)


def list_of(command, directory, home):
    result = run(command, directory, home)
    if result.returncode != 0:
        sys.exit("%s: exit code %d: %s" % (command[0], result.returncode, result.stderr.decode(errors="replace")))
    return sorted(path for path in result.stdout.split(b"\0") if path)


def compare(list_files, place, directory, ignore_files, number):
    """True when both sides give the same files below the directory."""
    home = os.path.join(place, "home")
    start = os.path.join(place, "repository", directory)
    if directory and run(["git", "check-ignore", "-q", "."], start, home).returncode == 0:
        return True  # a directory that is named is walked even when it is ignored; git has no such question
    ours = list_of([list_files, "."], start, home)
    theirs = [path for path in list_of(["git", "ls-files", "-z", "--others", "--cached", "--exclude-standard"], start, home)
              if path.endswith(b".py")]
    if ours == theirs:
        return True
    print("case %d, from %r:" % (number, directory or "."))
    for path, text in sorted(ignore_files.items()):
        print("  %s: %r" % (path, text))
    print("  only discovery: %r" % sorted(set(ours) - set(theirs)))
    print("  only git:       %r" % sorted(set(theirs) - set(ours)))
    return False


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    list_files = os.path.abspath(sys.argv[1])
    case_count = int(sys.argv[2]) if len(sys.argv) == 3 else 400
    wrong, listings = 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = os.path.realpath(scratch)
        template = os.path.join(scratch, "template")
        subprocess.run(["git", "init", "-q", "--template=", template], check=True, env={"PATH": os.environ["PATH"], "HOME": scratch})
        for number in range(case_count):
            place = os.path.join(scratch, "case")
            directories, ignore_files = make_case(number, place, os.path.join(template, ".git"))
            starts = ["", directories[number % len(directories)]]
            results = [compare(list_files, place, start, ignore_files, number) for start in sorted(set(starts))]
            listings += len(results)
            wrong += not all(results)
            shutil.rmtree(place)
    print("gitignore: %d cases, %d listings, %d differ" % (case_count, listings, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
