#!/bin/sh
# Puts a release ($1, a revision) into tests/releases, as the one before: tests roll it over to what is here, and run it beside.
set -eu
cd "$(dirname "$0")/.."
git archive "$1" src/toteboard pyproject.toml ':!src/toteboard/pages' | xz -9e >tests/releases/previous.tar.xz
git rev-parse "$1" >tests/releases/previous
