"""``ctlkit build``: a list from a manifest, the same bytes each time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from softhsm_fixtures import FIRST_NAME

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.cli.conftest import Material
    from tests.conftest import RunCtlkit

HEAD = 'schema = 1\nprofile = "usecallmanager"\n'
FIRST = '[[entry]]\nfunction = "SAST"\ncertificate = "first.pem"\n'
SECOND = '[[entry]]\nfunction = 0\ncertificate = "second.pem"\n'
SERVER = '[[entry]]\nfunction = "ccm+tftp"\ncertificate = "cucm-1051-a-pub.pem"\n'


def _manifest(material: Material, text: str) -> Path:
    path = material.first.with_name("list.toml")
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_bytes_each_time(
    run_ctlkit: RunCtlkit, material: Material, tmp_path: Path
) -> None:
    """A fixed --timestamp, in either form, or SOURCE_DATE_EPOCH gives equal bytes."""
    manifest = _manifest(material, HEAD + FIRST + SERVER + SECOND)
    words = ("build", manifest, "--signer", material.first)
    runs: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
        (("-o", "1.tlv", "--timestamp", "1425675213"), {}),
        (("-o", "2.tlv", "--timestamp", "2015-03-06T20:53:33Z"), {"SOURCE_DATE_EPOCH": "1"}),
        (("-o", "3.tlv"), {"SOURCE_DATE_EPOCH": "1425675213"}),
    )
    for more, env in runs:
        assert 0 == run_ctlkit(*words, *more, env=env).status
    first, *others = ((tmp_path / f"{number}.tlv").read_bytes() for number in (1, 2, 3))
    assert [first, first] == others
    answer = run_ctlkit("show", "1.tlv", "--json").json()
    assert ("2015-03-06T20:53:33Z", True) == (answer["header"]["timestamp"], answer["verified"])


def test_the_order_of_the_entries_is_kept(run_ctlkit: RunCtlkit, material: Material) -> None:
    """Entries come out in the order of the manifest, signed by the SAST entry that was named."""
    manifest = _manifest(material, HEAD + SERVER + SECOND + FIRST)
    built = run_ctlkit(
        *("build", manifest, "-o", "out.tlv", "--signer", material.first, "--json")
    ).json()
    answer = run_ctlkit("show", "out.tlv", "--json").json()
    assert [2, 0, 0] == [record["function"] for record in answer["records"]]
    assert ("out.tlv", answer["length"], 3) == (built["file"], built["length"], built["records"])
    assert answer["records"][2]["serial"] == answer["header"]["signer_serial"]


def test_a_token_signs(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    module: tuple[str, str],
    material: Material,
    pin_file: Path,
) -> None:
    """A token that is an entry signs the list that its exported certificate stands in."""
    run_ctlkit("export", FIRST_NAME, "-o", material.first.parent, *module)
    entry = f'[[entry]]\nfunction = "SAST"\ncertificate = "{FIRST_NAME}.cer"\n'
    server = SERVER + 'dns = "10.48.47.153"\nip = "10.48.47.153"\n'
    manifest = _manifest(material, f"schema = 1\n{entry}{server}{SECOND}")
    result = run_ctlkit(
        *("build", manifest, "-o", "out.tlv", "--signer", FIRST_NAME),
        *(*module, "--pin-file", pin_file),
    )
    assert 0 == result.status
    assert result.stdout.startswith("out.tlv: ")
    assert 0 == run_ctlkit("verify", "out.tlv").status


def test_all_of_a_manifests_keys(run_ctlkit: RunCtlkit, material: Material) -> None:
    """The file's name inside, the digest and the signer version are as the manifest says."""
    text = HEAD + 'filename = "ITLFile.tlv"\ndigest = "sha512"\nsigner-version = "1.1"\n'
    manifest = _manifest(material, text + FIRST + SERVER)
    run_ctlkit("build", manifest, "-o", "out.tlv", "--signer", material.first)
    answer = run_ctlkit("show", "out.tlv", "--json").json()
    header = answer["header"]
    assert ("itl", "ITLFile.tlv", "SHA512", "1.1") == (
        answer["kind"],
        header["filename"],
        header["digest"],
        header["signer_version"],
    )


def test_the_short_form_of_a_server(run_ctlkit: RunCtlkit, material: Material) -> None:
    """A CCM+TFTP entry without a certificate is the 33-byte form of a cluster not secure."""
    short = '[[entry]]\nfunction = "CCM+TFTP"\nip = "10.48.47.153"\n'
    manifest = _manifest(material, f"schema = 1\n{FIRST}{short}{SECOND}")
    assert 0 == run_ctlkit("build", manifest, "-o", "o.tlv", "--signer", material.first).status
    assert 33 == run_ctlkit("show", "o.tlv", "--json").json()["records"][1]["length"]


def test_one_token_only_warns(run_ctlkit: RunCtlkit, material: Material) -> None:
    """The rules about numbers of tokens only warn here: one SAST entry is built."""
    manifest = _manifest(material, HEAD + FIRST + SERVER)
    result = run_ctlkit("build", manifest, "-o", "out.tlv", "--signer", material.first)
    assert 0 == result.status
    assert "fewer than two" in result.stderr


def test_the_signer_must_be_an_entry(
    run_ctlkit: RunCtlkit, material: Material, tmp_path: Path
) -> None:
    """A signer that is no SAST entry is refused with status 3; nothing is written."""
    manifest = _manifest(material, HEAD + FIRST + SERVER + SECOND)
    result = run_ctlkit("build", manifest, "-o", "out.tlv", "--signer", material.stranger)
    assert 3 == result.status
    assert "is not a SAST entry of the list (rule 2)" in result.stderr
    assert not (tmp_path / "out.tlv").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "schema must be 1"),
        ("schema = 2\n", "schema must be 1"),
        ("schema = 1\n", "at least one [[entry]]"),
        ("colour = 1\n" + HEAD + FIRST, "the key colour is not known"),
        (HEAD + FIRST + 'pin = "1"\n', "the key entry 1: pin is not known"),
        (HEAD + '[[entry]]\nfunction = "BOSS"\n', "entry 1: function must be"),
        (HEAD + "[[entry]]\nfunction = true\n", "entry 1: function must be"),
        (HEAD + '[[entry]]\nfunction = "CAPF"\n', "entry 1: certificate must be"),
        (HEAD + FIRST + 'ip = "10.0.0"\n', "entry 1: ip must be"),
        ('schema = 1\nprofile = "avaya"\n' + FIRST, "profile must be"),
        ('schema = 1\ndigest = "md5"\n' + FIRST, "digest must be"),
        (HEAD + 'signer-version = "2.0"\n' + FIRST, "signer-version must be"),
        ("schema = 1\n" + FIRST + SERVER, "needs the address of the server"),
        ('schema = 1\nprofile = "cucm"\n' + FIRST + SERVER, "needs the host name of the server"),
        ("schema = [\n", "is no TOML"),
    ],
)
def test_a_manifest_that_cannot_be_meant(
    run_ctlkit: RunCtlkit, material: Material, tmp_path: Path, text: str, told: str
) -> None:
    """Unknown keys and impossible values are status 2, named with their entry; no file."""
    manifest = _manifest(material, text)
    result = run_ctlkit("build", manifest, "-o", "out.tlv", "--signer", material.first)
    assert (2, "") == (result.status, result.stdout)
    assert told in result.stderr
    assert not (tmp_path / "out.tlv").exists()


def test_a_certificate_that_is_not_there(run_ctlkit: RunCtlkit, material: Material) -> None:
    """A certificate that is missing or none is status 4 with its path beside the manifest."""
    (material.first.parent / "text.pem").write_text("no certificate")
    for name in ("nowhere.pem", "text.pem"):
        entry = f'[[entry]]\nfunction = "CAPF"\ncertificate = "{name}"\n'
        manifest = _manifest(material, HEAD + FIRST + entry)
        result = run_ctlkit("build", manifest, "-o", "out.tlv", "--signer", material.first)
        assert 4 == result.status
        assert name in result.stderr


@pytest.mark.parametrize(
    ("output", "status"), [("list.tlv", 1), ("nowhere/list.tlv", 4)], ids=["there", "no folder"]
)
def test_nothing_is_replaced(
    run_ctlkit: RunCtlkit, material: Material, tmp_path: Path, output: str, status: int
) -> None:
    """A file that is there stays without --force, found before the signer is asked for anything."""
    (tmp_path / "list.tlv").write_text("mine")
    manifest = _manifest(material, HEAD + FIRST + SERVER)
    result = run_ctlkit("build", manifest, "-o", output, "--signer", "no such token")
    assert status == result.status
    assert "mine" == (tmp_path / "list.tlv").read_text()


@pytest.mark.parametrize("text", ["soon", "-1", "4294967296", "2015-13-01", "", "1e9"])
def test_times_that_are_none(run_ctlkit: RunCtlkit, material: Material, text: str) -> None:
    """A time is seconds or ISO 8601 and fits into 32 bits; else status 2 before anything."""
    manifest = _manifest(material, HEAD + FIRST + SERVER)
    words = ("build", manifest, "-o", "out.tlv", "--signer", material.first)
    assert 2 == run_ctlkit(*words, f"--timestamp={text}").status
    assert 2 == run_ctlkit(*words, env={"SOURCE_DATE_EPOCH": text}).status
