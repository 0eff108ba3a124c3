#!/bin/sh
# The Debian packages that the tests need, all of them. Installed where that is allowed; otherwise says what is missing.
set -eu

# chromium-headless-shell: the browser's journeys. fonts-noto-color-emoji, fonts-noto-core: names in any script on its pages.
# iproute2: a network of several hosts, whose router loses packets.
packages="chromium-headless-shell fonts-noto-color-emoji fonts-noto-core iproute2"

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "toteboard: the tests need these Debian packages; as root: apt-get install$missing" >&2
    exit 1
fi
