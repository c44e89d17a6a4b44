# shellcheck shell=bash
# Configuring and building a preset; sourced after common.sh.

# Compilers at a time: one a core, but no more than memory allows at 1.5 GB each.
jobs() {
    local by_memory
    by_memory=$(awk '/^MemTotal/ { print int($2 / 1500000) }' /proc/meminfo)
    echo $((by_memory < 1 ? 1 : by_memory < $(nproc) ? by_memory : $(nproc)))
}

# configure PRESET: once, and again when the dependencies moved.
configure() {
    local folder=$ROOT/build/$1
    [ -e "$folder/build.ninja" ] && grep -qxF "DOTMOE_DEPS:PATH=$DEPS" "$folder/CMakeCache.txt" && return
    say "configure: preset $1"
    (cd "$ROOT" && cmake --preset "$1" -U DOTMOE_TORCH -DDOTMOE_DEPS="$DEPS" >/dev/null)
}

# build PRESET TARGET...: without a word when there is nothing to do.
build() {
    local folder=$ROOT/build/$1
    configure "$1"
    if ! ninja -C "$folder" -n "${@:2}" | grep -q 'no work to do'; then
        say "build: preset $1, the first time takes some minutes"
        ninja -C "$folder" -j "$(jobs)" "${@:2}" >&2
    fi
}

# The toy model, a very small one trained here on the text mix in seconds, by the code as it is now.
make_toy() {
    local tool=$ROOT/build/release/bin/make_toy toy=$DEPS/model/toy.gguf
    [ "$toy" -nt "$tool" ] && return
    say "toy model"
    "$tool" "$toy" --text "$DEPS/text"
}
