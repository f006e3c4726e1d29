"""Does the probe crash what it watches? Takes samples of a program that does everything that moves frames about (recursion, generators,
coroutines, callbacks from C, exec), as often as it can, until there are enough.

    python3 bench/probe_stress.py BUILD [--samples 1000000] [PYTHON...]

Prints a row an interpreter: samples, torn ones that were dropped, crashes. Exit code 1 when anything crashed.
"""
import argparse
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "verify"))
import probe  # noqa: E402
import pythons  # noqa: E402
from probed import Probed  # noqa: E402

SECONDS, SAMPLE_US = 20, 200
RUNS_MOST = 400


def stress(probed, python, wanted):
    """Samples, torn ones, runs, crashes."""
    samples = torn = runs = crashes = 0
    while samples < wanted and runs < RUNS_MOST and not crashes:
        result = probed.text(python, probe.STRESS, SECONDS, stall_us=SAMPLE_US, sample_us=SAMPLE_US, timeout=10 * SECONDS)
        runs, crashes = runs + 1, crashes + (result.code != 0)
        samples += result.header.get("samples", 0)
        torn += result.header.get("bad_samples", 0)
        if result.code:
            print("exit code %d\n%s" % (result.code, result.errors[-2000:]))
    return samples, torn, runs, crashes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("pythons", nargs="*")
    parser.add_argument("--samples", type=int, default=1000000, help="of all interpreters together")
    options = parser.parse_intermixed_args()
    if options.pythons:
        os.environ["LOOPSAFE_PYTHONS"] = os.pathsep.join(options.pythons)
    found, library = pythons.find(), os.path.join(options.build, "lib/loopsafe")
    probed = Probed(os.path.join(options.build, "probe_run"), os.path.join(library, "libloopsafe_probe.so"), os.path.join(library, "python"))
    print("| Python | samples | torn and dropped | runs of %d s | crashes |\n|---|---|---|---|---|" % SECONDS)
    crashed = 0
    for version, path in found:
        samples, torn, runs, crashes = stress(probed, path, options.samples / len(found))
        crashed += crashes
        print("| %s | %d | %d | %d | %d |" % (".".join(map(str, version)), samples, torn, runs, crashes), flush=True)
    return 1 if crashed or not found else 0


if __name__ == "__main__":
    sys.exit(main())
