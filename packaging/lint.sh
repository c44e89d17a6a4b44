#!/usr/bin/env bash
# Checks style and lint of every tracked C++ file (clang-format, clang-tidy with .clang-tidy) and of the scripts
# (shellcheck). A quarter of a minute and more a file: lint.sh FILE... checks those only. lint.sh --fix-format rewrites by
# clang-format first.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$PACKAGING/build.sh"
cd "$ROOT"

for tool in clang-format clang-tidy shellcheck; do
    command -v "$tool" >/dev/null || die "$tool is missing: apt-get install clang-format clang-tidy shellcheck"
done
fix=''
if [ "${1:-}" = --fix-format ]; then
    fix=yes
    shift
fi
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(git ls-files '*.h' '*.cpp'); fi
[ -z "$fix" ] || clang-format -i "${files[@]}"
clang-format --dry-run -Werror "${files[@]}"
shellcheck -x -P packaging packaging/*.sh .ci/run

# clang-tidy reads the commands of the release build, less what only GCC knows: its precompiled headers.
configure release
commands=build/lint
mkdir -p "$commands"
sed -E 's/ -fpch-preprocess//g; s/ -Winvalid-pch//g; s/ -include [^ ]*cmake_pch\.hxx//g; s/ -fopenmp( |")/\1/g' \
    build/release/compile_commands.json > "$commands/compile_commands.json"
sources=()
for file in "${files[@]}"; do
    if [[ $file == *.cpp ]] && grep -qF "/$file\"" "$commands/compile_commands.json"; then sources+=("$file"); fi
done
printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(jobs)" clang-tidy -p "$commands" --quiet \
    2> >(grep -v ' warnings generated' >&2)
