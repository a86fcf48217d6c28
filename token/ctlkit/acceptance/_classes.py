"""The classes that phones are judged in where nobody says which there are; no I/O."""

from __future__ import annotations

from dataclasses import replace

from ctlkit.acceptance._models import Model, Models
from ctlkit.acceptance._values import PhoneClass

__all__ = ["default_classes"]


def default_classes(models: Models) -> tuple[PhoneClass, ...]:
    """Return phones that ask the trust service, that never do, of other models, and absent ones.

    Args:
        models: whose names stand for the first two.
    """
    return (
        _of_several(models, asks=True, code="phones-asking"),
        _of_several(models, asks=False, code="phones-silent"),
        PhoneClass(Model("", None), code="phones-other"),
        PhoneClass(Model("", None), registered=False, code="phones-away"),
    )


def _of_several(models: Models, *, asks: bool, code: str) -> PhoneClass:
    """Return the class of models that are able to do no more than each of them."""
    members = tuple(item for item in models if item.security_by_default is asks)
    together = Model(", ".join(item.name for item in members), asks)
    if members:
        together = replace(
            together,
            digests=frozenset.intersection(*(item.digests for item in members)),
            largest_key=min(item.largest_key for item in members),
        )
    return PhoneClass(together, code=code, members=members)
