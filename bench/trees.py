"""Lays out the Python files of the corpora in a table (origin, commit, …) as plain trees.

    python3 bench/trees.py --mirrors DIR --table corpora.tsv OUT
"""
import argparse
import pathlib
import subprocess


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirrors", required=True, type=pathlib.Path)
    parser.add_argument("--table", required=True, type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    for line in options.table.read_text().splitlines()[1:]:
        origin, commit = line.split("\t")[:2]
        git = options.mirrors / origin.replace("/", "+") / "repo"
        tree = options.out / origin.replace("/", "+")
        if tree.exists():
            continue
        known = subprocess.run(["git", "--git-dir", git, "cat-file", "-e", commit], capture_output=True).returncode == 0
        tree.mkdir(parents=True)
        commit = commit if known else "HEAD"
        names = subprocess.run(["git", "--git-dir", git, "ls-tree", "-r", "-z", "--name-only", commit],
                               capture_output=True, text=True, check=True).stdout.split("\0")
        wanted = [n for n in names if n.endswith((".py", ".pyi", "pyproject.toml", ".gitignore"))]
        for start in range(0, len(wanted), 500):
            archive = subprocess.Popen(["git", "--git-dir", git, "archive", commit, "--", *wanted[start:start + 500]],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            subprocess.run(["tar", "x", "-C", tree], stdin=archive.stdout, check=True)
        print(f"{origin}: {commit[:9] if known else 'HEAD (the commit is not in the clone)'}")


main()
