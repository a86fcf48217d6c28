#!/bin/sh
# Make .venv with ctlkit in editable form and the tools for developing it.
#
# The stamp, written last, holds what the environment was made from: where any
# of it changed, or the environment does not run, the environment is made again.
set -eu

python=${PYTHON:-python3}
stamp=.venv/ready

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "ctlkit needs Python 3.11 or newer, and $python is $("$python" --version 2>&1)." >&2
    echo "  Name a newer one: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi

made_from() {
    pwd
    "$python" --version
    cksum pyproject.toml
}

runs() {
    .venv/bin/python -m pip --version >/dev/null 2>&1
}

is_ready() {
    [ -f "$stamp" ] && [ "$(made_from)" = "$(cat "$stamp")" ] && .venv/bin/python -c ''
}

# Two of us at once would spoil each other's work; the folder itself is the lock.
if command -v flock >/dev/null 2>&1; then
    exec 9<.
    flock 9
fi

is_ready && exit 0

echo "Preparing .venv" >&2
rm -f "$stamp"
if ! { runs && .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; }; then
    "$python" -m venv --clear .venv
fi
# Dependency groups came with pip 25.1.
.venv/bin/python -m pip --quiet --disable-pip-version-check install --upgrade 'pip>=25.1'
.venv/bin/python -m pip --quiet --disable-pip-version-check install --editable . --group dev
made_from >"$stamp"
