"""Choosing a token and its certificate: none, one, many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.errors import PinState, TokenNotFoundError, UsageError
from ctlkit.messages import Message, Severity
from ctlkit.pkcs11 import (
    Inventory,
    KeyPresence,
    ModuleReport,
    Source,
    TokenCertificate,
    TokenInfo,
    TokenUri,
    choose,
    format_uri,
    signing_certificate,
)
from softhsm_fixtures import etoken_certificate, etoken_issuer

_FIRST, _SECOND = Path("/modules/libfirst.so"), Path("/modules/second.so")


def _report(path: Path = _FIRST, *, problem: Message | None = None, slots: int = 2) -> ModuleReport:
    return ModuleReport(
        path, Source.OPTION, "--module", problem is None, problem, "Vendor", "Library", "1.2", slots
    )


def _token(label: str, serial: str, **changes: object) -> TokenInfo:
    token = TokenInfo(
        label=label,
        serial=serial,
        manufacturer="Vendor",
        model="eToken",
        uri=format_uri(TokenUri(token=label, serial=serial)),
        module=_FIRST,
        slot=0,
        slot_description="Reader 0",
        removable=True,
        pin_state=PinState.OK,
        login_required=True,
        protected_path=False,
    )
    return replace(token, **changes)  # type: ignore[arg-type]


def _inventory(*tokens: TokenInfo) -> Inventory:
    return Inventory((_report(), _report(_SECOND)), tokens)


def _certificate(
    name: str = "SAST-ADN00000001",
    key: KeyPresence = KeyPresence.UNKNOWN,
    identifier: bytes = b"\1",
) -> TokenCertificate:
    der = etoken_certificate(name).der
    return TokenCertificate(der, identifier, name, key, Certificate.from_der(der))


A, B = _token("SAST-A", "0001"), _token("SAST-B", "0002")


@pytest.mark.parametrize(
    "wanted",
    ["SAST-A", "0001", "sast-a", " SAST-A ", A.uri, "pkcs11:serial=0001", "pkcs11:token=sast-a"],
)
def test_one_token_by_label_serial_or_uri(wanted: str) -> None:
    """Exactly, or without regard to case and outer blanks."""
    assert choose(_inventory(A, B), wanted).token is A


def test_what_is_exact_comes_first() -> None:
    """Two labels that differ by case are two tokens when they are written exactly."""
    small = _token("sast-a", "0003")
    inventory = _inventory(A, small)
    assert choose(inventory, "sast-a").token is small
    assert choose(inventory, "SAST-A").token is A
    with pytest.raises(TokenNotFoundError, match="several"):
        choose(inventory, "Sast-A")


@pytest.mark.parametrize("wanted", ["SAST-C", "", " ", "pkcs11:token=SAST-C", "pkcs11:model=x"])
def test_none_repeats_the_search_and_lists_what_is_there(wanted: str) -> None:
    """The message has what was asked for and every token that is there."""
    with pytest.raises(TokenNotFoundError) as caught:
        choose(_inventory(A, B), wanted)
    assert ("token-no-match", 5) == (caught.value.code, caught.value.status)
    for part in (wanted, "SAST-A", "0001", "SAST-B", "0002"):
        assert part in str(caught.value)


def test_many_are_listed() -> None:
    """Two vendors may use one serial; the list shows them, another attribute decides."""
    other = _token("Other", "0001", manufacturer="Another vendor")
    with pytest.raises(TokenNotFoundError) as caught:
        choose(_inventory(A, other, B), "0001")
    assert "token-several" == caught.value.code
    assert "SAST-A (serial 0001), Other (serial 0001)" in str(caught.value)
    wanted = "pkcs11:serial=0001;manufacturer=Another%20vendor"
    assert choose(_inventory(A, other, B), wanted).token is other


def test_no_token_at_all() -> None:
    """An empty inventory says that, and a broken module says why."""
    with pytest.raises(TokenNotFoundError) as caught:
        choose(_inventory(), "SAST-A")
    assert "token-none" == caught.value.code
    with pytest.raises(TokenNotFoundError) as caught:
        choose(Inventory((), ()), "SAST-A")
    assert "token-no-module" == caught.value.code
    problem = Message("module-missing", {"path": "x.so"}, Severity.ERROR)
    with pytest.raises(TokenNotFoundError, match=r"x\.so"):
        choose(Inventory((_report(problem=problem),), ()), "SAST-A")


@pytest.mark.parametrize("wanted", ["SAST-C", "pkcs11:token=SAST-C"])
@pytest.mark.parametrize("tokens", [(), (A, B)], ids=["no token", "other tokens"])
def test_none_names_the_named_modules_that_do_not_work(
    tokens: tuple[TokenInfo, ...], wanted: str
) -> None:
    """A token may be hidden by a module that a person named; one found by search is no matter."""
    named, found = (
        _report(Path(path), problem=Message("module-missing", {"path": path}, severity))
        for path, severity in (("/my/named.so", Severity.ERROR), ("/usr/other.so", Severity.NOTE))
    )
    with pytest.raises(TokenNotFoundError) as caught:
        choose(Inventory((_report(), named, found), tokens), wanted)
    told = str(caught.value)
    assert 5 == caught.value.status
    assert wanted in told
    assert "/my/named.so" in told
    assert "/usr/other.so" not in told
    assert all(token.label in told for token in tokens)
    with pytest.raises(TokenNotFoundError) as caught:
        choose(Inventory((_report(), found), tokens), wanted)
    assert "do not work" not in str(caught.value)


@pytest.mark.parametrize("attribute", ["slot-id=0", "slot-manufacturer=x"])
def test_a_slot_never_chooses(attribute: str) -> None:
    """Slots change with the order of plugging in."""
    with pytest.raises(UsageError, match="cannot choose"):
        choose(_inventory(A), f"pkcs11:token=SAST-A;{attribute}")


@pytest.mark.parametrize(
    "attribute",
    ["library-manufacturer=Vendor", "library-description=Library", "library-version=1.2"],
)
def test_the_library_of_a_uri(attribute: str) -> None:
    """What C_GetInfo said can tell modules apart."""
    assert choose(_inventory(A), f"pkcs11:token=SAST-A;{attribute}").token is A
    with pytest.raises(TokenNotFoundError):
        choose(_inventory(A), f"pkcs11:token=SAST-A;{attribute}x")


def test_a_module_in_a_uri_only_chooses_among_those_in_use() -> None:
    """It narrows the choice; one that is not in use is refused, whether it exists or not."""
    one, other = _token("SAST-A", "0001"), _token("SAST-A", "0001", module=_SECOND)
    inventory = _inventory(one, other)
    for query in ("module-path=/modules/second.so", "module-name=second", "module-name=second.so"):
        assert choose(inventory, f"pkcs11:token=SAST-A?{query}").token is other
    assert choose(inventory, "pkcs11:token=SAST-A?module-name=first").token is one
    for query in ("module-path=/bin/true", "module-name=evil", "module-path=a%00b"):
        with pytest.raises(TokenNotFoundError) as caught:
            choose(inventory, f"pkcs11:token=SAST-A?{query}")
        assert "token-uri-module" == caught.value.code
        assert "--module" in caught.value.advice


def test_a_uri_says_where_the_pin_is() -> None:
    """The choice carries the pin-source on."""
    assert "/pin" == choose(_inventory(A), "pkcs11:token=SAST-A?pin-source=/pin").pin_source
    assert choose(_inventory(A), "SAST-A").pin_source is None


def test_the_certificate_that_signs() -> None:
    """Present before likely before unknown; absent never; two of one kind must be named."""
    present = _certificate("SAST-ADN00000001", KeyPresence.PRESENT)
    likely = _certificate("SAST-ADN00000002", KeyPresence.LIKELY)
    unknown = _certificate("SAST-ADN00000003")
    absent = _certificate("SAST-ADN00000004", KeyPresence.ABSENT)
    for certificates in ((unknown, absent, present, likely), (present, absent)):
        assert signing_certificate(replace(A, certificates=certificates)) is present
    assert signing_certificate(replace(A, certificates=(unknown, likely))) is likely
    assert signing_certificate(replace(A, certificates=(unknown, absent))) is unknown
    failing: tuple[tuple[tuple[TokenCertificate, ...], str], ...] = (
        ((absent,), "token-no-key"),
        ((unknown, _certificate("SAST-ADN00000005")), "token-several-certificates"),
        ((), "token-no-certificate"),
    )
    for some, code in failing:
        with pytest.raises(TokenNotFoundError) as caught:
            signing_certificate(replace(A, certificates=some))
        assert code == caught.value.code


def test_a_token_with_a_cas_certificate_only() -> None:
    """A CA's certificate is no candidate, and the error says that."""
    der = etoken_issuer().der
    ca = TokenCertificate(der, b"", "CA", KeyPresence.PRESENT, Certificate.from_der(der))
    token = replace(A, certificates=(ca,))
    assert () == token.candidates
    with pytest.raises(TokenNotFoundError, match="CAs"):
        signing_certificate(token)


def test_values_keep_their_bytes_out_of_a_repr() -> None:
    """A log line of a token is short."""
    token = replace(A, certificates=(_certificate(),))
    assert len(repr(token)) < 1000
