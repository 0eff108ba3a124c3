#!/bin/sh
# Whether anything that is shipped is known to be vulnerable: pip-audit for Python, npm audit for the pages.
# 0: nothing is known. 1: something is. 3: a database of advisories could not be asked, and nothing is said about its half.
set -u
cd "$(dirname "$0")/.."
[ -x .venv/audit/bin/pip-audit ] || {
    .venv/bin/python -m venv .venv/audit &&
        .venv/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/advisories.txt 2>/dev/null
} || exit 3
answer=0

# --strict: what the database does not know is not said to be well.
told=$(.venv/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/run.txt --progress-spinner off 2>&1)
case $? in
    0) echo "Python: nothing is known of what requirements/run.txt names." ;;
    *) if echo "$told" | grep -q "Found [0-9]* known vulnerabilit"; then
           echo "$told"; answer=1
       else
           echo "Python: NOT LOOKED, the database of advisories could not be asked: $(echo "$told" | tail -n 1 | cut -c 1-200)"; answer=3
       fi ;;
esac

PATH="$(scripts/node.sh .venv/bin):$PATH"
told=$(cd web && npm audit --omit=dev 2>&1)
case $? in
    0) echo "Pages: nothing is known of what web/package-lock.json names." ;;
    *) if echo "$told" | grep -q "vulnerabilit"; then
           echo "$told"; answer=1
       else
           echo "Pages: NOT LOOKED, the database of advisories could not be asked: $(echo "$told" | grep -m 1 error | cut -c 1-200)"
           [ "$answer" = 1 ] || answer=3
       fi ;;
esac
exit "$answer"
