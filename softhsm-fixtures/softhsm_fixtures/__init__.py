"""SoftHSM tokens that look like Cisco's eTokens, for tests and practice.

A pytest plugin, a command (`ctlkit-etokens`) and a PKCS#11 module that fails to order, over a small
library: describe tokens, write them into a store of their own, make certificates of exact sizes.
Names are loaded when first used, because every project with this package loads the plugin.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from softhsm_fixtures.certificates import (
        CertificateSpec,
        Credential,
        DigestName,
        KeyKind,
        Name,
        PrivateKey,
        SizeError,
        make_certificate,
        make_key,
        name,
        named_key,
    )
    from softhsm_fixtures.etokens import (
        COMMON_NAME_LENGTH,
        DEFAULT_PIN,
        ETOKEN_SIZE,
        FIRST_NAME,
        SECOND_NAME,
        etoken_certificate,
        etoken_issuer,
        etoken_serial,
    )
    from softhsm_fixtures.faults import (
        PLAN_VARIABLE,
        WRITING_CALLS,
        BuildError,
        Call,
        FaultModule,
        FaultPlan,
        build_fault_library,
        create_fault_module,
    )
    from softhsm_fixtures.library import MODULE_VARIABLE, SoftHsmMissing, find_softhsm
    from softhsm_fixtures.store import (
        FolderError,
        Store,
        StoredToken,
        StoreError,
        create_store,
        open_store,
    )
    from softhsm_fixtures.tokens import (
        HASHLESS,
        TokenObject,
        TokenSpec,
        certificate_object,
        etoken,
        foreign_token,
        mismatched_key,
        private_key_object,
        public_key_object,
        two_certificates,
        with_ca_certificate,
        with_data_object,
    )

__all__ = [
    "COMMON_NAME_LENGTH",
    "DEFAULT_PIN",
    "ETOKEN_SIZE",
    "FIRST_NAME",
    "HASHLESS",
    "MODULE_VARIABLE",
    "PLAN_VARIABLE",
    "SECOND_NAME",
    "WRITING_CALLS",
    "BuildError",
    "Call",
    "CertificateSpec",
    "Credential",
    "DigestName",
    "FaultModule",
    "FaultPlan",
    "FolderError",
    "KeyKind",
    "Name",
    "PrivateKey",
    "SizeError",
    "SoftHsmMissing",
    "Store",
    "StoreError",
    "StoredToken",
    "TokenObject",
    "TokenSpec",
    "build_fault_library",
    "certificate_object",
    "create_fault_module",
    "create_store",
    "etoken",
    "etoken_certificate",
    "etoken_issuer",
    "etoken_serial",
    "find_softhsm",
    "foreign_token",
    "make_certificate",
    "make_key",
    "mismatched_key",
    "name",
    "named_key",
    "open_store",
    "private_key_object",
    "public_key_object",
    "two_certificates",
    "with_ca_certificate",
    "with_data_object",
]

_MODULES = ("library", "etokens", "certificates", "tokens", "store", "faults")


def __getattr__(wanted: str) -> object:
    if wanted in __all__:
        for short in _MODULES:
            module = importlib.import_module(f"softhsm_fixtures.{short}")
            if wanted in module.__all__:
                value: object = getattr(module, wanted)
                globals()[wanted] = value
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {wanted!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
