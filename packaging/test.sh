#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests. Ends with ctest's summary; exit status 0 only if every test passed.
#   packaging/test.sh CTEST-OPTIONS...   some of them, e.g. -R Sinkhorn, or -LE real
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$PACKAGING/build.sh"

# The Python peers that the tests compare with: transformers, gguf, POT, ...
install_interop() {
    local wanted=$PACKAGING/interop-requirements.txt python=$DEPS/interop/bin/python
    "$python" "$PACKAGING/check_requirements.py" "$wanted" 2>/dev/null && return
    say "Python peers of the tests, in a virtual environment of their own: 2.5 GB to fetch"
    [ -x "$python" ] || /usr/bin/python3 -m venv "$DEPS/interop"
    retry "$DEPS/interop/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$wanted" \
        || die "pip could not install $wanted: is the network there, and 6 GB free on disk?"
}

# run_tests PRESET CTEST-OPTIONS...: under a virtual display, drawing in software.
run_tests() {
    local preset=$1 runtime
    shift
    runtime=$(mktemp -d)
    LIBGL_ALWAYS_SOFTWARE=1 XDG_RUNTIME_DIR=$runtime xvfb-run -a -s "-screen 0 1600x1200x24" \
        ctest --test-dir "$ROOT/build/$preset" --output-on-failure -j "$(jobs)" "$@" </dev/null || status=1
    rm -rf "$runtime"
}

status=0
"$PACKAGING/setup.sh"
install_interop
build release all
make_toy
run_tests release "$@"
exit $status
