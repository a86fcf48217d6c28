"""Page 7, Review: what is said before anything is signed, and what of it is confirmed.

Rules:

* Each red warning has an express confirmation: the number or word that it names is typed, or a box
  that stands for this fact alone is ticked. Warnings that name the same word share one.
* Each node that does not answer is confirmed by its name (rule 11).
* What was confirmed holds as long as the same is asked; new red warnings are confirmed anew.
* A list of phones that cannot be read changes nothing.
* Whether all is confirmed is decided by ctlkit.edit, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from ctlkit.edit import Consent, unconfirmed
from ctlkit.messages import Message, Severity
from ctlkit_gui.flow._moves import Moved, go, stay
from ctlkit_gui.flow._signing import ask_for_pin
from ctlkit_gui.flow._tokens import prepare_with, signers
from ctlkit_gui.flow.brought import ListPrepared
from ctlkit_gui.flow.events import (
    Back,
    Confirmed,
    Event,
    Next,
    PhonesNamed,
    SignerChosen,
    WordTyped,
)
from ctlkit_gui.flow.state import State
from ctlkit_gui.flow.values import Prepared, Screen
from ctlkit_gui.flow.views import Confirmation, ReviewLine

__all__ = [
    "all_confirmed",
    "confirm",
    "confirmations",
    "consent",
    "key_of",
    "lines_of",
    "needed",
    "on_review",
    "prepared",
    "suffices",
]

_ORDER = (Severity.ERROR, Severity.RED, Severity.AMBER, Severity.NOTE)

_NODE, _WORD, _STALE, _PRINT, _SIGNER = "node:", "word:", "stale:", "fingerprint:", "new-signer"


def key_of(message: Message) -> str:
    """Return the key of the confirmation that a message needs, empty for none."""
    if message.severity is not Severity.RED:
        return ""
    values = message.values
    if "word" in values:
        return f"{_WORD}{values['word']}"
    if "fingerprint" in values:
        return f"{_PRINT}{values['fingerprint']}"
    if "old" in values:
        return f"{_STALE}{values['old']}"
    return _SIGNER


def confirmations(state: State) -> tuple[Confirmation, ...]:
    """Return every confirmation that is needed, each once."""
    if state.prepared is None:
        return ()
    return tuple(needed(state, state.prepared.messages, state.prepared.absent))


def needed(
    state: State, messages: Sequence[Message], absent: Iterable[str]
) -> Iterator[Confirmation]:
    """Yield what messages and absent nodes need, each once, and how far it is given."""
    keys = filter(None, map(key_of, messages))
    nodes = (f"{_NODE}{node}" for node in absent)
    for key in dict.fromkeys((*keys, *nodes)):
        if key.startswith(_WORD):
            word, given = key.removeprefix(_WORD), state.words.get(key, "")
            yield Confirmation(key, word, given, given.strip() == word)
        else:
            yield Confirmation(key, done=key in state.ticked)


def consent(given: Iterable[Confirmation]) -> Consent:
    """Return what was expressly confirmed, as the rules of lists want it."""
    done = [item for item in given if item.done]
    keys = [item.key for item in done]
    words = [item.word for item in done if item.word]
    return Consent(
        new_signer=_SIGNER in keys,
        lockout=words[0] if words else None,
        stale=_behind(_STALE, keys),
        fingerprints=_behind(_PRINT, keys),
    )


def _behind(begin: str, keys: list[str]) -> frozenset[str]:
    return frozenset(key.removeprefix(begin) for key in keys if key.startswith(begin))


def all_confirmed(state: State) -> bool:
    """Whether nothing that is red, and no missing node, is left unconfirmed."""
    return state.prepared is not None and suffices(state.prepared.messages, confirmations(state))


def suffices(messages: Sequence[Message], given: Sequence[Confirmation]) -> bool:
    """Whether confirmations are all given, and cover everything that is red."""
    return all(item.done for item in given) and not unconfirmed(messages, consent(given))


def on_review(state: State, event: Event) -> Moved:
    """Return what comes of an event on the Review page."""
    asked = confirmations(state)
    match event:
        case Back():
            return stay(go(state, Screen.ENTRIES))
        case SignerChosen(uri) if uri != state.signer and _can_sign(state, uri):
            return prepare_with(state, uri)
        case PhonesNamed(file) if file != state.choice.phones and state.prepared is not None:
            choice = replace(state.choice, phones=file)
            return prepare_with(state, state.prepared.signer, choice)
        case Confirmed() | WordTyped():
            return stay(confirm(state, asked, event))
        case Next() if all_confirmed(state):
            return ask_for_pin(state, consent(asked))
    return stay(state)


def confirm(state: State, asked: Iterable[Confirmation], event: Confirmed | WordTyped) -> State:
    """Return what comes of a tick or a typed word; of one that nobody asked for nothing."""
    keys = {item.key: item for item in asked}
    match event:
        case Confirmed(key, ticked) if key in keys and not keys[key].word:
            others = state.ticked - {key}
            return replace(state, ticked=others | {key} if ticked else others)
        case WordTyped(key, text) if key in keys and keys[key].word:
            return replace(state, words=MappingProxyType({**state.words, key: text}))
    return state


def lines_of(messages: Iterable[Message]) -> tuple[ReviewLine, ...]:
    """Return messages in the order of their weight, each with the key of its confirmation."""
    ranked = sorted(messages, key=lambda item: _ORDER.index(item.severity))
    return tuple(ReviewLine(item, key_of(item)) for item in ranked)


def _can_sign(state: State, uri: str) -> bool:
    return any(token.uri == uri for token in signers(state))


def prepared(state: State, event: ListPrepared) -> Moved:
    """Return what comes of a list that can be signed."""
    asked = state.busy.asked if state.busy else None
    state = replace(state, choice=asked or state.choice)
    same = state.prepared is not None and _asks(state.prepared) == _asks(event.prepared)
    if not same:
        state = replace(state, ticked=frozenset(), words=MappingProxyType({}))
    state = go(state, Screen.REVIEW)
    return stay(replace(state, busy=None, prepared=event.prepared, signer=event.prepared.signer))


def _asks(value: Prepared) -> tuple[list[tuple[str, str]], set[str]]:
    """Return what of it has to be confirmed, to be compared."""
    red = [item for item in value.messages if item.severity is Severity.RED]
    return [(item.code, item.text) for item in red], set(value.absent)
