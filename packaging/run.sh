#!/usr/bin/env bash
# Installs what is missing, builds, and starts.
#   packaging/run.sh                 with a display: the Studio, on the default model and text
#                                    without one: a conversion by the quick preset, its table, and pictures of the views
#   packaging/run.sh ARGUMENTS...    the command line: packaging/run.sh --help, packaging/run.sh convert --help, ...
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$PACKAGING/build.sh"

"$PACKAGING/setup.sh"
build release dotmoe dotmoe-studio make_toy
make_toy

BIN=$ROOT/build/release/bin
MODEL=$DEPS/model/SmolLM2-135M-Instruct.Q4_1.gguf
if [ $# -gt 0 ]; then
    exec "$BIN/dotmoe" "$@"
elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$BIN/dotmoe-studio" "$MODEL" --text "$DEPS/text"
fi
OUT=$ROOT/build/conversion
if [ -e "$OUT/metrics.json" ]; then
    say "converted already: $OUT; pictures: $ROOT/build/pictures; remove the first to convert anew"
    exit 0
fi
say "no display: converting SmolLM2-135M by the quick preset into $OUT, about eleven minutes on two cores"
virtual_display "$BIN/dotmoe-studio" "$MODEL" --text "$DEPS/text" --preset quick --out "$OUT" \
    --screenshots "$ROOT/build/pictures"
say "pictures of the views: $ROOT/build/pictures"
