"""Lists described in TOML: what a manifest may say, and what is made of it."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.codec import encode_record
from ctlkit.errors import ConfigurationError, CtlkitError, InputError, RuleError
from ctlkit.manifest import Entry, Manifest, build, function_number, parse_manifest
from ctlkit.messages import Message
from ctlkit.profiles import CTL_CLIENT, CUCM
from ctlkit.signing import sign
from ctlkit.trustlist import Digest, Draft, Function, Record
from ctlkit.verify import verify

if TYPE_CHECKING:
    from tests.unit.conftest import ListMaker

SAST = '[[entry]]\nfunction = "SAST"\ncertificate = "etoken-1"\n'
SERVER = '[[entry]]\nfunction = "CCM+TFTP"\ncertificate = "capf"\nip = "10.48.47.153"\n'
HEAD = "schema = 1\n"


def parse(text: str) -> Manifest:
    """Read a manifest out of its text."""
    return parse_manifest(text.encode(), "m.toml")


def make(
    maker: ListMaker, text: str, signer: str = "etoken-1"
) -> tuple[Draft, tuple[Message, ...]]:
    """Build the list that a manifest describes, certificates being those of the kept keys."""
    return build(parse(text), maker.certificate, maker.certificate(signer), 1425675367)


def records(made: Draft) -> tuple[Record, ...]:
    """The records of a draft."""
    assert isinstance(made.content, tuple)
    return made.content


def test_what_a_manifest_says() -> None:
    """Every key, in the order of the entries."""
    text = (
        HEAD + 'profile = "cucm"\nfilename = "CTLSEP001122334455.tlv"\ndigest = "sha512"\n'
        'signer-version = "1.1"\n' + SAST + "[[entry]]\nfunction = 4\ncertificate = 'c'\n"
        'dns = "host"\nip = "fd00::1"\n'
    )
    assert Manifest(
        CUCM,
        "CTLSEP001122334455.tlv",
        Digest.SHA512,
        b"\x01\x01",
        (Entry(0, "etoken-1"), Entry(4, "c", "host", "fd00::1")),
    ) == parse(text)


def test_what_a_manifest_need_not_say() -> None:
    """The dialect is ctl-client, the file CTLFile.tlv, the digest SHA-1."""
    found = parse(HEAD + SAST)
    assert (CTL_CLIENT, "CTLFile.tlv", Digest.SHA1, None) == (
        found.profile,
        found.filename,
        found.digest,
        found.signer_version,
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SAST", 0),
        ("ccm+tftp", 2),
        (" CAPF ", 4),
        ("APP-SERVER", 7),
        ("TVS", 21),
        ("99", 99),
        ("65535", 65535),
        ("65536", None),
        ("-1", None),
        ("CCM_TFTP", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_functions_have_names_and_numbers(text: str, number: int | None) -> None:
    """Short names in any case, and any number of 16 bits."""
    assert number == function_number(text)


WRONG = [
    ("", "schema"),
    ("schema = 2", "schema"),
    ("schema = true", "schema"),
    (HEAD, "entry"),
    (HEAD + "entry = []", "entry"),
    (HEAD + "entry = [1]", "entry 1: entry"),
    (HEAD + "pin = 1\n" + SAST, "pin"),
    (HEAD + SAST + "pin = 1\n", "entry 1: pin"),
    (HEAD + SAST + SERVER + "name = 'x'\n", "entry 2: name"),
    (HEAD + "profile = 'windows'\n" + SAST, "profile"),
    (HEAD + "digest = 'md5'\n" + SAST, "digest"),
    (HEAD + "digest = 1\n" + SAST, "digest"),
    (HEAD + "signer-version = '2.0'\n" + SAST, "signer-version"),
    (HEAD + "filename = 1\n" + SAST, "filename"),
    (HEAD + "filename = 'a\\u0000b'\n".replace("'", '"') + SAST, "filename"),
    (HEAD + f"filename = '{'x' * 256}'\n" + SAST, "filename"),
    (HEAD + "[[entry]]\ncertificate = 'x'\n", "entry 1: function"),
    (HEAD + "[[entry]]\nfunction = true\ncertificate = 'x'\n", "entry 1: function"),
    (HEAD + "[[entry]]\nfunction = 1.5\ncertificate = 'x'\n", "entry 1: function"),
    (HEAD + "[[entry]]\nfunction = 'SAST'\n", "entry 1: certificate"),
    (HEAD + "[[entry]]\nfunction = 'SAST'\ncertificate = 1\n", "entry 1: certificate"),
    (HEAD + SAST + "ip = 'localhost'\n", "entry 1: ip"),
    (HEAD + SAST + "ip = 1\n", "entry 1: ip"),
    (HEAD + SAST + "dns = 1\n", "entry 1: dns"),
    (HEAD + SAST + 'dns = "a\\u0000b"\n', "entry 1: dns"),
]


@pytest.mark.parametrize(("text", "key"), WRONG)
def test_mistakes_name_file_and_key(text: str, key: str) -> None:
    """A key that is not known and a value that is none are errors with the number of the entry."""
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    assert (key, 2) == (caught.value.values["key"], caught.value.status)
    assert str(caught.value).startswith("m.toml: ")


@pytest.mark.parametrize("data", [b"a = ", b"\xff", b"a = " + b"9" * 5000, b"a = " + b"[" * 9999])
def test_what_is_no_toml_is_one_error(data: bytes) -> None:
    """Whatever the TOML reader stumbles over, it is one error that names the file."""
    with pytest.raises(ConfigurationError) as caught:
        parse_manifest(data, "m.toml")
    assert "toml-unreadable" == caught.value.code
    assert str(caught.value).startswith("m.toml ")


def test_a_list_is_made_as_described(maker: ListMaker, make_data: ModuleType) -> None:
    """The order of the entries, the address as DNSNAME, and what is made verifies."""
    made, messages = make(maker, HEAD + SERVER + SAST)
    assert () == messages
    assert [2, 0] == [record.function for record in records(made)]
    assert "10.48.47.153" == records(made)[0].dns_name
    signed = sign(made, make_data.signer("etoken-1"))
    assert 1425675367 == signed.header.timestamp
    verify(signed)


def test_making_it_again_gives_the_same_bytes(maker: ListMaker, make_data: ModuleType) -> None:
    """The same manifest, certificates and time give the same file."""
    text = HEAD + 'profile = "usecallmanager"\n' + SAST + SERVER
    signer = make_data.signer("etoken-1")
    first, second = (sign(make(maker, text)[0], signer).raw for _ in range(2))
    assert first == second


def test_the_signer_is_one_of_the_entries(maker: ListMaker) -> None:
    """Not a SAST entry, or not an entry at all: refused, and the signer is named."""
    for text in (HEAD + SAST, HEAD + SAST.replace("SAST", "TFTP") + 'ip = "10.0.0.1"\n'):
        signer = "etoken-2" if '"SAST"' in text else "etoken-1"
        with pytest.raises(RuleError) as caught:
            make(maker, text, signer)
        assert ("signer-not-an-entry", 3) == (caught.value.code, caught.value.status)


def test_one_token_and_no_server_are_no_error_here(maker: ListMaker) -> None:
    """The rules about numbers bind `update`; a manifest may describe any list."""
    made, messages = make(maker, HEAD + SAST)
    assert (1, ()) == (len(records(made)), messages)


def test_an_entry_without_certificate_is_short(maker: ListMaker) -> None:
    """A CCM+TFTP entry of non-secure mode: 33 bytes with an address of 12 characters."""
    short = SERVER.replace('certificate = "capf"\n', "")
    made, _ = make(maker, HEAD + SAST + short)
    assert 33 == len(encode_record(records(made)[1]))
    assert (b"\x0a\x30\x2f\x99", Function.CCM_TFTP) == (
        records(made)[1].ip_address,
        records(made)[1].function,
    )
    with pytest.raises(RuleError) as caught:
        make(maker, HEAD + 'profile = "usecallmanager"\n' + SAST + short)
    assert "non-secure-profile" == caught.value.code


@pytest.mark.parametrize(
    ("profile", "entry", "code"),
    [
        ("ctl-client", 'dns = "host"', None),
        ("ctl-client", "", "manifest-needs-ip"),
        ("cucm", 'ip = "10.0.0.1"', "manifest-needs-dns"),
        ("cucm", 'dns = "host"', None),
        ("usecallmanager", "", None),
    ],
)
def test_servers_need_what_their_dialect_writes(
    maker: ListMaker, profile: str, entry: str, code: str | None
) -> None:
    """The address or the host name that DNSNAME holds has to be in the manifest."""
    text = f'{HEAD}profile = "{profile}"\n{SAST}[[entry]]\nfunction = 4\ncertificate = "capf"\n'
    if code is None:
        make(maker, text + entry)
        return
    with pytest.raises(ConfigurationError) as caught:
        make(maker, text + entry)
    assert (code, "capf") == (caught.value.code, caught.value.values["certificate"])


def test_many_sast_warn_in_one_profile_only(maker: ListMaker) -> None:
    """Three SAST entries are a remark in Asterisk's dialect, and nothing in the others."""
    three = "".join(SAST.replace("etoken-1", label) for label in ("etoken-1", "etoken-2", "capf"))
    for profile, expected in (("ctl-client", []), ("usecallmanager", ["many-sast"])):
        _, messages = make(maker, f'{HEAD}profile = "{profile}"\n{three}')
        assert expected == [message.code for message in messages]


def test_what_phones_refuse_is_not_made(maker: ListMaker) -> None:
    """A list over 64 KB is refused before it is signed."""
    with pytest.raises(RuleError) as caught:
        make(maker, HEAD + SAST + 70 * SERVER)
    assert "list-over-phone-limit" == caught.value.code


def test_certificates_are_read_by_the_caller(maker: ListMaker) -> None:
    """Names go to the caller as they stand; its errors come through."""
    asked = []

    def load(name: str) -> Certificate:
        asked.append(name)
        raise InputError("file-missing", file=name)

    with pytest.raises(CtlkitError):
        build(parse(HEAD + SAST), load, maker.certificate("etoken-1"), 0)
    assert ["etoken-1"] == asked
