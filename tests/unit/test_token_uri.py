"""RFC 7512 URIs: reading, writing, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.errors import UsageError
from ctlkit.pkcs11 import TokenUri, format_uri, parse_uri

_TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=0, max_size=40)
_URIS = st.builds(
    TokenUri,
    token=_TEXT,
    serial=_TEXT,
    manufacturer=_TEXT,
    model=_TEXT,
    id=st.none() | st.binary(max_size=20),
    object=_TEXT,
    type=st.sampled_from([None, "cert", "private", "public", "data", "secret-key"]),
    slot_id=st.none() | st.integers(0, 2**63),
    slot_description=_TEXT,
    slot_manufacturer=_TEXT,
    library_manufacturer=_TEXT,
    library_description=_TEXT,
    library_version=_TEXT,
    pin_source=_TEXT,
    module_path=_TEXT,
    module_name=_TEXT,
)


@given(_URIS)
def test_what_is_written_is_read_again(uri: TokenUri) -> None:
    """Every value of every attribute survives, and the text is plain ASCII without blanks."""
    text = format_uri(uri)
    assert text.isascii()
    assert text.isprintable()
    assert " " not in text
    if len(text) <= 4096:
        assert uri == parse_uri(text)


@given(st.text())
def test_only_one_error_comes_out(text: str) -> None:
    """Any text is a URI or a UsageError, with or without the scheme."""
    for candidate in (text, "pkcs11:" + text, "pkcs11:token=" + text, "pkcs11:?" + text):
        with suppress(UsageError):
            assert isinstance(parse_uri(candidate), TokenUri)


@given(st.text(st.characters(exclude_characters=";?&"), min_size=1))
def test_a_pin_in_a_uri_is_in_no_error(pin: str) -> None:
    """pin-value is refused, in the query and in the path, and nothing of it is repeated."""
    for text in (f"pkcs11:token=a?pin-value={pin}", f"pkcs11:pin-value={pin};token=a"):
        with pytest.raises(UsageError) as caught:
            parse_uri(text)
        if len(text) < 4096:
            assert "uri-pin-value" == caught.value.code
            assert {} == dict(caught.value.values)


def test_the_forms_of_the_rfc() -> None:
    """Examples of RFC 7512, section 3."""
    uri = parse_uri(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;"
        "model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial="
        "?pin-source=file:/etc/token_pin&module-path=/usr/lib/x.so&module-name=x"
    )
    assert "The Software PKCS#11 Softtoken" == uri.token
    assert "Snake Oil, Inc." == uri.manufacturer
    assert bytes.fromhex("69953e5cf4bdec91") == uri.id
    assert ("cert", "", "file:/etc/token_pin") == (uri.type, uri.serial, uri.pin_source)
    assert ("/usr/lib/x.so", "x") == (uri.module_path, uri.module_name)
    assert TokenUri() == parse_uri("pkcs11:")
    assert TokenUri(token="a") == parse_uri("PKCS11:token=a")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("token=a", "uri-scheme"),
        ("http://token=a", "uri-scheme"),
        ("pkcs11:tokn=a", "uri-attribute"),
        ("pkcs11:token", "uri-attribute"),
        ("pkcs11:x-vendor=a", "uri-attribute"),
        ("pkcs11:pin-source=a", "uri-attribute"),
        ("pkcs11:?token=a", "uri-attribute"),
        ("pkcs11:type=key", "uri-attribute"),
        ("pkcs11:slot-id=1x", "uri-attribute"),
        ("pkcs11:slot-id=-1", "uri-attribute"),
        ("pkcs11:slot-id=" + "9" * 30, "uri-attribute"),
        ("pkcs11:token=a;token=b", "uri-repeated"),
        ("pkcs11:?pin-source=a&pin-source=a", "uri-repeated"),
        ("pkcs11:token=%", "uri-escape"),
        ("pkcs11:token=%4", "uri-escape"),
        ("pkcs11:token=%zz", "uri-escape"),
        ("pkcs11:token=%ff", "uri-escape"),
        ("pkcs11:token=\udcff", "uri-escape"),
        ("pkcs11:token=" + "a" * 5000, "uri-long"),
    ],
)
def test_what_is_no_uri(text: str, code: str) -> None:
    """Each mistake has its own code, and the advice says what to write."""
    with pytest.raises(UsageError) as caught:
        parse_uri(text)
    assert code == caught.value.code
    assert caught.value.advice
