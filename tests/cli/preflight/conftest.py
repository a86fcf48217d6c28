"""What the tests of ``ctlkit preflight`` share: lists that phones may hold, and a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ctlkit.trustlist import Function
from softhsm_fixtures import (
    FIRST_NAME,
    SECOND_NAME,
    CertificateSpec,
    etoken_certificate,
    make_certificate,
)

if TYPE_CHECKING:
    from tests.cli.conftest import MakeList

SERVERS = ("ITLRECOVERY_cucm-1051-a-pub", "cucm-1051-a-pub")
LATER = 1_425_700_000


@pytest.fixture
def tokenless(make_list: MakeList) -> Path:
    """Write a list that the CallManager key signed, with no token in it."""
    return make_list("tokenless.tlv", tokens=SERVERS, dialect="cucm")


@pytest.fixture
def tokens(make_list: MakeList) -> Path:
    """Write a list that the first token signed, with both tokens and the servers in it."""
    return make_list("tokens.tlv", tokens=[SECOND_NAME, *SERVERS, FIRST_NAME])


@pytest.fixture
def new(make_list: MakeList) -> Path:
    """Write a newer list that the second token signed, with both and the servers in it."""
    return make_list("new.tlv", tokens=[FIRST_NAME, *SERVERS, SECOND_NAME], timestamp=LATER)


@pytest.fixture
def uploaded(tmp_path: Path) -> Path:
    """Write the second token's certificate."""
    path = tmp_path / "second.cer"
    path.write_bytes(etoken_certificate(SECOND_NAME).der)
    return path


@pytest.fixture
def itl(make_list: MakeList) -> Path:
    """Write an ITL of the publisher, with the record of a trust service."""
    tvs = make_certificate(CertificateSpec(subject="CN=tvs,O=Cisco", serial=0x7F3A))
    servers = [(Function.TVS, tvs, "10.0.0.1")]
    return make_list(
        "ITLFile.tlv", tokens=SERVERS, servers=servers, dialect="cucm", filename="ITLFile.tlv"
    )
