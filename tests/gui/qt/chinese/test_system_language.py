"""Which language the window speaks: the first that the system asks for and that there is."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
from PyQt6.QtCore import QCoreApplication
from ctlkit_gui.qt import app, language

app.make_application()
print(language.language(), ascii(QCoreApplication.translate("Footer", "Cancel")))
"""
_CHINESE, _ENGLISH = r"zh_CN '\u53d6\u6d88'", "en 'Cancel'"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LANG": "zh_CN.UTF-8"}, _CHINESE),
        ({"LANG": "zh_SG.UTF-8"}, _CHINESE),
        ({"LANG": "zh_TW.UTF-8"}, _ENGLISH),
        ({"LANG": "zh_TW.UTF-8", "LANGUAGE": "zh_TW:zh_CN:en"}, _CHINESE),
        ({"LANG": "de_DE.UTF-8"}, _ENGLISH),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh_CN:en"}, _CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh_CN"}, _ENGLISH),
    ],
    ids=lambda item: item[:2] if isinstance(item, str) else "-".join(item.values()),
)
def test_the_window_speaks_the_systems_language(
    clean_env: dict[str, str], variables: dict[str, str], said: str
) -> None:
    """Simplified Chinese wherever it is written; traditional Chinese is not there, so English."""
    env = {**clean_env, "QT_QPA_PLATFORM": "offscreen", **variables}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (said, "") == (done.stdout.strip(), done.stderr)
