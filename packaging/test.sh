#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests, those of untrusted input and of hand-written kernels under the
# sanitizers too. Ends with ctest's summary; exit status 0 only if every test passed.
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

# Threads of one test wait asleep: spinning, they would take the other test's core. A fifth off the whole.
export OMP_WAIT_POLICY=passive

# run_sanitized FOLDER...: the tests of these folders of core under AddressSanitizer and UBSan; only the lower library is
# built for them. Everything, the window too: cmake --preset asan && ninja -C build/asan && ctest --preset asan
run_sanitized() {
    local part failed=0
    build asan "${@/#/test_}"
    for part in "$@"; do
        say "sanitizers: tests of core/$part"
        "$ROOT/build/asan/bin/test_$part" --gtest_brief=1 || failed=1
    done
    return $failed
}

"$PACKAGING/setup.sh"
install_interop
build release all
make_toy
status=0
[ $# -gt 0 ] || run_sanitized base formats text model transport experts || status=1
virtual_display ctest --test-dir "$ROOT/build/release" --output-on-failure -j "$(jobs)" "$@" || status=1
exit $status
