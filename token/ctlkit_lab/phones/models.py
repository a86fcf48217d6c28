"""The models of phones that the practice cluster has, as data.

Rules:

* In the table stands only what is published: whether a model supports Security by Default, that
  the 79xx speak TLS 1.0, that some models show MD5 and others SHA-1. Models of which nothing is
  published are not here.
* A phone without Security by Default never asks the trust service, and takes no ITL.

Source: docs/cluster.md, phone models. Inferences, each a column of the table and nothing else:
which model shows which checksum (published: some MD5, some SHA-1; of the 7975 its MD5 is shown),
which fetches over HTTP, and that the 79xx are the family that writes of a TVS proxy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from ctlkit.errors import UsageError

__all__ = ["DEFAULT_MIX", "MODELS", "Checksum", "Fetch", "PhoneModel", "model_named"]


class Checksum(Enum):
    """The checksum of its list that a phone shows; the value is its name on the screen."""

    MD5 = "MD5"
    SHA1 = "SHA1"

    def of(self, data: bytes) -> str:
        """Return the checksum of a list, lower-case hexadecimal."""
        return hashlib.new(self.value, data, usedforsecurity=False).hexdigest()


class Fetch(Enum):
    """How a phone gets its files."""

    HTTP = "http"
    TFTP = "tftp"


@dataclass(frozen=True, slots=True)
class PhoneModel:
    """What the practice phones of one model do.

    Attributes:
        number: the model's number, ``7975``.
        sbd: whether it supports Security by Default: it has an ITL, and asks the trust service.
        checksum: which checksum of its list it shows.
        fetch: how it gets its files.
        tls10: whether it speaks TLS 1.0 only.
    """

    number: str
    sbd: bool
    checksum: Checksum
    fetch: Fetch
    tls10: bool

    @property
    def tvs_proxy(self) -> bool:
        """Whether its console writes of a TVS proxy, as that of a 79xx does."""
        return self.number.startswith("79")


_TABLE = (
    PhoneModel("6901", False, Checksum.SHA1, Fetch.TFTP, False),
    PhoneModel("6911", False, Checksum.SHA1, Fetch.TFTP, False),
    PhoneModel("7940", False, Checksum.MD5, Fetch.TFTP, True),
    PhoneModel("7945", True, Checksum.MD5, Fetch.HTTP, True),
    PhoneModel("7960", False, Checksum.MD5, Fetch.TFTP, True),
    PhoneModel("7965", True, Checksum.MD5, Fetch.HTTP, True),
    PhoneModel("7975", True, Checksum.MD5, Fetch.HTTP, True),
    PhoneModel("8861", True, Checksum.SHA1, Fetch.HTTP, False),
)

MODELS: Mapping[str, PhoneModel] = MappingProxyType({model.number: model for model in _TABLE})
"""The models by their numbers."""

DEFAULT_MIX = tuple(MODELS[number] for number in ("7975", "8861", "7960", "7965"))
"""The models of the phones that a fleet is made of, one after the other."""


def model_named(number: str) -> PhoneModel:
    """Return the model of a number.

    Raises:
        UsageError: ``phone-model-unknown``.
    """
    if number not in MODELS:
        raise UsageError("phone-model-unknown", model=number, known=", ".join(MODELS))
    return MODELS[number]
