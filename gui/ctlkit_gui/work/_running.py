"""Carrying out effects: one function, blocking, in whichever thread it is called.

Rules:

* Every effect that is awaited is answered: by its event, or by ``Failed``. What is no error of
  ctlkit's is a mistake of ours: it is logged without its text, which might hold anything, and
  becomes ``Failed`` with the code ``wizard-internal``.
* ``Abandon``, ``Answer`` and ``StopWatch`` never block.
* The secrets that an effect began with are gone when it has ended.
"""

from __future__ import annotations

from collections.abc import Callable

from ctlkit.errors import CtlkitError
from ctlkit.log import log, log_mistake
from ctlkit_gui.flow.brought import Failed
from ctlkit_gui.flow.effects import (
    Abandon,
    Answer,
    AskRestore,
    AskVouching,
    Assemble,
    Effect,
    OpenPlace,
    Prepare,
    PublishRest,
    ReadServer,
    Restart,
    Restore,
    RestoreRest,
    Sign,
    StopWatch,
    WatchTokens,
)
from ctlkit_gui.flow.events import Event
from ctlkit_gui.work._context import Context, Emit, Running

__all__ = ["run"]


def run(effect: Effect, context: Context, emit: Emit) -> Event | None:
    """Carry out an effect.

    Args:
        effect: any but those that are the window's own.
        context: what the effects of this wizard share.
        emit: takes what is to be told meanwhile, in this thread or another.

    Returns:
        The event that answers it, None where nothing is awaited.
    """
    match effect:
        case Abandon(request) | StopWatch(request):
            context.running(request).stop()
            return None
        case Answer(request, accepted):
            context.running(request).answer(accepted)
            return None
    running = context.running(effect.request)
    running.emit = emit
    try:
        _take_secrets(effect, context, running)
        return _carry_out(effect, context, running)
    except CtlkitError as error:
        log().info("%s: %s, %s", type(effect).__name__, error.code, error)
        return Failed(effect.request, error)
    except Exception as error:  # noqa: BLE001  a mistake of ours must not leave a page waiting
        log_mistake(type(effect).__name__, error)
        kind = type(error).__name__
        return Failed(effect.request, CtlkitError("wizard-internal", kind=kind))
    finally:
        context.ended(running)


def _take_secrets(effect: Effect, context: Context, running: Running) -> None:
    """Take what was typed for an effect out of the box, before anything else can."""
    if isinstance(effect, OpenPlace):
        running.password = context.box.take()
    elif isinstance(effect, Sign):
        running.pin = context.box.take()


def _carry_out(effect: Effect, context: Context, running: Running) -> Event | None:
    from ctlkit_gui.work import _lists, _places, _restoring, _tokens

    work: dict[type[Effect], Callable[..., Event | None]] = {
        OpenPlace: _places.open_place_of,
        WatchTokens: _tokens.watch_tokens,
        Assemble: _lists.assemble,
        ReadServer: _lists.read_server,
        Prepare: _lists.prepare,
        Sign: _lists.sign,
        PublishRest: _lists.publish_rest,
        AskRestore: _restoring.ask_restore,
        AskVouching: _places.ask_vouching,
        Restore: _restoring.restore,
        RestoreRest: _restoring.restore_rest,
        Restart: _places.restart,
    }
    return work[type(effect)](effect, context, running)
