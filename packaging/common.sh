# shellcheck shell=bash
# What the scripts here share; sourced, never run. Sets ROOT, DEPS and PACKAGING.
PACKAGING=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$PACKAGING")
DEPS=${DOTMOE_DEPS:-$ROOT/build/deps}   # everything that is fetched; DOTMOE_DEPS moves it
export DOTMOE_DEPS=$DEPS PYTHONDONTWRITEBYTECODE=1

say() { printf '== %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# as_root COMMAND...: directly, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "'$*' needs root: run this as root, or install sudo"
    fi
}

# retry COMMAND...: three times, for a network that hiccups.
retry() {
    local pause
    for pause in 3 10 0; do
        "$@" && return 0
        sleep "$pause"
    done
    return 1
}

# virtual_display COMMAND...: where there is no screen; draws in software.
virtual_display() {
    local runtime status=0
    runtime=$(mktemp -d)
    LIBGL_ALWAYS_SOFTWARE=1 XDG_RUNTIME_DIR=$runtime xvfb-run -a -s "-screen 0 1600x1200x24" "$@" </dev/null || status=$?
    rm -rf "$runtime"
    return $status
}
