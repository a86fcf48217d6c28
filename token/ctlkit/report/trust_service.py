"""What the trust service said, as it stands in JSON."""

from __future__ import annotations

from ctlkit.report.values import certificate_object, error_value
from ctlkit.workflows.trust_service import Checked, NodeAnswer, Vouched

__all__ = ["checked_object", "vouched_object"]


def vouched_object(vouched: Vouched) -> dict[str, object]:
    """Return what nodes said of a list's signer."""
    return {
        "signer_name": vouched.subject,
        "signer_issuer": vouched.issuer,
        "signer_serial": vouched.serial.hex(),
        "answers": [_answer_object(item) for item in vouched.answers],
    }


def checked_object(checked: Checked) -> dict[str, object]:
    """Return what a node said of a certificate."""
    return {
        "certificate": certificate_object(checked.certificate.der),
        "answer": _answer_object(checked.answer),
    }


def _answer_object(item: NodeAnswer) -> dict[str, object]:
    answer = item.answer
    der = answer.certificate if answer else None
    return {
        "node": item.node,
        "vouches": item.error is None,
        "found": answer.found if answer else None,
        "roles": list(answer.roles) if answer else [],
        "lifetime": answer.lifetime if answer else None,
        "certificate": None if der is None else certificate_object(der),
        "error": error_value(item.error),
    }
