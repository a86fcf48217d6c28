"""The names of return values, the thread that makes the calls, and the calls never made."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from pkcs11 import exceptions

import ctlkit
import softhsm_fixtures
from ctlkit.errors import CancelledError
from ctlkit.pkcs11._ckr import ckr_of
from ctlkit.pkcs11._worker import ExpiredError, OwnerThread


def test_every_exception_of_the_binding_has_its_ckr_name() -> None:
    """Each class of the binding gives a name that PKCS#11's header has."""
    header = Path(softhsm_fixtures.__file__).with_name("faultmodule") / "pkcs11.h"
    names = set(re.findall(r"\b(CKR_\w+)", header.read_text(encoding="utf-8")))
    made_by_the_binding = {"MultipleObjectsReturned", "MultipleTokensReturned"}
    made_by_the_binding |= {"NoSuchKey", "NoSuchToken", "PKCS11Error"}
    kinds = [
        kind
        for name, kind in vars(exceptions).items()
        if isinstance(kind, type)
        and issubclass(kind, exceptions.PKCS11Error)
        and name not in made_by_the_binding
    ]
    assert len(kinds) > 60
    assert set() == {ckr_of(kind()) for kind in kinds} - names


@pytest.mark.parametrize(
    ("text", "ckr"),
    [
        ("Buffer was too small. Should never see this.", "CKR_BUFFER_TOO_SMALL"),
        ("Unmapped error code 0x68", "CKR_KEY_FUNCTION_NOT_PERMITTED"),
        ("Unmapped error code 0x8000000a", "CKR_VENDOR_DEFINED+0xa"),
        ("Unmapped error code 0x7777", "CKR_0x00007777"),
        ("something else", None),
    ],
)
def test_codes_that_the_binding_only_describes(text: str, ckr: str | None) -> None:
    """Sentences and bare numbers are turned back into names."""
    assert ckr == ckr_of(exceptions.PKCS11Error(text))


class TestOwnerThread:
    """The thread that does all the work."""

    def test_work_is_done_in_order_in_one_thread(self) -> None:
        """Results and exceptions come back to the caller."""
        owner = OwnerThread("owner")
        assert [0, 1, 2] == [owner.call(lambda number=number: number) for number in range(3)]  # type: ignore[misc]
        assert "owner" == owner.call(lambda: threading.current_thread().name)
        with pytest.raises(ZeroDivisionError):
            owner.call(lambda: 1 // 0)

    def test_work_that_was_given_up_is_never_begun(self) -> None:
        """A login that nobody waits for is not sent later."""
        owner = OwnerThread("owner")
        gate, begun, cancel = threading.Event(), threading.Event(), threading.Event()
        with pytest.raises(ExpiredError):
            owner.call(gate.wait, timeout=0)
        cancel_soon = threading.Timer(0.05, cancel.set)
        cancel_soon.start()
        with pytest.raises(CancelledError):
            owner.call(begun.set, cancel=cancel)
        cancel_soon.join()
        gate.set()
        assert owner.call(lambda: "next") == "next"
        assert not begun.is_set()


def test_no_writing_call_is_named_in_the_library() -> None:
    """The functions of the binding and of PKCS#11 that change a token do not occur."""
    words = (
        "C_InitToken",
        "C_InitPIN",
        "C_SetPIN",
        "C_CreateObject",
        "C_DestroyObject",
        "C_SetAttributeValue",
        ".create_object",
        ".destroy(",
        ".init_pin",
        ".set_pin",
        ".generate_",
        "rw=True",
        "so_pin",
    )
    assert ctlkit.__file__
    for path in Path(ctlkit.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert [] == [word for word in words if word in text], path
