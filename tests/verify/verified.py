"""`loopsafe verify` run by a test: its record, the verdict of a line, and cases of which each has its verdict."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NOT_RUN = 77  # what ctest takes for a test that was skipped


def record_of(loopsafe, folder, *arguments, timeout=180):
    """How it ended, and what it recorded."""
    record = pathlib.Path(folder) / "run.json"
    record.unlink(missing_ok=True)
    done = subprocess.run([loopsafe, "verify", *map(str, arguments), "--json", str(record)], capture_output=True, text=True, timeout=timeout,
                          cwd=folder)
    if not record.exists():
        raise AssertionError(f"no record, exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return done, json.loads(record.read_text())


def wrong_verdict(run, row, verdict, words):
    """What is wrong with the verdict of the finding in that line; None: nothing."""
    finding = next((finding for finding in run["findings"] if finding["row"] == row), None)
    if finding is None:
        return f"no finding in line {row}"
    said = f"{finding['verdict']}: {finding['verdict_reason']}"
    return None if finding["verdict"] == verdict and words in said else f"expected {verdict} … {words!r}, got {said!r}"


def binaries():
    """LOOPSAFE and PYTHON of the command line; python None: its environment has not been made."""
    loopsafe, python = (os.path.abspath(path) for path in sys.argv[1:3])
    if not os.path.exists(python):
        print("not run: scripts/setup --developer installs what the applications of this test need")
        return loopsafe, None
    return loopsafe, python


def run_cases(cases, trouble):
    """trouble(loopsafe, python, name, folder): what is wrong, or None; the cases are those of the command line, or all."""
    loopsafe, python = binaries()
    if python is None:
        return NOT_RUN
    names, failed = sys.argv[3:] or list(cases), 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            try:
                wrong = trouble(loopsafe, python, name, pathlib.Path(folder))
            except AssertionError as error:
                wrong = str(error)
            failed += wrong is not None
            print(f"{name}: {wrong or 'right'}", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0
