"""Effects about places: opening one, asking its trust service, restarting its services.

Rules:

* A place that is opened replaces the one before only once it was looked at; one that was
  abandoned meanwhile is closed again.
* What was opened stays open, and its passwords with it, so that nobody is asked twice. What a
  node refused is never sent to it again, whichever place is opened (``Context.logins``).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.config import PlaceSettings
from ctlkit.edit import Mode
from ctlkit.errors import CancelledError, CtlkitError, UsageError
from ctlkit.place import Access, NodeState, open_place
from ctlkit_gui.flow import address_of, further_nodes
from ctlkit_gui.flow.brought import PlaceOpened, Restarted, VouchingTold
from ctlkit_gui.flow.effects import AskVouching, OpenPlace, Restart
from ctlkit_gui.flow.events import Event
from ctlkit_gui.flow.values import (
    Action,
    NodeShown,
    PlaceKind,
    PlaceShown,
    ServerForm,
    VouchedShown,
)
from ctlkit_gui.work._context import Context, Opened, Running
from ctlkit_gui.work._prompts import WindowPrompt
from ctlkit_gui.work._shown import signer_shown

if TYPE_CHECKING:
    from ctlkit.workflows.assembling import Survey

__all__ = [
    "ask_vouching",
    "open_place_of",
    "opened_place",
    "restart",
]


def open_place_of(effect: OpenPlace, context: Context, running: Running) -> Event:
    """Open a place and look at it.

    Raises:
        CtlkitError: it cannot be opened or read; the one before stays open.
    """
    from ctlkit.workflows.assembling import survey

    with context.using_place(running):
        made = _opened(effect, context)
        try:
            made.survey = survey(
                made.place, context.now, default_mode=made.default_mode, watch=running.watch()
            )
            if running.cancel.is_set():
                raise CancelledError("interrupted")
        except BaseException:
            made.place.close()
            raise
        context.close_place()
        context.opened = made
        return PlaceOpened(effect.request, _shown(made.survey, context.now))


def _opened(effect: OpenPlace, context: Context) -> Opened:
    form, modules = effect.form, None
    address = address_of(form)
    if form.kind is PlaceKind.PRACTICE:
        if context.practice is None:
            raise UsageError("place-unknown", place=form.kind.value)
        ready = context.practice.start()
        address, modules = ready.address, ready.modules
    access = _access(form, address, context)
    place = open_place(address, access)
    return Opened(place, address, access, _mode(effect, address, context), None, modules)


def _access(form: ServerForm, address: str, context: Context) -> Access:
    settings = dict(context.settings)
    nodes = further_nodes(form)
    if nodes:
        settings[address] = PlaceSettings(address, nodes=nodes)
    return Access(
        prompt=WindowPrompt(context),
        known_hosts=context.known_hosts,
        settings=MappingProxyType(settings),
        logins=context.logins(),
    )


def _mode(effect: OpenPlace, address: str, context: Context) -> Mode:
    known = context.settings.get(address)
    return Mode(known.mode) if known and known.mode else effect.default_mode


def _shown(found: Survey, now: int) -> PlaceShown:
    """Return what is shown of a place that was looked at."""
    from ctlkit.workflows.reading import verified_list

    def node(state: NodeState) -> NodeShown:
        file = state.present
        if state.error is not None or file is None:
            return NodeShown(state.node, kept=state.kept is not None, error=state.error)
        name, serial, signed, error = "", "", None, None
        try:
            verified = verified_list(file.data, file.name, now)
        except CtlkitError as refused:
            error = refused
        else:
            name, serial = signer_shown(verified)
            signed = verified.list.header.timestamp
        return NodeShown(
            node=state.node,
            file=file.name,
            signer=name,
            signer_serial=serial,
            signed=signed,
            md5=file.md5,
            sha1=file.sha1,
            kept=state.kept is not None,
            error=error,
        )

    absent = (
        NodeShown(state.node, error=state.error, answers=False) for state in found.found.absent
    )
    refusals = {action: found.refusal(action.mode) for action in Action}
    return PlaceShown(
        url=found.url,
        nodes=(*map(node, found.found.states), *absent),
        mode=found.facts.mode if found.facts else None,
        says=found.says,
        release=found.facts.release if found.facts else None,
        is_cluster=found.facts is not None,
        warnings=found.warnings,
        refusals=MappingProxyType({key: error for key, error in refusals.items() if error}),
    )


def opened_place(context: Context) -> Opened:
    """Return the open place.

    Raises:
        UsageError: there is none; the wizard asks for nothing before one is open.
    """
    if context.opened is None:
        raise UsageError("place-unknown", place="")
    return context.opened


def ask_vouching(effect: AskVouching, context: Context, running: Running) -> Event:
    """Ask the trust service of every node about the list in force; nothing is written.

    Raises:
        CtlkitError: the place has none, or nobody can be believed.
    """
    from ctlkit.place import Cluster
    from ctlkit.workflows.trust_service import query_place

    with context.using_place(running):
        place = opened_place(context).place
        if not isinstance(place, Cluster):
            raise UsageError("place-no-services", place=place.url)
        found = query_place(place, now=context.now, cancel=running.cancel)
    answers = tuple(VouchedShown(item.node, item.error) for item in found.answers)
    return VouchingTold(effect.request, answers)


def restart(effect: Restart, context: Context, running: Running) -> Event:
    """Restart the services, one node after the other.

    Raises:
        CtlkitError: the place has none, its nodes differ, or it refused as a whole.
    """
    from ctlkit.workflows.places import restart as restart_services

    with context.using_place(running):
        opened = opened_place(context)
        done = restart_services(opened.address, opened.access, watch=running.watch())
    return Restarted(effect.request, done.published, done.error)
