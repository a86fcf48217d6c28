"""``ctlkit export``: the certificates of tokens, as files that other programs read."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    FaultPlan,
    etoken,
    two_certificates,
    with_ca_certificate,
)

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, MakeStore, SoftHsmStore
    from tests.conftest import RunCtlkit, RunTerminal


COMMAND = Path(sys.executable).with_name("ctlkit")


def _openssl(path: Path, form: str) -> str:
    return subprocess.run(
        ["openssl", "x509", "-inform", form, "-in", path, "-noout", "-subject", "-serial"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize(("form", "ending"), [("der", "cer"), ("pem", "pem")])
def test_two_tokens_give_two_files(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    module: tuple[str, str],
    tmp_path: Path,
    form: str,
    ending: str,
) -> None:
    """All tokens are exported into files named after them, whose paths are printed."""
    folder = tmp_path / "out"
    folder.mkdir()
    result = run_ctlkit("export", "-o", "out", "--format", form, *module)
    assert (0, "") == (result.status, result.stderr)
    expected = {f"out/{name}.{ending}" for name in (FIRST_NAME, SECOND_NAME)}
    assert expected == set(result.stdout.splitlines())
    assert expected == {str(path.relative_to(tmp_path)) for path in folder.iterdir()}
    shown = _openssl(folder / f"{FIRST_NAME}.{ending}", form.upper())
    assert FIRST_NAME in shown
    assert "serial=45DAA2AF00000027F93C" in shown


def test_der_is_the_certificate_itself(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """DER is the default: the very bytes that are on the token, here is the default folder."""
    run_ctlkit("export", FIRST_NAME, *module)
    path = tmp_path / f"{FIRST_NAME}.cer"
    assert etokens.tokens[0].certificate_der == path.read_bytes()
    assert 0o644 == stat.S_IMODE(path.stat().st_mode)


def test_nothing_is_replaced_unless_told(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A second run refuses, writing none of its files, until --force is given."""
    first, last = _names(run_ctlkit, module)
    taken = tmp_path / f"{last}.cer"
    taken.write_text("mine")
    refused = run_ctlkit("export", *module)
    assert (1, "") == (refused.status, refused.stdout)
    assert f"{last}.cer exists already" in refused.stderr
    assert "--force" in refused.stderr
    assert "mine" == taken.read_text()
    assert not (tmp_path / f"{first}.cer").exists()
    assert 0 == run_ctlkit("export", "--force", *module).status
    (own,) = (token for token in etokens.tokens if last == token.label)
    assert own.certificate_der == taken.read_bytes()


def _names(run_ctlkit: RunCtlkit, module: tuple[str, str]) -> list[str]:
    """The tokens' labels in the order in which they are exported."""
    found = run_ctlkit("tokens", "--json", *module).json()["tokens"]
    return [token["label"] for token in found]


def test_a_link_to_nothing_is_not_written_through(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A link that leads nowhere takes the name as well as a file does."""
    first, last = _names(run_ctlkit, module)
    (tmp_path / f"{last}.cer").symlink_to(tmp_path / "elsewhere")
    assert 1 == run_ctlkit("export", *module).status
    assert not (tmp_path / f"{first}.cer").exists()
    assert 0 == run_ctlkit("export", "--force", *module).status
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_is_none(
    run_ctlkit: RunCtlkit, module: tuple[str, str], tmp_path: Path, folder: str
) -> None:
    """A folder that is missing, or is a file, is named with what to do."""
    (tmp_path / "file").touch()
    result = run_ctlkit("export", "-o", folder, *module)
    assert 4 == result.status
    assert f"ctlkit: {folder} is no folder\n" in result.stderr


def test_a_token_is_named_by_label_serial_or_uri(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """The same token named three ways is exported once, and only that one."""
    first = etokens.tokens[0]
    uri = f"pkcs11:token={FIRST_NAME};serial={first.serial}"
    result = run_ctlkit("export", FIRST_NAME, first.serial, uri, "--json", *module)
    (item,) = result.json()["files"]
    assert (f"{FIRST_NAME}.cer", FIRST_NAME, first.serial) == (
        item["file"],
        item["token"],
        item["token_serial"],
    )
    assert first.certificate_der.hex() == item["certificate"]
    assert not (tmp_path / f"{SECOND_NAME}.cer").exists()


def test_names_are_made_safe(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore, tmp_path: Path
) -> None:
    """Blanks around a common name go, and what is no letter, digit, dot, dash or _ becomes _."""
    names = ["../../etc/x", "  Zażółć 1 ", ".hidden", "-rf", "CON"]
    store = make_softhsm_store(*(etoken(name, label=f"t{at}") for at, name in enumerate(names)))
    result = run_ctlkit("export", "--module", store.module)
    assert {"_.._.._etc_x.cer", "Za_____1.cer", "_.hidden.cer", "_-rf.cer", "_CON.cer"} == set(
        result.stdout.splitlines()
    )


def test_a_second_of_the_same_name_gets_its_serial(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore
) -> None:
    """Two certificates of one common name are two files; the second has its serial in the name."""
    store = make_softhsm_store(two_certificates())
    names = run_ctlkit("export", "--module", store.module).stdout.split()
    assert 2 == len(set(names))
    assert any(re.fullmatch(r"SAST-[\w-]+\.cer", name) for name in names)


def test_certificates_of_cas_are_left_out(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore
) -> None:
    """A CA's certificate on a token is no SAST candidate and is not exported beside its own."""
    store = make_softhsm_store(with_ca_certificate())
    names = run_ctlkit("export", "--module", store.module).stdout.split()
    assert [f"{FIRST_NAME}.cer"] == names


def test_a_hidden_certificate_needs_a_login(
    run_ctlkit: RunCtlkit,
    make_softhsm_store: MakeStore,
    fault_module: MakeFaultModule,
    pin_file: Path,
) -> None:
    """A private certificate is not found without a login; --login logs in once and finds it."""
    make_softhsm_store(etoken(private_certificate=True))
    module = fault_module()
    for words in ((), (FIRST_NAME,)):
        hidden = run_ctlkit("export", *words, "--module", module.path)
        assert 5 == hidden.status
        assert "--login" in hidden.stderr
    assert 0 == module.count("C_Login")
    found = run_ctlkit(
        *("export", FIRST_NAME, "--login", "--module", module.path, "--pin-file", pin_file)
    )
    assert (0, f"{FIRST_NAME}.cer\n") == (found.status, found.stdout)
    assert (1, ()) == (module.count("C_Login"), module.writing_calls())


def test_without_a_name_nobody_logs_in(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """A PIN at hand is not sent anywhere unless --login names the token."""
    module = fault_module()
    env = {"CTLKIT_PIN": DEFAULT_PIN}
    assert 0 == run_ctlkit("export", "--module", module.path, env=env).status
    assert 2 == run_ctlkit("export", "--login", "--module", module.path, env=env).status
    assert 0 == module.count("C_Login")


def test_one_pin_is_not_sent_to_two_tokens(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule, pin_file: Path
) -> None:
    """A PIN that nobody typed goes to none of several tokens, and then no file is written."""
    module = fault_module()
    result = run_ctlkit(
        *("export", FIRST_NAME, SECOND_NAME, "--login", "--json"),
        *("--module", module.path, "--pin-file", pin_file),
    )
    assert (7, "pin-for-several-tokens") == (result.status, result.json()["error"]["code"])
    assert "2 tokens are named" in result.stderr
    assert 0 == module.count("C_Login")
    assert [] == list(pin_file.parent.glob("*.cer"))


def test_one_token_named_twice_is_one_token(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule, pin_file: Path
) -> None:
    """By its label and by its serial it is still the one token that the command names."""
    module = fault_module()
    token = etokens.tokens[0]
    result = run_ctlkit(
        *("export", token.label, token.serial, "--login"),
        *("--module", module.path, "--pin-file", pin_file),
    )
    assert (0, f"{FIRST_NAME}.cer\n") == (result.status, result.stdout)
    assert 1 == module.count("C_Login")


def test_a_person_types_the_pin_of_each_token(
    run_pty: RunTerminal, etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """At a prompt several tokens may be logged in to, each once; tries used up are told."""
    module = fault_module(FaultPlan().flags(on=("USER_PIN_COUNT_LOW",), token=SECOND_NAME))
    result = run_pty(
        *("export", FIRST_NAME, SECOND_NAME, "--login", "--module", module.path),
        answers=[(f"PIN for {name}", DEFAULT_PIN) for name in (FIRST_NAME, SECOND_NAME)],
    )
    assert 0 == result.status
    assert f"a wrong PIN was entered before on the token {SECOND_NAME}" in result.output
    assert 2 == module.count("C_Login")


def test_pin_pads_take_the_pins_of_several_tokens(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, fault_module: MakeFaultModule
) -> None:
    """Where each PIN is typed at the reader no PIN is sent from here, and all are logged in to."""
    module = fault_module(FaultPlan().pin_pad())
    result = run_ctlkit(
        *("export", FIRST_NAME, SECOND_NAME, "--login", "--module", module.path),
        env={"CTLKIT_PIN": "not-the-pin"},
    )
    assert 0 == result.status
    assert 2 == result.stderr.count("is to be entered at its reader")
    assert 2 == module.count("C_Login")


def test_a_token_without_a_certificate(
    run_ctlkit: RunCtlkit, make_softhsm_store: MakeStore
) -> None:
    """A token that shows no certificate is status 5 with the reason; the others are exported."""
    store = make_softhsm_store(etoken(certificate=False), etoken(SECOND_NAME))
    alone = run_ctlkit("export", FIRST_NAME, "--module", store.module)
    assert 5 == alone.status
    assert "shows no certificate" in alone.stderr
    together = run_ctlkit("export", "--module", store.module)
    assert (0, f"{SECOND_NAME}.cer\n") == (together.status, together.stdout)


def test_a_folder_without_room(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """A file that cannot be written to its end leaves nothing behind and says why."""
    script = 'ulimit -f 0; exec "$0" "$@"'
    done = subprocess.run(
        ["sh", "-c", script, COMMAND, "export", *module],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode
    assert "cannot be written" in done.stderr
    assert [] == [path for path in tmp_path.iterdir() if path.is_file()]


def test_the_issuers_and_dates_are_in_json(run_ctlkit: RunCtlkit, module: tuple[str, str]) -> None:
    """With --json each file comes with what a person compares of its certificate."""
    items = run_ctlkit("export", "--json", *module).json()["files"]
    (item,) = (item for item in items if FIRST_NAME == item["token"])
    assert "CN=Cisco Manufacturing CA,O=Cisco Systems" == item["issuer"]
    assert ("45daa2af00000027f93c", 1024) == (item["serial"], item["key_bits"])
    assert ("2010-01-01T00:00:00Z", "2049-12-31T23:59:59Z") == (
        item["not_before"],
        item["not_after"],
    )
