"""Preparing a machine: what ``make`` says where it cannot go on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
PACKAGES = (
    "python3-venv gcc libc6-dev softhsm2 openssl openssh-client curl tftp-hpa xvfb xauth xdotool"
)
COMMANDS = (
    *("gcc", "python3", "softhsm2-util", "openssl", "ssh", "curl", "tftp"),
    *("Xvfb", "xauth", "xdotool"),
)


def _run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script on a machine that has nothing but what lies in ``folder/bin``."""
    return subprocess.run(
        [TOOLS / script],
        cwd=folder,
        env={"PATH": str(folder / "bin"), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _install(folder: Path, name: str, text: str) -> None:
    command = folder / "bin" / name
    command.write_text(f"#!/bin/sh\n{text}\n")
    command.chmod(0o755)


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """Give a folder with an empty ``bin``."""
    (tmp_path / "bin").mkdir()
    return tmp_path


def test_without_apt_get_the_packages_are_named(bare_machine: Path) -> None:
    """On another system the missing pieces are named and nothing is tried."""
    done = _run("system.sh", bare_machine)
    assert 1 == done.returncode
    assert f"{PACKAGES}\n" in done.stderr
    assert "no apt-get" in done.stderr


def test_without_rights_the_command_is_named(bare_machine: Path) -> None:
    """An ordinary user without sudo is told what to ask the administrator for."""
    _install(bare_machine, "apt-get", "exit 1")
    _install(bare_machine, "id", "echo 1000")
    done = _run("system.sh", bare_machine)
    assert 1 == done.returncode
    assert f"apt-get install {PACKAGES}\n" in done.stderr


def test_root_installs_only_what_is_missing(bare_machine: Path) -> None:
    """Packages whose commands are there are not asked for, and the rest is looked for again."""
    env = shutil.which("env")
    assert env is not None
    (bare_machine / "bin" / "env").symlink_to(env)
    _install(bare_machine, "id", "echo 0")
    _install(bare_machine, "apt-get", f'echo "$@" >> {bare_machine}/asked')
    for name in set(COMMANDS) - {"openssl"}:
        _install(bare_machine, name, "exit 0")
    done = _run("system.sh", bare_machine)
    asked = (bare_machine / "asked").read_text().splitlines()
    assert ["-qq update", "-qq install --yes --no-install-recommends openssl"] == asked
    assert 1 == done.returncode
    assert "still not found on PATH" in done.stderr


def test_a_complete_machine_is_left_alone(bare_machine: Path) -> None:
    """Where everything is there, nothing is installed and nothing said."""
    for name in COMMANDS:
        _install(bare_machine, name, "exit 0")
    done = _run("system.sh", bare_machine)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_an_old_python_is_refused(bare_machine: Path) -> None:
    """A Python before 3.11 is named with its version, and another can be chosen."""
    _install(bare_machine, "old", 'case "$1" in -c) exit 1;; *) echo "Python 3.9.2";; esac')
    done = _run("venv.sh", bare_machine, PYTHON="old")
    assert 1 == done.returncode
    assert "needs Python 3.11 or newer, and old is Python 3.9.2" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (bare_machine / ".venv").exists()
