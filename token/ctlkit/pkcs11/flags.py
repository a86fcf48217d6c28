"""What a token's flags say of its user PIN.

Rules:

* A token may set several flags at once; each is judged for itself, and none hides another.
* LOCKED, a PIN to be changed and a PIN that was never set forbid any login, whatever tries are
  left.

Source: PKCS#11 2.40, CK_TOKEN_INFO; docs/tokens.md, PINs.
"""

from __future__ import annotations

from ctlkit.errors import PinState
from ctlkit.pkcs11._library import TokenFlag

__all__ = ["forbidding_state", "pin_state", "pin_states"]

_STATES = (
    (TokenFlag.USER_PIN_LOCKED, PinState.LOCKED),
    (TokenFlag.USER_PIN_FINAL_TRY, PinState.FINAL_TRY),
    (TokenFlag.USER_PIN_COUNT_LOW, PinState.COUNT_LOW),
    (TokenFlag.USER_PIN_TO_BE_CHANGED, PinState.TO_BE_CHANGED),
)

_FORBIDDING = (PinState.LOCKED, PinState.TO_BE_CHANGED, PinState.NOT_SET)


def pin_states(flags: TokenFlag) -> tuple[PinState, ...]:
    """Return all that a token's flags say of its user PIN, worst first; OK stands alone."""
    found = [state for flag, state in _STATES if flag in flags]
    if TokenFlag.USER_PIN_INITIALIZED not in flags:
        found.append(PinState.NOT_SET)
    return tuple(found) or (PinState.OK,)


def pin_state(flags: TokenFlag) -> PinState:
    """Return the worst of what a token's flags say of its user PIN, to be shown."""
    return pin_states(flags)[0]


def forbidding_state(flags: TokenFlag) -> PinState | None:
    """Return the state that forbids any login, or None."""
    states = pin_states(flags)
    return next((state for state in _FORBIDDING if state in states), None)
