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

# build_preset NAME: what is missing on the machine, then configure and build; quick when nothing changed.
build_preset() {
    scripts/setup
    step "Configuring ($1) ..." cmake --preset "$1"
    step "Building ($1) ..." cmake --build --preset "$1"
}
