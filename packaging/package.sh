#!/usr/bin/env bash
# Makes build/release/dotmoe-studio_VERSION_amd64.deb and build/release/dotmoe-studio-VERSION-Linux.tar.gz.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$PACKAGING/build.sh"

"$PACKAGING/setup.sh"
build release dotmoe dotmoe-studio icons
(cd "$ROOT/build/release" && cpack -G "DEB;TGZ" --config CPackConfig.cmake >&2)
ls -1 "$ROOT"/build/release/dotmoe-studio[_-]*.{deb,tar.gz}
