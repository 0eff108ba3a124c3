#!/bin/sh
# Builds the image of deploy/Dockerfile as $1: with Docker where an engine answers, else with Buildah.
# BASE is what it is built on, by its digest where it matters. Without it and without a registry a base is made of the Debian that
# this machine runs, by debootstrap (root).
set -eu
cd "$(dirname "$0")/.."
tag="${1:-toteboard}"
labels="--build-arg VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) --build-arg REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)"

if docker info >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    exec docker build -f deploy/Dockerfile $labels ${BASE:+--build-arg BASE="$BASE"} -t "$tag" .
fi
missing=""
for program in buildah podman runc debootstrap; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing$missing"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    else
        echo "toteboard: an image is built with Docker, or with these; as root: apt-get install$missing" >&2
        exit 1
    fi
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
if [ -z "${BASE:-}" ]; then
    . /etc/os-release
    BASE="localhost/toteboard-base:$VERSION_CODENAME"
    if ! buildah inspect --type image "$BASE" >/dev/null 2>&1; then
        [ "$(id -u)" = 0 ] || { echo "toteboard: name a base with BASE=…, or be root, who can make one" >&2; exit 1; }
        echo "Making $BASE"
        mirror="$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | awk -v of="$VERSION_CODENAME" '$2 == of { print $1; exit }')"
        debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates,netbase "$VERSION_CODENAME" "$work/base" "$mirror" >"$work/log" 2>&1 \
            || { tail -5 "$work/log" >&2; exit 1; }
        # As it would be published: without what was downloaded to make it.
        rm -rf "$work/base/var/cache/apt/archives" "$work/base/var/lib/apt/lists"
        mkdir -p "$work/base/var/cache/apt/archives/partial" "$work/base/var/lib/apt/lists/partial"
        made="$(buildah from scratch)"
        cp -a "$work/base/." "$(buildah mount "$made")/"
        buildah umount "$made" >/dev/null
        buildah commit --quiet "$made" "$BASE" >/dev/null
        buildah rm "$made" >/dev/null
    fi
fi
# How pip and npm of this machine reach their registries is there while it is built, and not in the image.
volumes="--volume /etc/ssl/certs:/etc/ssl/certs:ro"
[ ! -f /etc/pip.conf ] || volumes="$volumes --volume /etc/pip.conf:/etc/pip.conf:ro"
if command -v npm >/dev/null 2>&1; then
    npm config get cafile | sed -n 's/^\//cafile=\//p' >"$work/npmrc"
    volumes="$volumes --volume $work/npmrc:/root/.npmrc:ro"
fi
# shellcheck disable=SC2086
buildah bud --quiet --isolation chroot --format docker --layers $volumes $labels --build-arg BASE="$BASE" -f deploy/Dockerfile -t "$tag" .
