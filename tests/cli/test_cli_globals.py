"""What all commands share: global options, errors, outputs that fail, and the terminal."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit import __version__

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.cli.conftest import MakeList, Material
    from tests.conftest import RunCtlkit, RunTerminal

COMMAND = Path(sys.executable).with_name("ctlkit")
ALL = (
    ("build",),
    ("demo",),
    ("diff",),
    ("export",),
    ("place",),
    ("place", "restore"),
    ("place", "status"),
    ("show",),
    ("sign",),
    ("tokens",),
    ("update",),
    ("verify",),
)
GLOBAL = ("--json", "--no-input", "--yes", "--verbose", "--log-file", "--config", "--version")


@pytest.mark.parametrize("command", [(), *ALL], ids=" ".join)
def test_help_of_every_command(run_ctlkit: RunCtlkit, command: tuple[str, ...]) -> None:
    """-h and --help answer for every command, on standard output, and name the global options."""
    result = run_ctlkit(*command, "-h")
    assert (0, "") == (result.status, result.stderr)
    assert [] == [option for option in (*GLOBAL, "--help") if option not in result.stdout]
    assert "\\b" not in result.stdout
    assert run_ctlkit(*command, "--help").stdout == result.stdout


@pytest.mark.parametrize(
    ("shell", "setting"), [("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")]
)
def test_completion(run_ctlkit: RunCtlkit, shell: str, setting: str) -> None:
    """Each shell gets a script that completes, and the program completes commands and options."""
    script = run_ctlkit(env={"_CTLKIT_COMPLETE": f"{shell}_source"})
    assert (0, "") == (script.status, script.stderr)
    assert setting in script.stdout
    typed = {"COMP_WORDS": "ctlkit to", "COMP_CWORD": "1" if shell != "fish" else "to"}
    found = run_ctlkit(env={"_CTLKIT_COMPLETE": f"{shell}_complete", **typed})
    assert "tokens" in found.stdout


def test_python_m_is_the_same(clean_env: dict[str, str]) -> None:
    """``python -m ctlkit`` is the same program."""
    done = subprocess.run(
        [sys.executable, "-m", "ctlkit", "--version"],
        env=clean_env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"ctlkit {__version__}\n" == done.stdout


@pytest.mark.parametrize("words", [("--json", "--version"), ("--version", "--json")])
def test_version_as_json(run_ctlkit: RunCtlkit, words: tuple[str, ...]) -> None:
    """The version is an object too, whichever option comes first."""
    assert {"schema": 1, "version": __version__} == run_ctlkit(*words).json()


def test_global_options_before_and_after(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """Global options mean the same before the command, behind it, and behind its arguments."""
    path = make_list().name
    first = run_ctlkit("--json", "--no-input", "show", path)
    assert first.stdout == run_ctlkit("show", "--json", path, "--no-input").stdout
    assert first.stdout == run_ctlkit("--no-input", "show", path, "--json").stdout
    status = run_ctlkit("place", "--json", "status", "folder:.")
    assert status.stdout == run_ctlkit("place", "status", "folder:.", "--json").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("bogus",), "No such command 'bogus'"),
        (("--bogus",), "No such option '--bogus'"),
        (("show",), "Missing argument 'FILE'"),
        (("show", "a", "b"), "unexpected extra argument"),
        (("show", "--format", "xml", "a"), "'xml' is not one of"),
        (("tokens", "--test"), "requires an argument"),
        (("tokens", "--watch", "--test", "x"), "do not go together"),
        (("update", "folder:."), "Missing option '--signer'"),
        (("update", "nowhere", "--signer", "x.pem"), "nowhere is no place"),
        (("place", "bogus"), "No such command 'bogus'"),
        (("place", "status"), "Missing argument 'PLACE...'"),
        (("place", "status", "sftp://host"), "it names no folder"),
        (("place", "status", "folder:"), "folder: is no place"),
        (("export", "--login"), "needs the tokens to be named"),
        (("sign", "x", "--signer", "y.pem", "--timestamp", "soon"), "soon is no time"),
    ],
)
def test_usage_errors(run_ctlkit: RunCtlkit, words: tuple[str, ...], message: str) -> None:
    """A call that makes no sense is status 2, two lines, and an object with --json."""
    result = run_ctlkit(*words)
    assert (2, "") == (result.status, result.stdout)
    assert re.fullmatch(r"ctlkit: [^\n]+\n  [^\n]+\n", result.stderr)
    assert message in result.stderr
    as_json = run_ctlkit("--json", *words)
    assert (2, result.stderr) == (as_json.status, as_json.stderr)
    assert message in as_json.json()["error"]["message"]


def test_a_usage_error_names_the_help_of_its_command(run_ctlkit: RunCtlkit) -> None:
    """The advice is the help of the very command."""
    assert "  See: ctlkit tokens --help\n" in run_ctlkit("tokens", "--test").stderr
    assert "  See: ctlkit place status --help\n" in run_ctlkit("place", "status").stderr


def test_without_a_command_the_help_is_shown(run_ctlkit: RunCtlkit) -> None:
    """No command at all is a usage error whose text is the help."""
    for words in ((), ("place",)):
        result = run_ctlkit(*words)
        assert (2, "") == (result.status, result.stdout)
        assert result.stderr.startswith("Usage: ctlkit")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[pkcs11]\nmodule = []\n", "the key pkcs11.module is not known"),
        ("[pkcs11]\nmodules = 'x'\n", "pkcs11.modules must be a list of texts"),
        ("pin = '1'\n", "the key pin is not known"),
        ("[places.lab]\nurl = 'folder:.'\npassword = 'x'\n", "places.lab.password is not known"),
        ("[places.lab]\nmode = 'mixed'\n", "places.lab.url must be a text"),
        ("[places.lab]\nurl = 'folder:.'\nmode = 'both'\n", "places.lab.mode must be"),
        ("[update]\ndigest = 'md5'\n", "update.digest must be sha1 or sha512"),
        ("modules = [\n", "is no TOML"),
        ("\xff", "is no TOML"),
    ],
)
def test_a_wrong_configuration(
    run_ctlkit: RunCtlkit, tmp_path: Path, text: str, message: str
) -> None:
    """Unknown keys and impossible values of the configuration are status 2 and named."""
    (tmp_path / "my.toml").write_bytes(text.encode("latin-1"))
    result = run_ctlkit("--config", "my.toml", "place", "status", "lab")
    assert (2, "") == (result.status, result.stdout)
    assert "my.toml" in result.stderr
    assert message in result.stderr


def test_the_users_own_configuration(
    run_ctlkit: RunCtlkit, clean_env: dict[str, str], tmp_path: Path
) -> None:
    """Without --config the file in the user's folder is read; none is no error, a named one is."""
    folder = Path(clean_env["XDG_CONFIG_HOME"]) / "ctlkit"
    assert 2 == run_ctlkit("place", "status", "here").status
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"[places.here]\nurl = 'folder:{tmp_path}'\n")
    assert 0 == run_ctlkit("place", "status", "here").status
    assert 4 == run_ctlkit("--config", "none.toml", "place", "status", "here").status


def test_configured_modules_are_searched(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, tmp_path: Path
) -> None:
    """[pkcs11] modules come with the search, and --module replaces them."""
    copy = etokens.private_module()
    (tmp_path / "my.toml").write_text(f"[pkcs11]\nmodules = ['{copy}']\n")
    found = run_ctlkit("tokens", "--json", "--config", "my.toml").json()
    assert (str(copy), "configuration") == (
        found["modules"][0]["path"],
        found["modules"][0]["source"],
    )
    words = ("tokens", "--json", "--config", "my.toml", "--module", etokens.module)
    assert [str(etokens.module)] == [each["path"] for each in run_ctlkit(*words).json()["modules"]]


def test_a_log_file_is_the_owners_alone(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, tmp_path: Path
) -> None:
    """--log-file adds lines to a file that nobody else may read, and prints nothing more."""
    log = tmp_path / "run.log"
    plain = run_ctlkit("tokens", "--module", etokens.module)
    logged = run_ctlkit("tokens", "--module", etokens.module, "--log-file", log)
    assert plain.stderr == logged.stderr
    assert 0o600 == stat.S_IMODE(log.stat().st_mode)
    before = log.read_text()
    assert str(etokens.module) in before
    run_ctlkit("tokens", "--module", etokens.module, "--log-file", log)
    assert log.read_text().startswith(before)
    assert len(before) < log.stat().st_size


def test_verbose_tells_more(run_ctlkit: RunCtlkit, etokens: SoftHsmStore) -> None:
    """-v tells on standard error what was looked at; standard output stays the same."""
    quiet = run_ctlkit("tokens", "--module", etokens.module)
    loud = run_ctlkit("-v", "tokens", "--module", etokens.module)
    assert quiet.stdout == loud.stdout
    assert str(etokens.module) in loud.stderr.replace(quiet.stderr, "")


def test_a_log_that_cannot_be_written(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """A log file in a folder that is not there is an error before anything is done."""
    result = run_ctlkit("show", make_list(), "--log-file", "nowhere/run.log")
    assert (1, "") == (result.status, result.stdout)
    assert "nowhere/run.log" in result.stderr


def _run_with_output(
    environment: dict[str, str], words: list[str | Path], output: int
) -> tuple[int, str]:
    done = subprocess.run(
        [COMMAND, *words], env=environment, stdout=output, stderr=subprocess.PIPE, check=False
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_full_disk_behind_standard_output(
    clean_env: dict[str, str], make_list: MakeList, form: list[str]
) -> None:
    """Output that cannot be written is the system's error: no traceback, no success."""
    with Path("/dev/full").open("wb") as full:
        status, told = _run_with_output(clean_env, ["show", make_list(), *form], full.fileno())
    assert 1 == status
    assert "No space left on device" in told
    assert "Traceback" not in told
    assert "Exception ignored" not in told


def test_a_reader_that_has_enough(clean_env: dict[str, str], make_list: MakeList) -> None:
    """A pipe that nobody reads any more ends the command in silence."""
    reading, writing = os.pipe()
    os.close(reading)
    status, told = _run_with_output(clean_env, ["show", make_list()], writing)
    os.close(writing)
    assert (1, "") == (status, told)


def test_without_standard_output(clean_env: dict[str, str], make_list: MakeList) -> None:
    """With standard output closed a command ends without a traceback."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" show "$1" >&-', COMMAND, make_list()],
        env=clean_env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "internal" not in done.stderr
    assert done.returncode in {0, 1}


def test_without_standard_input(clean_env: dict[str, str], etokens: SoftHsmStore) -> None:
    """With standard input closed nobody is asked, terminal or not."""
    result = subprocess.run(
        [
            *("sh", "-c", 'exec "$0" "$@" <&-', COMMAND, "tokens", "--module", etokens.module),
            *("--test", etokens.tokens[0].serial),
        ],
        env=clean_env | {"SOFTHSM2_CONF": str(etokens.configuration)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 7 == result.returncode
    assert "there is none to be had" in result.stderr


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_names_in_a_plain_locale(
    run_ctlkit: RunCtlkit, make_list: MakeList, tmp_path: Path, locale: str
) -> None:
    """Names beyond ASCII neither stop a command nor come out wrong, in any locale."""
    path = make_list()
    odd = tmp_path / "zażółć 列表.tlv"
    path.rename(odd)
    result = run_ctlkit("verify", odd.name, env={"LC_ALL": locale})
    assert 0 == result.status
    assert result.stdout.startswith("zażółć 列表.tlv: valid")


def test_tables_where_only_ascii_can_be_written(run_ctlkit: RunCtlkit, make_list: MakeList) -> None:
    """An output that takes ASCII only gets a table of ASCII, without escapes for its lines."""
    result = run_ctlkit("show", make_list(), "--format", "table", env={"PYTHONIOENCODING": "ascii"})
    assert 0 == result.status
    assert "\\u" not in result.stdout


def test_no_color_is_honoured(
    run_pty: RunTerminal, make_list: MakeList, material: Material
) -> None:
    """A terminal gets a coloured table, and one without colours where NO_COLOR is set."""
    make_list("place/CTLFile.tlv")
    words = (
        *("update", "folder:place", "--signer", material.second),
        *("--add-token", material.stranger, "--dry-run"),
    )
    colour = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    assert colour.search(run_pty(*words).output)
    assert not colour.search(run_pty(*words, env={"NO_COLOR": "1"}).output)


def test_an_interrupt_at_a_prompt(
    run_pty: RunTerminal, make_list: MakeList, etokens: SoftHsmStore
) -> None:
    """Ctrl-C at the question for a PIN ends with 130 and one sentence; nothing was written."""
    path = make_list("place/CTLFile.tlv")
    before = path.read_bytes()
    result = run_pty(
        *("update", "folder:place", "--signer", "SAST-ADN0054f509", "--module", etokens.module),
        answers=[("PIN for SAST-ADN0054f509", "\x03")],
    )
    assert 130 == result.status
    assert "ctlkit: interrupted\n" in result.output
    assert (before, [path]) == (path.read_bytes(), list(path.parent.iterdir()))


def test_an_interrupt_while_many_files_are_verified(
    clean_env: dict[str, str], make_list: MakeList, tmp_path: Path
) -> None:
    """Ctrl-C in the middle of many files ends all processes with 130, without a traceback."""
    path = make_list()
    names = [f"{number}.tlv" for number in range(4000)]
    for name in names:
        (tmp_path / name).hardlink_to(path)
    with subprocess.Popen(
        [COMMAND, "verify", *names, "--jobs", "2", "--json"],
        cwd=tmp_path,
        env=clean_env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert 130 == process.returncode
    assert told.strip().startswith("ctlkit: interrupted\n")
    assert "Traceback" not in told
