"""Practice: SoftHSM eTokens and a practice cluster of their own, for who has no hardware.

Rules:

* This is the only module of the window that imports the fixtures and the practice cluster.
* All of it lies in one temporary folder, which is removed at the end; no other token and no other
  server is looked at.
* There are two eTokens whose certificates lie in the cluster's ``Phone-SAST-trust``, so that its
  phones accept what they sign, and a stranger's, which nobody uploaded.
* While it runs this process's ``SOFTHSM2_CONF`` names its store; afterwards it is what it was.
"""

from __future__ import annotations

import os
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ctlkit.errors import PlaceError, TokenNotFoundError, UsageError
from ctlkit_gui.work import PracticeReady

if TYPE_CHECKING:
    from collections.abc import Iterator

    from softhsm_fixtures import Store

__all__ = ["STRANGER", "Practice"]

STRANGER = "SAST-ADN00a00001"
"""The common name of the token that the cluster does not know."""

_STORE = "Phone-SAST-trust"
_VARIABLE = "SOFTHSM2_CONF"


class Practice:
    """Tokens and a cluster that are made when they are asked for, and gone afterwards."""

    def __init__(self) -> None:
        """Make nothing yet."""
        self._lock = threading.Lock()
        self._made: ExitStack | None = None
        self._ready: PracticeReady | None = None

    def start(self) -> PracticeReady:
        """Make tokens and cluster, or return those that are there; it takes some seconds.

        Raises:
            TokenNotFoundError: SoftHSM is not installed, or refuses.
            UsageError: what the practice cluster needs is not installed.
            PlaceError: the cluster cannot be started.
        """
        with self._lock:
            if self._ready is None:
                with ExitStack() as making:
                    self._ready = _begin(making)
                    self._made = making.pop_all()
            return self._ready

    def close(self) -> None:
        """Stop the cluster and remove everything; may be called twice."""
        with self._lock:
            made, self._made, self._ready = self._made, None, None
            if made is not None:
                made.close()


def _begin(making: ExitStack) -> PracticeReady:
    if find_spec("asyncssh") is None:
        raise UsageError("lab-extra-missing", module="asyncssh")
    from ctlkit_lab.cluster import PracticeCluster
    from ctlkit_lab.model import LabOptions

    try:
        name = making.enter_context(tempfile.TemporaryDirectory(prefix="ctlkit-practice-"))
    except OSError as error:
        raise PlaceError("practice-no-folder", reason=error.strerror or error) from error
    store, known = _tokens(Path(name))
    cluster = making.enter_context(PracticeCluster.running(Path(name, "lab"), LabOptions()))
    for der in known:
        cluster.practice.trust_add(_STORE, der)
    making.enter_context(_pointed_at(store))
    return PracticeReady(cluster.place_url, (str(store.module),))


def _tokens(folder: Path) -> tuple[Store, list[bytes]]:
    """Return a store with the tokens, and the certificates that the cluster is to know."""
    import softhsm_fixtures as fixtures

    names = (fixtures.FIRST_NAME, fixtures.SECOND_NAME, STRANGER)
    tokens = [fixtures.etoken(name) for name in names]
    try:
        store = fixtures.create_store(folder / "store", *tokens)
    except fixtures.SoftHsmMissing as error:
        raise TokenNotFoundError(
            "practice-no-softhsm", reason=error.message, help=error.advice
        ) from error
    except fixtures.StoreError as error:
        raise TokenNotFoundError("practice-no-tokens", reason=error) from error
    return store, [token.credentials[0].der for token in tokens[:2]]


@contextmanager
def _pointed_at(store: Store) -> Iterator[None]:
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = str(store.configuration)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_VARIABLE, None)
        else:
            os.environ[_VARIABLE] = before
