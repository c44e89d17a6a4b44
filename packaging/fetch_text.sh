#!/usr/bin/env bash
# Fetches the default text mix into build/deps/text/<source>/<document>.txt: essays, novels, and the manuals of Linux,
# Python and Perl, taken from Debian packages that are unpacked here and never installed.
set -euo pipefail
. "$(dirname "$0")/common.sh"
PACKAGES=(anarchism r-cran-janeaustenr linux-doc-6.1 python3.11-doc perl-doc)

[ -e "$DEPS/text/SOURCES" ] && exit 0
say "text: five Debian packages, 66 MB to fetch, 12 MB kept"
mkdir -p "$DEPS"
work=$(mktemp -d "$DEPS/text.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir unpacked
retry apt-get -o APT::Sandbox::User=root download -qq "${PACKAGES[@]}" \
    || die "cannot download ${PACKAGES[*]}: is Debian 12 (bookworm) main in the apt sources, and was apt-get update run?"
for package in "${PACKAGES[@]}"; do
    dpkg-deb -x "$package"_*.deb "unpacked/$package"
done
python3 "$PACKAGING/fetch_text.py" unpacked text >&2
for package in "${PACKAGES[@]}"; do
    dpkg-deb --show --showformat "\${Package} \${Version}\\n" "$package"_*.deb
done > text/SOURCES
rm -rf "$DEPS/text"
mv text "$DEPS/text"
