"""Rows that are one card, and the usual causes where there is no row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.errors import PinState
from ctlkit.messages import Severity
from ctlkit.pkcs11 import (
    Checks,
    Inventory,
    KeyPresence,
    ModuleReport,
    Source,
    TokenCertificate,
    TokenInfo,
    no_token_causes,
)
from ctlkit.pkcs11.merging import merged
from softhsm_fixtures import etoken_certificate, etoken_issuer

_FIRST, _SECOND = Path("/modules/libfirst.so"), Path("/modules/second.so")

A = TokenInfo(
    label="SAST-A",
    serial="0001",
    manufacturer="Vendor",
    model="eToken",
    uri="pkcs11:token=SAST-A",
    module=_FIRST,
    slot=0,
    slot_description="Reader 0",
    removable=True,
    pin_state=PinState.OK,
    login_required=True,
    protected_path=False,
)
B = replace(A, label="SAST-B", serial="0002")


def _inventory() -> Inventory:
    return Inventory((ModuleReport(_FIRST, Source.KNOWN, "Vendor", loaded=True, slots=2),), ())


def _certificate(name: str = "SAST-ADN00000001") -> TokenCertificate:
    der = etoken_certificate(name).der
    return TokenCertificate(der, b"", name, KeyPresence.UNKNOWN, Certificate.from_der(der))


def test_the_same_card_in_two_modules_is_one_row() -> None:
    """By a certificate that both show; the first module's row stays and names the second."""
    shared, more = _certificate(), _certificate("SAST-ADN00000002")
    one = replace(A, certificates=(shared,))
    other = replace(A, label="PIV", serial="9999", module=_SECOND, certificates=(shared, more))
    (row,) = merged([one, other])
    assert replace(one, also_in=(_SECOND,)) == row


def test_two_cards_with_one_certificate_stay_two_rows() -> None:
    """A module shows a card once: two rows of it are two cards, told apart by serial."""
    shared = _certificate()
    cards = [replace(A, certificates=(shared,)), replace(B, certificates=(shared,))]
    rows = merged([*cards, replace(cards[1], module=_SECOND)])
    assert ["0001", "0002"] == [row.serial for row in rows]
    assert [(), (_SECOND,)] == [row.also_in for row in rows]


def test_cards_without_certificates_are_compared_by_what_they_say() -> None:
    """Serial, label and manufacturer; a card without a serial is compared with nothing."""
    other = replace(A, module=_SECOND)
    assert 1 == len(merged([A, other]))
    assert 2 == len(merged([A, replace(other, manufacturer="Another")]))
    nameless = replace(A, serial="")
    assert 2 == len(merged([nameless, replace(nameless, module=_SECOND)]))
    assert 2 == len(merged([A, replace(other, certificates=(_certificate(),))]))


def test_a_cas_certificate_makes_no_two_cards_one() -> None:
    """Many cards hold their issuer's certificate."""
    der = etoken_issuer().der
    ca = TokenCertificate(der, b"", "CA", KeyPresence.UNKNOWN, Certificate.from_der(der))
    assert 2 == len(
        merged([replace(A, certificates=(ca,)), replace(B, certificates=(ca,), module=_SECOND)])
    )


_QUIET = Checks("linux", lambda: True, lambda: False, lambda: False)


@pytest.mark.parametrize(
    ("checks", "inventory", "first"),
    [
        (_QUIET, Inventory((), ()), "cause-no-library"),
        (replace(_QUIET, pcscd_runs=lambda: False), _inventory(), "cause-pcscd"),
        (replace(_QUIET, is_virtual_machine=lambda: True), _inventory(), "cause-virtual-machine"),
        (
            replace(_QUIET, platform="win32", is_remote_desktop=lambda: True),
            _inventory(),
            "cause-remote-desktop",
        ),
    ],
)
def test_a_cause_that_was_found_comes_first(
    checks: Checks, inventory: Inventory, first: str
) -> None:
    """What a check found is amber and first, the rest are notes."""
    causes = no_token_causes(inventory, checks)
    assert (first, Severity.AMBER) == (causes[0].code, causes[0].severity)
    assert {Severity.NOTE} == {cause.severity for cause in causes[1:]}
    assert len(causes) == len({cause.code for cause in causes})
    assert all(cause.text and cause.advice for cause in causes)


def test_the_usual_causes_of_each_system() -> None:
    """Windows has its service, every system the other program, the old token, the machine."""
    common = {"cause-other-library", "cause-other-program", "cause-old-etoken"}
    for platform in ("linux", "darwin", "win32"):
        checks = replace(_QUIET, platform=platform)
        codes = {cause.code for cause in no_token_causes(_inventory(), checks)}
        assert common | {"cause-virtual-machine", "cause-empty-slots"} <= codes
        assert (platform == "win32") == ("cause-smart-card-service" in codes)
    assert no_token_causes(_inventory())
