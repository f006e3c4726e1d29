# Shared by the scripts: sourced, not run. Works from any directory.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

die() {
    echo "$1" >&2
    exit "${2:-1}"
}

# step TEXT COMMAND...: runs a command quietly; the end of its output is shown when it fails.
step() {
    local text=$1 log
    shift
    log=$(mktemp)
    echo "$text" >&2
    if ! "$@" >"$log" 2>&1; then
        tail -n 80 "$log" >&2
        rm -f "$log"
        die "failed: $*"
    fi
    rm -f "$log"
}

# python_env FOLDER: prints the Python of an environment with the packages of FOLDER/requirements.txt.
python_env() {
    local env=build/python/${1//\//-} wanted=$1/requirements.txt
    if ! cmp -s "$wanted" "$env/requirements.txt"; then
        rm -rf "$env"
        step "Installing the packages of $1 ..." python3 -m venv "$env"
        step "Installing the packages of $1 ..." "$env/bin/pip" install --disable-pip-version-check -r "$wanted"
        cp "$wanted" "$env/requirements.txt"
    fi
    echo "$root/$env/bin/python"
}

# build_preset NAME: what is missing on the machine, then configure and build; quick when nothing changed.
build_preset() {
    scripts/setup
    step "Configuring ($1) ..." cmake --preset "$1"
    step "Building ($1) ..." cmake --build --preset "$1"
}
