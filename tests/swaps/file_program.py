"""Files in coroutines, a case each; folder is empty."""
import json
from pathlib import Path


async def written(folder):
    with open(folder + "/a.txt", "w", encoding="utf-8") as file:
        for part in ("one\n", "zwö\n"):
            file.write(part)
    with open(folder + "/a.txt", encoding="utf-8") as file:
        first = file.readline()
        rest = file.read()
    return first, rest


async def lines(folder):
    found = []
    with open(folder + "/l.txt", "w") as file:
        file.writelines(["a\n", "b\n"])
    with open(folder + "/l.txt") as file:
        for line in file:
            found.append(line.strip())
    with open(folder + "/l.txt") as file:
        return found, [line for line in file]


async def loaded(folder):
    with open(folder + "/j.json", "w") as file:
        file.write('{"a": 1}')
    with open(folder + "/j.json") as file:
        return json.load(file)["a"]


async def binary(folder):
    with open(folder + "/b", "wb") as file:
        file.write(b"12345")
    with open(folder + "/b", "rb") as file:
        file.seek(2)
        return file.read(2), file.tell()


async def missing(folder):
    try:
        with open(folder + "/none") as file:
            return file.read()
    except FileNotFoundError:
        return "missing"


async def paths(folder):
    path = Path(folder) / "p.txt"
    path.write_text("x", encoding="utf-8")
    with path.open() as file:
        opened = file.read()
    return Path(path).read_text(), opened, path.read_bytes(), Path(folder, "p.txt").exists()
