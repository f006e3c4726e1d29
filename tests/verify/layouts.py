"""The table of src/probe/layouts.h says what the interpreters' own headers say.

    python3 tests/verify/layouts.py SOURCE_FOLDER
"""
import importlib.machinery
import importlib.util
import pathlib
import sys

import pythons


def load_script(path):
    loader = importlib.machinery.SourceFileLoader("interpreter_layout", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("interpreter_layout", loader))
    loader.exec_module(module)
    return module


def main():
    sys.dont_write_bytecode = True
    source = pathlib.Path(sys.argv[1])
    script = load_script(source / "scripts/interpreter-layout")
    table = source.joinpath("src/probe/layouts.h").read_text().splitlines()
    passed, failed, without = 0, 0, []
    for version, path in pythons.find():
        row = script.row(path)
        if row is None:
            without.append(".".join(map(str, version)))
        elif row in table:
            passed += 1
        else:
            failed += 1
            print("%s: the table has no line\n    %s" % (path, row))
    print("without headers or tells itself: %s" % (", ".join(without) or "none"))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
