"""Effects about the kept list: judging it, putting it back, going on where that failed.

Rules:

* What is put back is the list that was judged and confirmed, and no other.
* What was said of it is asked for anew right before: what is red then and was not confirmed, or a
  node that is missing now, ends it before anything is written.
* The last list that was put back can be put on the nodes that failed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ctlkit.edit import require_consent
from ctlkit.errors import NetworkError, PlaceError, UsageError
from ctlkit.place import Place, open_place
from ctlkit_gui.flow.brought import Restored, RestoreJudged
from ctlkit_gui.flow.effects import AskRestore, Restore, RestoreRest
from ctlkit_gui.flow.events import Event
from ctlkit_gui.work._context import Context, Running
from ctlkit_gui.work._places import opened_place
from ctlkit_gui.work._shown import signer_shown

if TYPE_CHECKING:
    from ctlkit.workflows.grounds import PhoneFacts
    from ctlkit.workflows.places import Done
    from ctlkit.workflows.restoring import Restoration

__all__ = ["ask_restore", "restore", "restore_rest"]


def ask_restore(effect: AskRestore, context: Context, running: Running) -> Event:
    """Ask what phones would do with the kept list; nothing is written.

    Raises:
        CtlkitError: nothing is kept, or it does not verify.
    """
    from ctlkit.workflows.restoring import prepare_restore

    with context.using_place(running), _place(context) as place:
        nodes = opened_place(context).place.nodes
        made = prepare_restore(place, now=context.now, without=nodes, told=_told(effect, context))
        context.judged = made
    absent = {
        item.node: item.error or NetworkError("node-not-asked", node=item.node, reason="")
        for item in made.look.absent
    }
    return RestoreJudged(effect.request, made.messages, made.verdicts, MappingProxyType(absent))


def restore(effect: Restore, context: Context, running: Running) -> Event:
    """Put the kept list back on every node that answers.

    Raises:
        RuleError: something red, or a missing node, was not confirmed.
        CtlkitError: nothing is kept, it does not verify or is another one than was confirmed, or
            the place refused as a whole.
    """
    from ctlkit.workflows.restoring import prepare_restore, put_back

    with context.using_place(running), _place(context) as place:
        made = prepare_restore(
            place, now=context.now, without=effect.without, told=_told(effect, context)
        )
        judged = context.judged
        if judged is None or judged.verified.list.raw != made.verified.list.raw:
            raise PlaceError("place-changed", file=place.url)
        require_consent(made.messages, effect.consent)
        opened_place(context).survey = None
        done = put_back([(place, made)], running.watch())
        context.restored = made, done
    return _restored(effect.request, made, done)


def restore_rest(effect: RestoreRest, context: Context, running: Running) -> Event:
    """Put the restored list on the nodes that failed.

    Raises:
        CtlkitError: the place refused as a whole.
    """
    from ctlkit.workflows.restoring import put_back_rest

    with context.using_place(running), _place(context) as place:
        if context.restored is None:
            raise UsageError("wizard-not-prepared")
        made, before = context.restored
        opened_place(context).survey = None
        done = put_back_rest(place, made, before, running.watch())
        context.restored = made, done
    return _restored(effect.request, made, done)


def _place(context: Context) -> Place:
    """Return the place that is open, once more: connections of long ago may be gone."""
    opened = opened_place(context)
    return open_place(opened.address, opened.access)


def _told(effect: AskRestore | Restore, context: Context) -> PhoneFacts:
    from ctlkit.workflows.grounds import PhoneFacts

    return PhoneFacts(phones=effect.phones, models=context.models)


def _restored(request: int, made: Restoration, done: Done) -> Event:
    """Return what was done, and who signed the list; nobody where it is nowhere."""
    name, serial = "", ""
    if any(item.error is None for item in done.published):
        name, serial = signer_shown(made.verified)
    return Restored(request, done.published, done.error, name, serial)
