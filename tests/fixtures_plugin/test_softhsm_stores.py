"""Stores: what is written into them, and what is never written to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pkcs11 import Attribute, Mechanism, ObjectClass, SlotFlag
from pkcs11.exceptions import PinIncorrect, UserNotLoggedIn

import softhsm_fixtures
from softhsm_fixtures import (
    HASHLESS,
    SECOND_NAME,
    FolderError,
    SoftHsmMissing,
    StoreError,
    TokenSpec,
    create_store,
    etoken,
    find_softhsm,
    foreign_token,
    mismatched_key,
    open_store,
    two_certificates,
    with_ca_certificate,
    with_data_object,
)
from softhsm_fixtures.library import known_places

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import MakeStore, SoftHsmStore
    from tests.fixtures_plugin.conftest import KeyOf, OpenModule, OpenToken

CERTIFICATES = {Attribute.CLASS: ObjectClass.CERTIFICATE}
PRIVATE_KEYS = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
PUBLIC_KEYS = {Attribute.CLASS: ObjectClass.PUBLIC_KEY}


def test_an_etoken_has_key_and_certificate(
    make_softhsm_store: MakeStore, open_token: OpenToken, private_key: KeyOf
) -> None:
    """The certificate reads back byte for byte, and its key signs what it verifies."""
    made = make_softhsm_store(etoken())
    with open_token(made.private_module()) as session:
        (certificate,) = session.get_objects(CERTIFICATES)
        (public,) = session.get_objects(PUBLIC_KEYS)
        key = private_key(session)
        signature = key.sign(b"digest", mechanism=Mechanism.RSA_PKCS)
        assert made.tokens[0].certificate_der == certificate[Attribute.VALUE]
        assert certificate[Attribute.ID] == key[Attribute.ID] == public[Attribute.ID]
        assert public.verify(b"digest", signature, mechanism=Mechanism.RSA_PKCS)
        assert 128 == len(signature)
        assert not key[Attribute.ALWAYS_AUTHENTICATE]
        assert not key[Attribute.EXTRACTABLE]


def test_two_etokens_differ(etokens: SoftHsmStore, open_module: OpenModule) -> None:
    """Two eTokens have labels, serials, certificates and keys of their own, beside a free slot."""
    slots = open_module(etokens.private_module()).get_slots(token_present=True)
    found = {slot.get_token().label: slot.get_token().serial.decode() for slot in slots}
    first, second = etokens.tokens
    assert {first.label: first.serial, second.label: second.serial, "": ""} == {
        label: serial.strip() for label, serial in found.items()
    }
    assert first.certificate_der != second.certificate_der
    keys = [token.spec.credentials[0].key.public_key() for token in etokens.tokens]
    assert keys[0] != keys[1]


@pytest.mark.parametrize("bits", [2048, 4096])
def test_longer_keys_sign(
    make_softhsm_store: MakeStore, open_token: OpenToken, private_key: KeyOf, bits: int
) -> None:
    """Tokens of 2048 and 4096 bits give signatures of that length."""
    made = make_softhsm_store(etoken(bits=bits))
    with open_token(made.private_module()) as session:
        signature = private_key(session).sign(b"x", mechanism=Mechanism.RSA_PKCS)
        assert bits // 8 == len(signature)


def test_an_ec_key_signs(
    make_softhsm_store: MakeStore, open_token: OpenToken, private_key: KeyOf
) -> None:
    """A token may hold an EC key, which verifies with its public key object."""
    made = make_softhsm_store(etoken(bits="p256"))
    with open_token(made.private_module()) as session:
        signature = private_key(session).sign(b"digest", mechanism=Mechanism.ECDSA)
        (public,) = session.get_objects(PUBLIC_KEYS)
        assert public.verify(b"digest", signature, mechanism=Mechanism.ECDSA)


def test_a_hashless_store_signs_without_hash_mechanisms(
    make_softhsm_store: MakeStore,
    open_token: OpenToken,
    open_module: OpenModule,
    private_key: KeyOf,
) -> None:
    """Only CKM_RSA_PKCS is there to sign with, and it works."""
    made = make_softhsm_store(etoken(), mechanisms=HASHLESS)
    module = made.private_module()
    with open_token(module) as session:
        private_key(session).sign(b"x", mechanism=Mechanism.RSA_PKCS)
    slot = open_module(module).get_slots()[0]
    assert {Mechanism.RSA_PKCS, Mechanism.RSA_PKCS_KEY_PAIR_GEN} == slot.get_mechanisms()


def test_a_context_login_key_asks_again(
    make_softhsm_store: MakeStore, open_token: OpenToken, private_key: KeyOf
) -> None:
    """A key with CKA_ALWAYS_AUTHENTICATE signs only with the PIN given once more."""
    made = make_softhsm_store(etoken(always_authenticate=True))
    with open_token(made.private_module()) as session:
        key = private_key(session)
        assert key[Attribute.ALWAYS_AUTHENTICATE]
        signature = key.sign(b"x", mechanism=Mechanism.RSA_PKCS, pin="Cisco123")
        assert 128 == len(signature)
    with open_token(made.private_module()) as session, pytest.raises(UserNotLoggedIn):
        private_key(session).sign(b"x", mechanism=Mechanism.RSA_PKCS)


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_foreign_labels_are_not_utf_8(
    make_softhsm_store: MakeStore, open_token: OpenToken, encoding: str
) -> None:
    """The labels of token and objects are bytes that UTF-8 cannot read."""
    spec = foreign_token("latin-1" if encoding == "latin-1" else "gb18030")
    made = make_softhsm_store(spec)
    with pytest.raises(UnicodeDecodeError):
        spec.label.decode()
    with open_token(made.private_module()) as session:
        assert "\N{REPLACEMENT CHARACTER}" in session.token.label
        (certificate,) = session.get_objects(CERTIFICATES)
        with pytest.raises(UnicodeDecodeError):
            _ = certificate[Attribute.LABEL]


@pytest.mark.parametrize(
    ("spec", "certificates", "private_keys", "public_keys"),
    [
        pytest.param(etoken(private_key=False), 1, 0, 0, id="certificate-only"),
        pytest.param(etoken(certificate=False), 0, 1, 1, id="key-only"),
        pytest.param(etoken(public_key=False), 1, 1, 0, id="no-public-key"),
        pytest.param(two_certificates(), 2, 1, 1, id="two-certificates"),
        pytest.param(two_certificates(second_key=True), 2, 2, 2, id="two-of-each"),
        pytest.param(with_ca_certificate(), 2, 1, 1, id="ca-certificate"),
        pytest.param(with_data_object(), 1, 1, 1, id="data-object"),
    ],
)
def test_what_a_token_holds(
    make_softhsm_store: MakeStore,
    open_token: OpenToken,
    spec: TokenSpec,
    certificates: int,
    private_keys: int,
    public_keys: int,
) -> None:
    """Odd tokens hold just the objects that their descriptions name."""
    made = make_softhsm_store(spec)
    with open_token(made.private_module()) as session:
        assert certificates == len(list(session.get_objects(CERTIFICATES)))
        assert private_keys == len(list(session.get_objects(PRIVATE_KEYS)))
        assert public_keys == len(list(session.get_objects(PUBLIC_KEYS)))
        data = list(session.get_objects({Attribute.CLASS: ObjectClass.DATA}))
        assert len(spec.objects) == certificates + private_keys + public_keys + len(data)


def test_a_mismatched_key_has_the_certificates_id(
    make_softhsm_store: MakeStore, open_token: OpenToken, private_key: KeyOf
) -> None:
    """CKA_ID says that they belong together, the modulus says that they do not."""
    made = make_softhsm_store(mismatched_key())
    with open_token(made.private_module()) as session:
        (certificate,) = session.get_objects(CERTIFICATES)
        key = private_key(session)
        assert certificate[Attribute.ID] == key[Attribute.ID]
        assert key[Attribute.MODULUS] not in certificate[Attribute.VALUE]


@pytest.mark.parametrize("key_id", [b"", b"\x02"])
def test_ids_may_be_missing_or_differ(
    make_softhsm_store: MakeStore, open_token: OpenToken, private_key: KeyOf, key_id: bytes
) -> None:
    """Then only the modulus tells which key belongs to the certificate."""
    made = make_softhsm_store(etoken(key_id=key_id))
    with open_token(made.private_module()) as session:
        (certificate,) = session.get_objects(CERTIFICATES)
        key = private_key(session)
        assert key_id == key[Attribute.ID]
        assert b"\x01" == certificate[Attribute.ID]
        assert key[Attribute.MODULUS] in certificate[Attribute.VALUE]


def test_a_private_certificate_shows_after_login(
    make_softhsm_store: MakeStore, open_token: OpenToken
) -> None:
    """Without a login there is none, with one there it is."""
    made = make_softhsm_store(etoken(private_certificate=True))
    with open_token(made.private_module(), pin=None) as session:
        assert [] == list(session.get_objects(CERTIFICATES))
    with open_token(made.private_module()) as session:
        assert 1 == len(list(session.get_objects(CERTIFICATES)))


def test_a_pin_of_its_own(make_softhsm_store: MakeStore, open_token: OpenToken) -> None:
    """A token may have any PIN, which no representation shows."""
    made = make_softhsm_store(etoken(pin="Zażółć 12"))
    assert "Zażółć" not in repr(made)
    with open_token(made.private_module(), pin="Zażółć 12"):
        pass
    with pytest.raises(PinIncorrect):
        open_token(made.private_module())


def test_an_inserted_token_shows_after_initialising_again(
    make_softhsm_store: MakeStore, open_module: OpenModule
) -> None:
    """A library that runs goes on undisturbed, and sees the new token after C_Initialize."""
    made = make_softhsm_store(etoken())
    library = open_module(made.private_module())
    before = {slot.get_token().serial for slot in library.get_slots()}
    inserted = made.insert(etoken(SECOND_NAME))
    assert before == {slot.get_token().serial for slot in library.get_slots()}
    library.reinitialize()
    after = {slot.get_token().serial.decode() for slot in library.get_slots()}
    assert inserted.serial in after
    assert inserted == made.tokens[1]


def test_slots_are_removable_unless_asked_otherwise(
    make_softhsm_store: MakeStore, open_module: OpenModule
) -> None:
    """`removable` sets the flag that real readers have."""
    flags = []
    for removable in (True, False):
        made = make_softhsm_store(etoken(), removable=removable)
        (slot, _) = open_module(made.private_module()).get_slots()
        flags.append(bool(slot.flags & SlotFlag.REMOVABLE_DEVICE))
    assert [True, False] == flags


def test_a_store_is_for_its_owner(make_softhsm_store: MakeStore) -> None:
    """Others on the machine cannot look into the folder."""
    made = make_softhsm_store()
    assert 0o700 == stat.S_IMODE(made.folder.stat().st_mode)


def test_a_folder_in_use_is_refused(tmp_path: Path, softhsm_module: Path) -> None:
    """A folder with anything in it is left as it is."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FolderError, match="is not empty"):
        create_store(tmp_path)
    assert ["file"] == [path.name for path in tmp_path.iterdir()]
    with pytest.raises(FolderError, match="is no store"):
        open_store(tmp_path)


@pytest.mark.parametrize("folder", ["a=b", "a#b", "file/below"])
def test_a_path_that_cannot_serve_is_refused(
    tmp_path: Path, softhsm_module: Path, folder: str
) -> None:
    """SoftHSM's configuration has no way to write some paths, and a file is no folder."""
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match="cannot"):
        create_store(tmp_path / folder)


def test_a_store_opens_again(tmp_path: Path, softhsm_module: Path) -> None:
    """A store that was made is opened by its folder, and takes more tokens."""
    made = create_store(tmp_path / "store", etoken())
    again = open_store(tmp_path / "store")
    assert made == again
    (added,) = again.add(etoken(SECOND_NAME))
    assert SECOND_NAME == added.label


def test_what_softhsm_refuses_leaves_no_store(tmp_path: Path, softhsm_module: Path) -> None:
    """The error names function and return value, without the PIN; the folder is empty again."""
    with pytest.raises(StoreError, match="CKR_PIN_LEN_RANGE to C_InitPIN") as refused:
        create_store(tmp_path / "store", etoken(pin="zq9"))
    assert "zq9" not in str(refused.value)
    assert [] == list((tmp_path / "store").iterdir())


def test_a_token_of_no_credential_has_no_certificate(softhsm_store: SoftHsmStore) -> None:
    """Asking for it is an error that names the token."""
    token = softhsm_store.insert(TokenSpec(b"bare"))
    with pytest.raises(ValueError, match="'bare' was described without"):
        _ = token.certificate_der


def test_a_label_too_long_is_refused(softhsm_store: SoftHsmStore) -> None:
    """PKCS#11 has 32 bytes for a token's label."""
    with pytest.raises(StoreError, match="at most 32 bytes"):
        softhsm_store.add(TokenSpec(b"x" * 33))


def _provision(store: Path, configuration: Path | None) -> subprocess.CompletedProcess[str]:
    """Run the writing program as the store would, with another configuration in its place."""
    environment = {key: value for key, value in os.environ.items() if key != "SOFTHSM2_CONF"}
    if configuration is not None:
        environment["SOFTHSM2_CONF"] = str(configuration)
    return subprocess.run(
        [sys.executable, "-P", "-m", "softhsm_fixtures._provision", str(store)],
        input="{}",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_written_to_another_store(make_softhsm_store: MakeStore) -> None:
    """The writing program stops unless SOFTHSM2_CONF names the store it is told to fill."""
    mine, other = make_softhsm_store(), make_softhsm_store()
    for configuration in (None, other.configuration):
        done = _provision(mine.folder, configuration)
        assert 1 == done.returncode
        assert "SOFTHSM2_CONF does not name this store: nothing was written\n" == done.stderr
    assert [] == list((other.folder / "tokens").iterdir())


def test_nothing_is_written_outside_the_store(make_softhsm_store: MakeStore) -> None:
    """A configuration that keeps its tokens elsewhere is not followed."""
    mine, other = make_softhsm_store(), make_softhsm_store()
    mine.configuration.write_text(other.configuration.read_text())
    with pytest.raises(StoreError, match="keeps its tokens elsewhere: nothing was written"):
        mine.add(etoken())


def test_nothing_is_written_to_what_is_not_softhsm(
    softhsm_store: SoftHsmStore, tmp_path: Path
) -> None:
    """A library of another maker is refused before any write."""
    source = tmp_path / "vendor.c"
    source.write_text(
        "#include <string.h>\n"
        "unsigned long C_Initialize(void *a) { (void)a; return 0; }\n"
        'unsigned long C_GetInfo(char *i) { memset(i, 32, 80); memcpy(i + 2, "Vendor", 6);'
        " return 0; }\n"
    )
    library = tmp_path / "vendor.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True, timeout=60
    )
    store = softhsm_fixtures.Store(softhsm_store.folder, library)
    with pytest.raises(StoreError, match="is not SoftHSM: nothing was written"):
        store.add(etoken())


def test_a_missing_library_says_what_to_install(tmp_path: Path) -> None:
    """The error names the variable's file, or the packages."""
    with pytest.raises(SoftHsmMissing, match=r"CTLKIT_SOFTHSM_MODULE names .*nowhere"):
        find_softhsm({"CTLKIT_SOFTHSM_MODULE": str(tmp_path / "nowhere")})


def test_the_known_places_are_tried_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first place that holds the file wins, by its real path; none is an error with advice."""
    places = [tmp_path / name for name in ("a.so", "b.so", "c.so")]
    monkeypatch.setattr("softhsm_fixtures.library.known_places", lambda _: tuple(places))
    with pytest.raises(SoftHsmMissing, match="apt install softhsm2"):
        find_softhsm({})
    places[2].touch()
    places[1].symlink_to(places[2])
    assert places[2] == find_softhsm({})


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", "/usr/lib64/pkcs11/libsofthsm2.so"),
        ("darwin", "/opt/homebrew/lib/softhsm/libsofthsm2.so"),
        ("win32", "softhsm2-x64.dll"),
    ],
)
def test_each_system_has_its_places(
    monkeypatch: pytest.MonkeyPatch, platform: str, place: str
) -> None:
    """Linux, macOS and Windows keep the library in different places."""
    monkeypatch.setattr("sys.platform", platform)
    assert any(str(path).endswith(place) for path in known_places({}))


def test_writing_leaves_this_process_alone(etokens: SoftHsmStore, open_module: OpenModule) -> None:
    """A session of a library in this process outlives writing to the same store."""
    library = open_module(etokens.private_module())
    token = library.get_token(token_serial=etokens.tokens[0].serial.encode())
    with token.open(user_pin="Cisco123") as session:
        etokens.insert(etoken("SAST-ADN00000003"))
        assert 1 == len(list(session.get_objects(PRIVATE_KEYS)))
