#!/bin/sh
# Install the system packages that ctlkit is built and tested with.
#
# Asks for what a package does, not for its name, so that another system that
# has it all is left alone, and a second run costs no more than the looking.
set -eu

python=${PYTHON:-python3}

has_c_library() {
    echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1
}

has_softhsm() {
    command -v softhsm2-util >/dev/null 2>&1
}

has_font() { # the folder in which Debian has it, and a language that another can be there for
    [ -d "/usr/share/fonts/truetype/$1" ] || fc-list ":lang=$2" | grep -q .
}

missing=
need() { # package, then the command that succeeds where it is there
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

look() {
    missing=
    need python3-venv "$python" -c 'import ensurepip, venv'
    need gcc gcc --version
    need libc6-dev has_c_library
    need softhsm2 has_softhsm
    need openssl openssl version
    need openssh-client ssh -V
    need curl curl --version
    need tftp-hpa tftp -V
    need xvfb command -v Xvfb
    need xauth command -v xauth
    need xdotool command -v xdotool
    need fonts-dejavu-core has_font dejavu en
    need fonts-wqy-microhei has_font wqy zh-cn
    missing="$missing $("$python" tools/qt_packages.py 2>/dev/null || true)"
    missing=${missing% }
}

refuse() {
    echo "ctlkit needs what these Debian packages hold:$missing" >&2
    echo "  $1" >&2
    exit 1
}

look
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    refuse "There is no apt-get here: install their counterparts on this system, then repeat."
elif [ "$(id -u)" -eq 0 ]; then
    as_root=env
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root='sudo env'
else
    refuse "Installing them needs root or sudo: apt-get install$missing"
fi

echo "Installing system packages:$missing" >&2
export_quiet='DEBIAN_FRONTEND=noninteractive'
# The lists of packages and options are split into words on purpose.
# shellcheck disable=SC2086
{
    $as_root $export_quiet apt-get -qq update >&2
    $as_root $export_quiet apt-get -qq install --yes --no-install-recommends $missing >&2
}

look
[ -z "$missing" ] || refuse "apt-get installed them, and they are still not found on PATH."
