#!/bin/sh
# The Debian packages that the tests need, all of them. Installed where that is allowed; otherwise says what is missing.
set -eu

# chromium-headless-shell: the browser's journeys. fonts-noto-color-emoji, fonts-noto-core: names in any script on its pages.
# iproute2: a network of several hosts, whose router loses packets.
packages="chromium-headless-shell fonts-noto-color-emoji fonts-noto-core iproute2"

# Only their programs: nothing of these is set up or started on this machine. prometheus, prometheus-alertmanager: what watches us.
# nginx, caddy: what stands in front of us. etcd-server: where Patroni keeps who is the primary.
unpacked="prometheus prometheus-alertmanager nginx caddy etcd-server"
folder="$(cd "$(dirname "$0")/.." && pwd)/var/debian"

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
absent=""
for package in $unpacked; do
    [ -e "$folder/$package" ] || absent="$absent $package"
done
[ -n "$missing$absent" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing$absent"
    apt-get update -qq
    [ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif [ -n "$missing" ]; then
    echo "toteboard: the tests need these Debian packages; as root: apt-get install$missing" >&2
    exit 1
fi
for package in $absent; do
    mkdir -p "$folder"
    # It warns that root reads what root wrote.
    if ! (cd "$folder" && apt-get download -qq "$package" 2>/dev/null); then
        echo "toteboard: the tests need the programs of the Debian package $package, which cannot be had: apt-get update as root" >&2
        exit 1
    fi
    dpkg -x "$folder/$package"_*.deb "$folder/$package.new" && mv "$folder/$package.new" "$folder/$package"
    rm -f "$folder/$package"_*.deb
done
# Debian's Alertmanager reads its own templates at an absolute path, where nothing is: here they are below the folder it runs in.
alertmanager="$folder/prometheus-alertmanager/usr/bin/prometheus-alertmanager"
LC_ALL=C sed -i 's|/usr/share/prometheus/alertmanager|usr//share/prometheus/alertmanager|g' "$alertmanager"
