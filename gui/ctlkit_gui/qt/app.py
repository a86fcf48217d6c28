"""The program: ``ctlkit wizard``, and ``ctlkit-wizard``.

Rules:

* Nothing of Qt is imported before :mod:`ctlkit_gui.qt.startup` found that a window can open.
* When the window closes, everything that runs is stopped and waited for, and the place is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctlkit.config import load_configuration
from ctlkit.errors import CtlkitError
from ctlkit_gui import __version__

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from ctlkit.config import Configuration
    from ctlkit_gui.qt.window import Window

__all__ = ["make_application", "make_window", "run"]

_NAME = "ctlkit-wizard"
_ICONS = Path(__file__).parents[1] / "icons"


def run(
    load: Callable[[], Configuration] = load_configuration,
    modules: Sequence[str] = (),
    files: Sequence[Path] = (),
) -> int:
    """Open the window and return once it is closed, with the exit status.

    Args:
        load: reads the configuration; what is wrong with it is told in a box.
        modules: PKCS#11 libraries that were named; they replace the search.
        files: lists and certificates that are shown beside the window.
    """
    application = make_application()
    from ctlkit_gui.qt.interrupts import Interrupts
    from ctlkit_gui.qt.telling import tell

    try:
        window = make_window(load, modules)
    except CtlkitError as error:
        tell(None, application.applicationName(), error)
        application.exec()
        return error.status
    interrupts = Interrupts(window)
    interrupts.start()
    try:
        window.show()
        for path in files:
            window.examine(path)
        return application.exec()
    finally:
        interrupts.stop()


def make_application() -> QApplication:
    """Return the one application of this process: its name, icon, language and colours."""
    from PyQt6.QtGui import QIcon
    from PyQt6.QtWidgets import QApplication

    from ctlkit_gui.qt import language, theme

    application = QApplication([_NAME])
    application.setApplicationName(_NAME)
    application.setApplicationDisplayName("ctlkit")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(_NAME)
    icon = QIcon()
    for path in sorted(_ICONS.glob("*.png")):
        icon.addFile(str(path))
    application.setWindowIcon(icon)
    language.install(application)
    theme.follow(application)
    return application


def make_window(
    load: Callable[[], Configuration] = load_configuration, modules: Sequence[str] = ()
) -> Window:
    """Return the window with the wizard's first page, not shown yet.

    Args:
        load, modules: as of :func:`run`.

    Raises:
        ConfigurationError: the configuration file says something impossible.
        InputError: it cannot be read.
    """
    from functools import partial

    from ctlkit.trustlist import Digest
    from ctlkit_gui.flow import Remembered
    from ctlkit_gui.qt import practice, settings
    from ctlkit_gui.qt.controller import Controller
    from ctlkit_gui.qt.log_saving import recent_log
    from ctlkit_gui.qt.window import Window
    from ctlkit_gui.work import Context, SecretBox, run

    configuration = load()
    box = SecretBox()
    context = Context(
        box=box,
        modules=modules,
        configured=configuration.modules,
        settings=configuration.places,
        practice=practice.Practice(),
        models=configuration.models,
        configured_digest=Digest[configuration.digest.upper()] if configuration.digest else None,
    )
    remembered = Remembered(
        form=settings.remembered_form(),
        places=tuple(configuration.places),
        practice=True,
    )
    window = Window(box)
    controller = Controller(
        remembered, lambda effect, emit: run(effect, context, emit), parent=window
    )
    window.emitted.connect(controller.feed)
    controller.showed.connect(window.show_view)
    controller.remembered.connect(settings.remember_form)
    controller.over.connect(window.finish)
    controller.over.connect(partial(controller.close, context.close))
    controller.over.connect(recent_log().stop)
    recent_log().start()
    controller.start()
    return window
