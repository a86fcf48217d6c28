"""Effects about the list: putting it together, deciding, signing, writing.

Rules:

* What is put together is shown from the last look at the place; what is signed is decided from a
  new one.
* Every node that does not answer is left out of the decision and told by name; nothing is signed
  before each of them was confirmed.
* The last list that was prepared can be signed, and no other; the last one that was signed can be
  written to the nodes that failed.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.certificate import Certificate
from ctlkit.edit import Server, TokenEntry
from ctlkit.errors import CtlkitError, NetworkError, RuleError, UsageError
from ctlkit.messages import Message
from ctlkit.place import NodeState
from ctlkit.trustlist import Digest
from ctlkit_gui.flow import values
from ctlkit_gui.flow.brought import (
    Assembled,
    ListPrepared,
    ListPublished,
    ModeSwitched,
    ServerRead,
    SigningStepped,
)
from ctlkit_gui.flow.effects import Assemble, Prepare, PublishRest, ReadServer, Sign
from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.values import Assembly, Choice, SigningStep
from ctlkit_gui.work._context import Context, Running
from ctlkit_gui.work._places import opened_place
from ctlkit_gui.work._shown import assembled_entry, entries_of, signer_shown

if TYPE_CHECKING:
    from ctlkit.workflows.assembling import Survey
    from ctlkit.workflows.updating import Prepared, Updated

__all__ = ["assemble", "prepare", "publish_rest", "read_server", "sign"]


def _entries(choice: Choice) -> dict[str, TokenEntry]:
    """Return certificate and title of each added token, by its URI."""
    return {
        token.uri: TokenEntry(
            Certificate.from_der(token.certificate.der), f"{token.label} (serial {token.serial})"
        )
        for token in choice.tokens
        if token.certificate is not None
    }


def assemble(effect: Assemble, context: Context, running: Running) -> Event:
    """Put the list together as far as it goes.

    Raises:
        CtlkitError: a rule forbids it (E1 among them), or the place cannot be read.
    """
    from ctlkit.workflows.assembling import Wish
    from ctlkit.workflows.assembling import assemble as assembled

    choice = effect.choice
    entries = _entries(choice)
    uris = list(entries)
    with context.using_place(running):
        ground = _survey(context, running, choice.present)
    wish = Wish(tuple(entries.values()), choice.servers, choice.remove, choice.mode)
    made = assembled(ground, wish)
    assembly = Assembly(
        entries=tuple(assembled_entry(at, item, uris) for at, item in enumerate(made.rows)),
        known=frozenset(uris[at] for at in made.known),
        creating=ground.present is None,
        refusal=made.refusal,
    )
    return Assembled(effect.request, assembly)


def _survey(context: Context, running: Running, present: Path | None) -> Survey:
    """Return the last look at the place; a new one where it was changed since."""
    from ctlkit.workflows.assembling import survey

    opened = opened_place(context)
    if opened.survey is None:
        opened.survey = survey(
            opened.place,
            context.now,
            default_mode=opened.default_mode,
            present=present,
            watch=running.watch(),
        )
    return opened.survey


def read_server(effect: ReadServer, _context: Context, _running: Running) -> Event:
    """Read a server's certificate.

    Raises:
        InputError: it cannot be read, or is none.
        UsageError: the address is none.
    """
    from ctlkit.workflows.servers import server_of

    made: Server = server_of(
        effect.function, effect.file, effect.name or None, effect.address or None
    )
    return ServerRead(effect.request, made)


def prepare(effect: Prepare, context: Context, running: Running) -> Event:
    """Decide what would be signed, from what place and tokens say now.

    Raises:
        CtlkitError: what cannot be read, or is refused by a rule.
    """
    from ctlkit.workflows.grounds import PhoneFacts
    from ctlkit.workflows.keyring import SeenTokens
    from ctlkit.workflows.updating import UpdateRequest
    from ctlkit.workflows.updating import prepare as decide

    choice = effect.choice
    entries = _entries(choice)
    now = context.now
    with context.using_place(running):
        opened = opened_place(context)
        request = UpdateRequest(
            signer=effect.signer,
            timestamp=now,
            now=now,
            tokens=tuple(entries),
            servers=choice.servers,
            remove=choice.remove,
            present=choice.present,
            without=frozenset(opened.place.nodes),
            told=PhoneFacts(phones=choice.phones, models=context.models),
            mode=choice.mode,
            default_mode=opened.default_mode,
            digest=context.configured_digest,
        )
        keyring = SeenTokens(context.token_access(running), entries)
        decided = decide(request, keyring, opened.place, running.watch())
        context.prepared, context.updated = (effect.request, decided), None
    return ListPrepared(effect.request, _shown(effect.request, decided))


def _shown(number: int, decided: Prepared) -> values.Prepared:
    return values.Prepared(
        number=number,
        signer=decided.signer,
        entries=entries_of(decided.plan.rows),
        messages=decided.messages,
        verdicts=decided.judgement.classes,
        remedies=decided.judgement.remedies,
        mode=decided.plan.mode,
        switch=decided.switch,
        digest=Digest(decided.plan.draft.header.digest or Digest.SHA1).title,
        absent=MappingProxyType({item.node: _why(item) for item in decided.look.absent}),
    )


def _why(item: NodeState) -> CtlkitError:
    return item.error or NetworkError("node-not-asked", node=item.node, reason="")


def _prepared(context: Context, number: int) -> Prepared:
    if context.prepared is None or context.prepared[0] != number:
        raise UsageError("wizard-not-prepared")
    return context.prepared[1]


def sign(effect: Sign, context: Context, running: Running) -> Event:
    """Sign what was prepared, verify it, and put it on every node.

    Raises:
        RuleError: something red, or a missing node, was not confirmed.
        TokenError: the token said no; nothing was written.
        CtlkitError: the place refused as a whole.
    """
    from ctlkit.workflows.keyring import SeenTokens
    from ctlkit.workflows.updating import finish

    def signed() -> None:
        running.emit(SigningStepped(effect.request, SigningStep.VERIFY))

    def tell(message: Message) -> None:
        opened_place(context).survey = None
        saved = message.values.get("file")
        file = Path(str(saved)) if saved is not None else None
        running.emit(ModeSwitched(effect.request, message, file))

    running.last_try = effect.last_try
    with context.using_place(running):
        decided = _prepared(context, effect.prepared)
        missing = [item for item in decided.look.absent if item.node not in effect.without]
        if missing:
            nodes = ", ".join(item.node for item in missing)
            raise RuleError("nodes-missing", rule=11, nodes=nodes, reason=missing[0].error)
        entries = {decided.signer: decided.change.signer}
        keyring = SeenTokens(context.token_access(running), entries, signed)
        running.emit(SigningStepped(effect.request, SigningStep.SIGN))
        updated = finish(
            decided, keyring, effect.consent, context.now, tell=tell, watch=running.watch()
        )
        context.updated, opened_place(context).survey = updated, None
    return _published(effect.request, updated)


def publish_rest(effect: PublishRest, context: Context, running: Running) -> Event:
    """Put the signed list on the nodes that failed.

    Raises:
        CtlkitError: the place refused as a whole.
    """
    from ctlkit.workflows.updating import finish_rest

    with context.using_place(running):
        decided = _prepared(context, effect.prepared)
        if context.updated is None:
            raise UsageError("wizard-not-prepared")
        updated = finish_rest(decided, context.updated, watch=running.watch())
        context.updated = updated
    return _published(effect.request, updated)


def _published(request: int, updated: Updated) -> Event:
    name, serial = signer_shown(updated.verified)
    return ListPublished(request, name, serial, updated.published, updated.error)
