"""The program: ``ctlkit-wizard``, and ``ctlkit wizard``.

Rules:

* Nothing of Qt is imported before :mod:`ctlkit_gui.qt.startup` found that a window can open.
* When the window closes, everything that runs is stopped and waited for, and the place is closed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ctlkit.errors import CtlkitError
from ctlkit_gui import __version__
from ctlkit_gui.qt import startup

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from ctlkit_gui.qt.window import Window

__all__ = ["main", "make_application", "make_window", "run"]

_NAME = "ctlkit-wizard"
_ICONS = Path(__file__).parents[1] / "icons"


def main() -> int:
    """Run the program and return its exit status; what keeps it from starting is told in words."""
    try:
        startup.check()
    except CtlkitError as error:
        print(f"ctlkit-wizard: {error}", file=sys.stderr)  # noqa: T201  there is no window
        print(f"  {error.advice}", file=sys.stderr)  # noqa: T201
        return error.status
    return run()


def run() -> int:
    """Open the window and return once it is closed."""
    application = make_application()
    try:
        window = make_window()
    except CtlkitError as error:
        _tell(error)
        return error.status
    window.show()
    return application.exec()


def make_application() -> QApplication:
    """Return the one application of this process: its name, icon, language and colours."""
    from PyQt6.QtGui import QIcon
    from PyQt6.QtWidgets import QApplication

    from ctlkit_gui.qt import language, theme

    application = QApplication([_NAME])
    application.setApplicationName(_NAME)
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(_NAME)
    icon = QIcon()
    for path in sorted(_ICONS.glob("*.png")):
        icon.addFile(str(path))
    application.setWindowIcon(icon)
    language.install(application)
    theme.follow(application)
    return application


def make_window() -> Window:
    """Return the window with the wizard's first page, not shown yet.

    Raises:
        ConfigurationError: the configuration file says something impossible.
        InputError: it cannot be read.
    """
    from functools import partial

    from ctlkit.config import load_configuration
    from ctlkit_gui.flow import Remembered
    from ctlkit_gui.qt import practice, settings
    from ctlkit_gui.qt.controller import Controller
    from ctlkit_gui.qt.log_saving import recent_log
    from ctlkit_gui.qt.window import Window
    from ctlkit_gui.work import Context, SecretBox, run

    configuration = load_configuration()
    box = SecretBox()
    context = Context(
        box=box,
        configured=configuration.modules,
        settings=configuration.places,
        practice=practice.Practice(),
        models=configuration.models,
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


def _tell(error: CtlkitError) -> None:
    """Show what keeps the window from opening, to who started it without a terminal."""
    from PyQt6.QtWidgets import QApplication

    from ctlkit_gui.flow.state import NoticeDialog, NoticeKind
    from ctlkit_gui.qt.dialogs import NoticeQuestion

    question = NoticeQuestion(NoticeDialog(NoticeKind.MODE, error))
    question.emitted.connect(question.put_away)
    question.open()
    QApplication.exec()
