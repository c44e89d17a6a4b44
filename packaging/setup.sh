#!/usr/bin/env bash
# Prepares a Debian 12 machine to build and run DOT-MoE Studio: Debian packages, libtorch, the default model, the text.
# May be run again at any time; what is there already is left alone, and then this takes a second.
# Needs root or sudo only where Debian packages are missing. The system's Python is not touched: libtorch goes into a
# virtual environment under build/deps (or $DOTMOE_DEPS).
set -euo pipefail
. "$(dirname "$0")/common.sh"

APT=(
    # compilers and build tools
    g++ cmake ninja-build pkg-config ccache mold git ca-certificates unzip xz-utils python3 python3-venv python3-pip
    # libraries of the core
    libspdlog-dev libfmt-dev nlohmann-json3-dev libcli11-dev libtomlplusplus-dev libpcre2-dev libutf8proc-dev libzstd-dev zlib1g-dev libssl-dev
    # the window
    qt6-base-dev qt6-svg-dev libqt6opengl6-dev libqcustomplot-dev libimgui-dev libstb-dev libgl1-mesa-dri fonts-dejavu-core
    # packages: icons, and what checks them
    librsvg2-bin desktop-file-utils appstream dpkg-dev file
    # tests, and pictures of the window on a machine without a display
    libgtest-dev xvfb xauth
)
TORCH=(torch==2.11.0 nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)

install_packages() {
    local missing=() package
    for package in "${APT[@]}"; do
        dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    say "Debian packages: ${missing[*]}"
    retry as_root apt-get update -qq || die "apt-get update failed: is the network there?"
    retry as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null || die "apt-get could not install: ${missing[*]} (made for Debian 12)"
}

# has_wheel NAME VERSION: whether the virtual environment holds that wheel, completely.
has_wheel() { compgen -G "$DEPS/venv/lib/python3*/site-packages/$1-$2.dist-info/RECORD" >/dev/null; }

install_torch() {
    local options=(--no-deps) gpu=''
    if command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU; then
        gpu=yes options=()
    fi
    if has_wheel torch 2.11.0 && has_wheel nvidia_cuda_runtime 13.0.96 && has_wheel nvidia_cuda_cupti 13.0.85 \
        && { [ -z "$gpu" ] || has_wheel nvidia_cudnn_cu13 '*'; }; then
        return
    fi
    if [ -n "$gpu" ]; then
        say "libtorch 2.11.0 with CUDA: about 3 GB to fetch"
    else
        say "libtorch 2.11.0 for the CPU: 0.5 GB to fetch, 1.3 GB on disk"
    fi
    [ -x "$DEPS/venv/bin/pip" ] || /usr/bin/python3 -m venv "$DEPS/venv"
    retry "$DEPS/venv/bin/pip" install --quiet --disable-pip-version-check "${options[@]}" "${TORCH[@]}" \
        || die "pip could not install ${TORCH[*]}: is the network there, and 3 GB free on disk?"
}

mkdir -p "$DEPS"
install_packages
install_torch
"$PACKAGING/fetch_model.sh"
"$PACKAGING/fetch_text.sh"
"$PACKAGING/fetch_tasks.sh"
