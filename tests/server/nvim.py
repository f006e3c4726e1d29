"""A real Neovim with the configuration of editors/nvim: diagnostics appear, a quick fix mends the buffer.

    nvim.py BINARY [NVIM]

Without Neovim the test fails: `scripts/setup --developer` installs one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEXT = 'import asyncio\nimport time\n\n\nasync def f():\n    print("\u00e4\U0001d11e"); time.sleep(1)\n    time.sleep(2)\n'
FIXED = ('import asyncio\nimport time\n\n\nasync def f():\n    print("\u00e4\U0001d11e"); await asyncio.sleep(1)\n'
         '    await asyncio.sleep(2)\n    await asyncio.sleep(3)\n')


def main():
    editor = sys.argv[2] if len(sys.argv) > 2 else shutil.which("nvim")
    if not editor:
        print("Neovim (nvim) is not installed: scripts/setup --developer installs it")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve() / "project \u00e4"
        folder.mkdir()
        (folder / "pyproject.toml").write_text("")
        (folder / "main.py").write_text(TEXT, "utf-8")
        environment = {**os.environ, "LOOPSAFE": os.path.abspath(sys.argv[1]), "FOLDER": str(folder), "HOME": scratch,
                       "SETUP": str(HERE.parents[1] / "editors/nvim/loopsafe.lua"), "RUNTIME": f"{scratch}/runtime",
                       "XDG_CONFIG_HOME": scratch, "XDG_DATA_HOME": scratch, "XDG_STATE_HOME": scratch, "LC_ALL": "C.UTF-8"}
        done = subprocess.run([editor, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {HERE}/nvim.lua"],
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
        text = (folder / "main.py").read_text("utf-8")
        if done.returncode or b"FAILED" in done.stderr or b"Error" in done.stderr or text != FIXED:
            print(done.stderr.decode("utf-8", "replace"), text, f"exit {done.returncode}", sep="\n")
            return 1
    version = subprocess.run([editor, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    print(f"{version}\n1 passed, 0 failed")
    return 0


sys.exit(main())
