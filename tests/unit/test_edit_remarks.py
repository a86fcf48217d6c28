"""What is told about a change that nobody has to confirm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.edit import Mode, Plan, Server
from ctlkit.errors import CannotTellError
from ctlkit.place import FolderPlace
from ctlkit.profiles import CTL_CLIENT, CUCM
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function, TrustList
from ctlkit.verify import VerifiedList, verify
from softhsm_fixtures import CertificateSpec, etoken_certificate, make_certificate, make_key

if TYPE_CHECKING:
    from tests.unit.conftest import Editor

NOW = 1425675367
PUBLISHER = "10.48.47.153"


def told(planned: Plan, code: str) -> list[str]:
    """The texts of one kind of remark."""
    return [item.text for item in planned.messages if item.code == code]


def test_a_change_of_mode_is_told(editor: Editor, present: VerifiedList) -> None:
    """Writing a list changes no cluster: said whenever the list begins to say something else."""
    empty = editor.update(present, mode=Mode.NON_SECURE)
    assert ["non-secure" in text for text in told(empty, "mode-changes")] == [True]
    assert [] == told(editor.update(present, mode=Mode.MIXED), "mode-changes")


def test_a_certificate_that_a_non_secure_list_cannot_hold_is_told(
    editor: Editor, present: VerifiedList
) -> None:
    """Somebody who names a server's certificate and forgets the mode hears that it is not used."""
    empty = editor.signed(editor.update(present, mode=Mode.NON_SECURE))
    given = (editor.server("publisher-1024"),)
    assert 1 == len(told(editor.update(empty, servers=given), "server-not-secure"))
    stated = editor.update(empty, servers=given, mode=Mode.NON_SECURE)
    assert [] == told(stated, "server-not-secure")


def test_two_entries_of_one_server_are_told(editor: Editor, present: VerifiedList) -> None:
    """An EC certificate stands beside the RSA one; a replaced one does not."""
    spec = CertificateSpec(subject="CN=pub-ec", serial=7)
    made = make_certificate(spec, key=make_key("p256"))
    ec = Server(Function.CCM_TFTP, Certificate.from_der(made.der), address=PUBLISHER)
    (text,) = told(editor.update(present, servers=(ec,)), "two-entries")
    assert PUBLISHER in text
    renewed = editor.update(present, servers=(editor.server("publisher-2048"),))
    assert [] == told(renewed, "two-entries")


def test_a_time_ahead_is_told(editor: Editor, present: VerifiedList) -> None:
    """A list of the day after tomorrow makes every next one look older."""
    ahead = editor.update(present, timestamp=NOW + 2 * 86400)
    assert 1 == len(told(ahead, "timestamp-ahead"))
    assert [] == told(editor.update(present, timestamp=NOW + 3600), "timestamp-ahead")


def test_a_certificate_that_ran_out_is_told_as_that(editor: Editor, present: VerifiedList) -> None:
    """Past and future have words of their own."""
    late = editor.update(present, now=2524607999 + 86400)
    assert ([], 5) == (told(late, "expires"), len(told(late, "ran-out")))


def test_the_same_signer_twice_is_one_signer() -> None:
    """Two entries of one token do not make a second token."""
    token = etoken_certificate()
    own = Certificate.from_der(token.der)
    record = make_record(CTL_CLIENT, Function.SAST, own)
    made = draft(
        CTL_CLIENT,
        (record, record),
        signer=own,
        identity=identity_of(record),
        digest=Digest.SHA1,
        timestamp=NOW,
        filename="CTLFile.tlv",
    )
    signed = sign(made, PemSigner(token.pem))
    assert isinstance(signed, TrustList)
    assert ["few-sast"] == [
        item.code for item in verify(signed).warnings if item.code == "few-sast"
    ]


def test_a_token_that_signed_a_configuration_file_is_named(present: VerifiedList) -> None:
    """A SAST entry of the trusted list is no TFTP server: another answer than not known."""
    token = etoken_certificate()
    own = Certificate.from_der(token.der)
    assert present.signer is not None
    made = draft(
        CUCM,
        b"<device/>",
        signer=own,
        identity=identity_of(present.signer),
        digest=Digest.SHA1,
        timestamp=NOW,
        filename="SEP001122334455.cnf.xml.sgn",
    )
    with pytest.raises(CannotTellError) as caught:
        verify(sign(made, PemSigner(token.pem)), (present,))
    assert "signer-not-a-tftp-server" == caught.value.code


def test_a_home_folder_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``folder:~/tftp`` reaches ctlkit as it stands, for no shell looks behind the colon."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert f"folder:{tmp_path / 'tftp'}" == FolderPlace("~/tftp").url
