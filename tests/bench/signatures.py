"""Signatures through ctlkit's signer and through the PKCS#11 binding itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pkcs11

from ctlkit.pins import Pin, PinRequest
from ctlkit.signing import digest_info
from ctlkit.trustlist import Digest
from ctlkit.workflows.keyring import Keyring, TokenAccess
from softhsm_fixtures import DEFAULT_PIN, FIRST_NAME, create_store, etoken

__all__ = ["Prompt", "measure_signatures"]

_ROUNDS = 9


class Prompt:
    """Answers with the PIN of the store that was made for the measure."""

    def ask_pin(self, _request: PinRequest) -> Pin:
        """Return it."""
        return Pin(DEFAULT_PIN)

    def confirm_last_try(self, _request: PinRequest) -> bool:
        """Refuse: a store that was made for the measure has no last try."""
        return False

    def use_pin_pad(self, _request: PinRequest) -> None:
        """Do nothing: the store has no PIN pad."""


def measure_signatures(count: int, bits: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each round through the signer and through the binding.

    Elapsed time, because the signer waits for the thread that owns the module.

    Each measure is a process of its own: two users of one library in one process disturb each
    other.
    """
    with tempfile.TemporaryDirectory(prefix="ctlkit-bench-") as name:
        store = create_store(Path(name) / "store", etoken(FIRST_NAME, bits=bits))
        environment = {**os.environ, **store.environment()}
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(_ROUNDS + 1):
            for kind, into in (("signer", ours), ("binding", bare)):
                done = subprocess.run(
                    [sys.executable, "-m", __spec__.name, kind, str(store.module), str(count)],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                into.append(float(done.stdout))
    return ours[1:], bare[1:]


def _through_signer(module: str, infos: list[bytes]) -> float:
    ring = Keyring(TokenAccess(modules=(module,), prompt=Prompt()))
    entry = ring.entry(FIRST_NAME)
    with ring.signer(FIRST_NAME, entry) as signer:
        signer.sign(infos[0])
        begin = time.perf_counter()
        for info in infos:
            signer.sign(info)
        return time.perf_counter() - begin


def _through_binding(module: str, infos: list[bytes]) -> float:
    token = next(iter(pkcs11.lib(module).get_tokens(token_label=FIRST_NAME)))
    with token.open(user_pin=DEFAULT_PIN) as session:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY)
        assert isinstance(key, pkcs11.SignMixin)
        key.sign(infos[0], mechanism=pkcs11.Mechanism.RSA_PKCS)
        begin = time.perf_counter()
        for info in infos:
            key.sign(info, mechanism=pkcs11.Mechanism.RSA_PKCS)
        return time.perf_counter() - begin


def main() -> None:
    """Measure one kind and print the seconds."""
    kind, module, count = sys.argv[1:]
    infos = [digest_info(Digest.SHA1, bytes([number % 256])) for number in range(int(count))]
    measure = _through_signer if kind == "signer" else _through_binding
    print(measure(module, infos))


if __name__ == "__main__":
    main()
