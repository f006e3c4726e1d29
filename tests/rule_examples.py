"""Every code's `bad` example fires exactly that code, and its `good` example is silent.

    python3 tests/rule_examples.py build/dev/loopsafe
"""
import json
import subprocess
import sys


# What stands on the header of a function stands beside what another code says of the call in it.
BESIDE = {"LS408": {"LS101"}}


def check(binary, text, arguments):
    command = [binary, "check", "--isolated", "--exit-zero", "--output-format", "json", "--stdin-filename", "app.py", "-"]
    done = subprocess.run(command + arguments, input=text, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr}")
    return [item["code"] for item in json.loads(done.stdout)]


def main():
    binary = sys.argv[1]
    rules = json.loads(subprocess.run([binary, "rule", "--all", "--output-format", "json"], capture_output=True,
                                      text=True, check=True).stdout)
    passed = failed = 0
    for rule in rules:
        code = rule["code"]
        if not rule.get("bad"):
            continue
        arguments = ["--strict"] if code == "LS135" else ["--select", f"ALL,{code}"] if rule["opt_in"] else []
        beside = BESIDE.get(code, set())
        fired, silent = check(binary, rule["bad"], arguments), check(binary, rule["good"], arguments)
        for name, right, got in (("bad", code in fired and set(fired) - beside == {code}, fired), ("good", not silent, silent)):
            passed += right
            failed += not right
            if not right:
                print(f"FAIL {code} {name}: {got}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
