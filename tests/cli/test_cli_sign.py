"""``ctlkit sign``: signed configuration files, and what --trust says of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Function
from softhsm_fixtures import FIRST_NAME, CertificateSpec, make_certificate

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeFaultModule, SoftHsmStore
    from tests.cli.conftest import MakeList, Material
    from tests.conftest import RunCtlkit, RunTerminal

CONTENT = "<device><name>SEP001122334455</name></device>\n"
PASSWORD = "not-the-pin of anything"


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    """Write a phone's configuration."""
    path = tmp_path / "SEP001122334455.cnf.xml"
    path.write_text(CONTENT)
    return path


@pytest.fixture
def encrypted(material: Material) -> Path:
    """Write a signer whose private key has a password."""
    path = material.first.with_name("encrypted.pem")
    subprocess.run(
        [
            *("openssl", "pkcs8", "-topk8", "-in", material.stranger, "-out", path),
            *("-v2", "aes-256-cbc", "-passout", f"pass:{PASSWORD}"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + _parts(material.stranger)["CERTIFICATE"])
    return path


def test_a_signed_file_carries_the_plain_one(
    run_ctlkit: RunCtlkit, phone: Path, material: Material
) -> None:
    """NAME becomes NAME.sgn beside it: a header, then the file as it was."""
    result = run_ctlkit("sign", phone.name, "--signer", material.first)
    assert (0, f"{phone.name}.sgn\n", "") == (result.status, result.stdout, result.stderr)
    assert phone.with_name(f"{phone.name}.sgn").read_bytes().endswith(CONTENT.encode())
    answer = run_ctlkit("show", f"{phone.name}.sgn", "--trust", material.first, "--json").json()
    assert ("signed", f"{phone.name}.sgn", "1.0", len(CONTENT), True) == (
        answer["kind"],
        answer["header"]["filename"],
        answer["header"]["version"],
        answer["content_length"],
        answer["verified"],
    )


def test_without_trust_nothing_can_be_told(
    run_ctlkit: RunCtlkit, phone: Path, material: Material
) -> None:
    """A signed file holds no certificate: without --trust the answer is cannot tell, status 3."""
    run_ctlkit("sign", phone, "--signer", material.first)
    signed = f"{phone.name}.sgn"
    (line,) = run_ctlkit("verify", signed, "--json").json_lines()
    assert ("cannot-tell", "signed-file-needs-trust") == (line["verdict"], line["error"]["code"])
    assert f"{signed}: cannot tell\n" == run_ctlkit("verify", signed).stdout
    assert 3 == run_ctlkit("show", signed).status
    assert 0 == run_ctlkit("verify", signed, "--trust", material.first).status
    assert 3 == run_ctlkit("verify", signed, "--trust", material.stranger).status


def test_a_list_vouches_by_its_tftp_record(
    run_ctlkit: RunCtlkit, phone: Path, make_list: MakeList, tmp_path: Path
) -> None:
    """A list's TFTP or CCM+TFTP record vouches for signed files, its other records do not."""
    own = make_certificate(CertificateSpec(subject="CN=tftp", serial=5))
    (tmp_path / "tftp.pem").write_bytes(own.pem)
    run_ctlkit("sign", phone, "--signer", "tftp.pem")
    expected = {Function.TFTP: 0, Function.CCM_TFTP: 0, Function.CAPF: 3}
    for function, status in expected.items():
        trusted = make_list("trusted.tlv", servers=[(function, own, "10.0.0.1")])
        result = run_ctlkit("verify", f"{phone.name}.sgn", "--trust", trusted)
        assert status == result.status, function


def test_a_signed_file_vouches_for_nothing(
    run_ctlkit: RunCtlkit, phone: Path, material: Material
) -> None:
    """--trust with a signed file is a usage error."""
    run_ctlkit("sign", phone, "--signer", material.first)
    signed = f"{phone.name}.sgn"
    assert 2 == run_ctlkit("verify", signed, "--trust", signed).status


def test_a_changed_file_does_not_verify(
    run_ctlkit: RunCtlkit, phone: Path, material: Material
) -> None:
    """One byte changed in the content, and the signature is wrong: status 3."""
    run_ctlkit("sign", phone, "--signer", material.first)
    signed = phone.with_name(f"{phone.name}.sgn")
    signed.write_bytes(signed.read_bytes().replace(b"SEP00", b"SEP99"))
    (line,) = run_ctlkit("verify", signed, "--trust", material.first, "--json").json_lines()
    assert ("invalid", "signature-wrong") == (line["verdict"], line["error"]["code"])


@pytest.mark.parametrize("digest", ["sha1", "sha512"])
def test_many_files_one_login(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    fault_module: MakeFaultModule,
    pin_file: Path,
    tmp_path: Path,
    digest: str,
) -> None:
    """Signing several files logs in to the token once, and signs each; a folder may be named."""
    module = fault_module()
    names = [f"{number}.xml" for number in range(5)]
    for name in names:
        (tmp_path / name).write_text(name)
    (tmp_path / "out").mkdir()
    result = run_ctlkit(
        *("sign", *names, "-o", "out", "--signer", FIRST_NAME, "--digest", digest),
        *("--module", module.path, "--pin-file", pin_file, "--json"),
    )
    assert (0, 1) == (result.status, module.count("C_Login"))
    assert [(name, f"out/{name}.sgn", digest.upper()) for name in names] == [
        (each["source"], each["file"], each["digest"]) for each in result.json()["files"]
    ]
    run_ctlkit("export", FIRST_NAME, "--module", module.path)
    trust = ("--trust", f"{FIRST_NAME}.cer")
    assert 0 == run_ctlkit("verify", *(f"out/{name}.sgn" for name in names), *trust).status


def test_all_or_none(
    run_ctlkit: RunCtlkit, phone: Path, material: Material, tmp_path: Path
) -> None:
    """A name that is taken, or a file that is missing, stops it before the first is written."""
    (tmp_path / "other.xml").write_text("<device/>")
    (tmp_path / "other.xml.sgn").write_text("mine")
    taken = run_ctlkit("sign", phone, "other.xml", "--signer", material.first)
    missing = run_ctlkit("sign", phone, "nowhere.xml", "--signer", material.first)
    assert (1, 4) == (taken.status, missing.status)
    assert not phone.with_name(f"{phone.name}.sgn").exists()
    assert "mine" == (tmp_path / "other.xml.sgn").read_text()
    forced = run_ctlkit("sign", phone, "other.xml", "--signer", material.first, "--force")
    assert 0 == forced.status


def test_files_of_one_name(
    run_ctlkit: RunCtlkit, phone: Path, material: Material, tmp_path: Path
) -> None:
    """Two files of one name cannot go into one folder: status 2, nothing written."""
    for folder in ("a", "b", "out"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.xml").write_text(folder)
    words = ("sign", "a/x.xml", "b/x.xml", "--signer", material.first)
    assert 2 == run_ctlkit(*words, "-o", "out").status
    assert 0 == run_ctlkit(*words).status


def test_what_is_signed_already(
    run_ctlkit: RunCtlkit, phone: Path, material: Material, make_list: MakeList
) -> None:
    """A signed file or a list is not signed again."""
    run_ctlkit("sign", phone, "--signer", material.first)
    for path in (phone.with_name(f"{phone.name}.sgn"), make_list()):
        result = run_ctlkit("sign", path, "--signer", material.first)
        assert 4 == result.status
        assert "is a signed file or a list already" in result.stderr


def test_an_encrypted_signer(
    run_ctlkit: RunCtlkit, run_pty: RunTerminal, phone: Path, encrypted: Path, tmp_path: Path
) -> None:
    """The password of a PEM signer comes as a PIN does: from a file or at a prompt."""
    words = ("sign", phone, "--force", "--signer", encrypted)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    (tmp_path / "password").chmod(0o600)
    assert 0 == run_ctlkit(*words, "--pin-file", "password").status
    assert 0 == run_pty(*words, answers=[("Password for encrypted.pem: ", PASSWORD)]).status
    nothing = run_ctlkit(*words)
    assert 7 == nothing.status
    assert "encrypted.pem has a password" in nothing.stderr
    wrong = run_ctlkit(*words, "--json", env={"CTLKIT_PIN": "something else"})
    assert (4, "signer-file-unusable") == (wrong.status, wrong.json()["error"]["code"])
    assert "encrypted.pem" in wrong.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("certificate", "holds no private key"),
        ("key", "no certificate"),
        ("text", "text.pem"),
        ("other", "do not belong together"),
        (None, "there is no such file"),
    ],
)
def test_a_signer_that_is_none(
    run_ctlkit: RunCtlkit, phone: Path, material: Material, content: str | None, told: str
) -> None:
    """A PEM file without key or certificate, or with those of two signers, is told by name."""
    first = _parts(material.first)
    contents = {
        "certificate": first["CERTIFICATE"],
        "key": first["PRIVATE KEY"],
        "text": b"nothing",
        "other": first["CERTIFICATE"] + _parts(material.stranger)["PRIVATE KEY"],
    }
    path = phone.with_name(f"{content}.pem")
    if content is not None:
        path.write_bytes(contents[content])
    result = run_ctlkit("sign", phone, "--signer", path)
    assert 4 == result.status
    assert told in result.stderr
    assert path.name in result.stderr


def _parts(path: Path) -> dict[str, bytes]:
    """The blocks of a PEM file by their names."""
    blocks = re.finditer(
        rb"-----BEGIN ([A-Z ]+)-----\n.*?-----END \1-----\n", path.read_bytes(), re.DOTALL
    )
    return {block[1].decode(): block[0] for block in blocks}


def test_no_such_signer(run_ctlkit: RunCtlkit, phone: Path, module: tuple[str, str]) -> None:
    """A signer that is neither token nor file is status 5, in a token's words."""
    result = run_ctlkit("sign", phone, "--signer", "SAST-nobody", *module)
    assert 5 == result.status
