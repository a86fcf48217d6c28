"""What the tests of the command line share: files to work with, and a check of all JSON.

Rules:

* Whatever a command writes under ``--json`` is checked against its schema in ``docs/json``,
  whichever test ran it.
* Lists, certificates and signers are made once in each process, in memory, and written where a
  test works.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pytest
from jsonschema import Draft202012Validator

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.profiles import profile
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function
from softhsm_fixtures import (
    DEFAULT_PIN,
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    Credential,
    etoken_certificate,
    make_certificate,
)

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.conftest import Result, RunCtlkit

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "json"
COMMANDS = (
    *("tokens", "export", "show", "verify", "build", "update", "sign", "place", "demo", "tvs"),
    *("lab", "doctor", "diff", "preflight"),
)
PLACE_COMMANDS = ("status", "fetch", "publish", "delete", "restore", "restart")
TVS_COMMANDS = ("query", "verify")
LAB_COMMANDS = ("up", "down", "status", "admin", "phone", "cert", "trust")
LAB_SCHEMAS = {"cert": "lab-cert-regen", "trust": "lab-trust-add"}
WRONG_PIN = "not-the-pin-47"


CLUSTER: Sequence[tuple[int, Credential | str, str]] = (
    (Function.CCM_TFTP, "cucm-1051-a-pub", "10.48.47.153"),
    (Function.CAPF, "CAPF-e41e7d87", "10.48.47.153"),
    (Function.CCM_TFTP, "cucm-1051-a-sub1", "10.48.47.154"),
)


SchemaOf: TypeAlias = Callable[[str], Draft202012Validator]


class MakeList(Protocol):
    """Makes a list and writes it."""

    def __call__(
        self,
        name: str = "CTLFile.tlv",
        *,
        tokens: Sequence[str] = (FIRST_NAME, SECOND_NAME),
        servers: Sequence[tuple[int, Credential | str, str]] = CLUSTER,
        dialect: str = "ctl-client",
        digest: Digest = Digest.SHA1,
        filename: str = "CTLFile.tlv",
        timestamp: int = 1_425_675_213,
    ) -> Path:
        """Write a list of signers, by common name, the last of which signs, and servers."""
        ...


@dataclass(frozen=True, slots=True)
class Material:
    """Certificates of servers and signers as files in the test's folder.

    Attributes:
        publisher, capf, subscriber: certificates, PEM.
        servers: the options that name those three.
        first, second, stranger: PEM files with key and certificate; those of the two eTokens
            and of nobody.
    """

    publisher: Path
    capf: Path
    subscriber: Path
    servers: tuple[str, ...]
    first: Path
    second: Path
    stranger: Path


@functools.cache
def _server(common_name: str) -> Credential:
    """Make a server's certificate of a published size."""
    subject = f"L=Krakow,ST=Malopolska,CN={common_name},OU=TAC,O=Cisco,C=PL"
    serial = int.from_bytes(common_name.encode()[-15:].rjust(16, b"p"), "big")
    size = {"CAPF-e41e7d87": 680, "cucm-1051-a-sub1": 696}.get(common_name, 694)
    return make_certificate(CertificateSpec(subject=subject, serial=serial, size=size))


@functools.cache
def _signer(common_name: str) -> Credential:
    """Make what is on an eToken, a server's certificate, or a signer that is neither."""
    if common_name.startswith("SAST-"):
        return etoken_certificate(common_name)
    if common_name.startswith(("cucm-", "ITLRECOVERY_")):
        return _server(common_name)
    return make_certificate(CertificateSpec(subject=f"CN={common_name},O=Example", serial=47))


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """Write the certificates of a cluster, and signers, into the test's folder."""
    folder = tmp_path / "material"
    folder.mkdir()
    words: list[str] = []
    for function, name, address in CLUSTER:
        path = folder / f"{name}.pem"
        path.write_bytes(_server(str(name)).certificate_pem)
        role = "CAPF" if function == Function.CAPF else "CCM+TFTP"
        words += ["--server", f"{role},{path},ip={address}"]
    signers = {
        "first.pem": FIRST_NAME,
        "second.pem": SECOND_NAME,
        "stranger.pem": "stranger",
    }
    for file, common_name in signers.items():
        (folder / file).write_bytes(_signer(common_name).pem)
    return Material(
        publisher=folder / "cucm-1051-a-pub.pem",
        capf=folder / "CAPF-e41e7d87.pem",
        subscriber=folder / "cucm-1051-a-sub1.pem",
        servers=tuple(words),
        first=folder / "first.pem",
        second=folder / "second.pem",
        stranger=folder / "stranger.pem",
    )


@pytest.fixture
def make_list(tmp_path: Path) -> MakeList:
    """Make lists in the test's folder."""

    def make(
        name: str = "CTLFile.tlv",
        *,
        tokens: Sequence[str] = (FIRST_NAME, SECOND_NAME),
        servers: Sequence[tuple[int, Credential | str, str]] = CLUSTER,
        dialect: str = "ctl-client",
        digest: Digest = Digest.SHA1,
        filename: str = "CTLFile.tlv",
        timestamp: int = 1_425_675_213,
    ) -> Path:
        held = [_signer(each) for each in tokens]
        own = Certificate.from_der(held[-1].der)
        written = profile(dialect)
        sast = [
            make_record(written, Function.SAST, Certificate.from_der(each.der)) for each in held
        ]
        others = [
            make_record(written, function, _certificate(each), dns=address, address=address)
            for function, each, address in servers
        ]
        unsigned = draft(
            written,
            (*sast[:1], *others, *sast[1:]),
            signer=own,
            identity=identity_of(sast[-1]),
            digest=digest,
            timestamp=timestamp,
            filename=filename,
        )
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sign(unsigned, PemSigner(held[-1].pem)).raw)
        return path

    return make


def _certificate(server: Credential | str) -> Certificate:
    credential = _server(server) if isinstance(server, str) else server
    return Certificate.from_der(credential.der)


@pytest.fixture
def tftp(tmp_path: Path) -> Path:
    """Make an empty folder for a list to live in."""
    folder = tmp_path / "tftp"
    folder.mkdir()
    return folder


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    """Write the eTokens' PIN into a file that only its owner may read."""
    return _secret(tmp_path / "pin", DEFAULT_PIN)


@pytest.fixture
def wrong_pin_file(tmp_path: Path) -> Path:
    """Write a PIN that no token takes into a file."""
    return _secret(tmp_path / "wrong-pin", WRONG_PIN)


def _secret(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(f"{text}\n")
    return path


@pytest.fixture
def module(etokens: SoftHsmStore) -> tuple[str, str]:
    """Give the option that names SoftHSM, in whose store the two eTokens are."""
    return ("--module", str(etokens.module))


@pytest.fixture
def run_ctlkit(run_ctlkit: RunCtlkit) -> RunCtlkit:
    """Run the command as everywhere, and check what it writes under ``--json``."""

    def run(*arguments: str | Path, **settings: Any) -> Result:
        result = run_ctlkit(*arguments, **settings)
        words = [str(word) for word in arguments]
        options = words[: words.index("--")] if "--" in words else words
        if "--json" in options and not {"-h", "--help"} & set(options):
            _check(options, result)
        assert "not-the-pin" not in result.stdout + result.stderr
        return result

    return run


def _check(arguments: list[str], result: Result) -> None:
    lines = result.stdout.splitlines()
    assert lines, f"no answer: {result.stderr}"
    command = next((word for word in arguments if word in COMMANDS), "version")
    many = command == "verify" or "--watch" in arguments
    assert many or 1 == len(lines), result.stdout
    for line in lines:
        answer = json.loads(line)
        _schema_of(_schema_name(command, arguments, answer)).validate(answer)


def _schema_name(command: str, arguments: list[str], answer: Mapping[str, object]) -> str:
    if set(answer) == {"schema", "error"}:
        return "error"
    if "--version" in arguments:
        return "version"
    if command == "place":
        return f"place-{next(word for word in arguments if word in PLACE_COMMANDS)}"
    if command == "tvs":
        return f"tvs-{next(word for word in arguments if word in TVS_COMMANDS)}"
    if command == "lab":
        return _lab_schema_name(arguments)
    if command == "tokens":
        option = next((word for word in ("--watch", "--test") if word in arguments), "")
        return f"tokens{option.removeprefix('-')}"
    return command


def _lab_schema_name(arguments: list[str]) -> str:
    command = next(word for word in arguments if word in LAB_COMMANDS)
    if command == "phone":
        own = next((word for word in ("restart", "log") if word in arguments), None)
        return f"lab-phone-{own}" if own else "lab-phone"
    return LAB_SCHEMAS.get(command, f"lab-{command}")


@functools.cache
def _schema_of(name: str) -> Draft202012Validator:
    text = (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(
        json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


@pytest.fixture
def schema_of() -> SchemaOf:
    """Give what checks an answer against a schema of docs/json, by the schema's name."""
    return _schema_of


class Update(Protocol):
    """Runs ``ctlkit update`` on the test's folder."""

    def __call__(self, *words: str | Path, **settings: Any) -> Result:
        """Run it with these words after the place, and the settings of ``run_ctlkit``."""
        ...


@pytest.fixture
def update(run_ctlkit: RunCtlkit, tftp: Path) -> Update:
    """Run ``update`` on the test's folder."""

    def run(*words: str | Path, **settings: Any) -> Result:
        return run_ctlkit("update", "folder:tftp", *words, **settings)

    return run
