#!/usr/bin/env python3
"""Bring the files of Qt's translations in step with the window's source.

Rules:

* The .ts holds each text of the source once a context, in an order of its own and without line
  numbers: it changes when a text does, not with each edit.
* A new text is marked as unfinished until somebody translated it; a text that is gone takes its
  translation with it.
* The .qm is made from the .ts alone; both are committed, so that nobody needs Qt's tools to run or
  to build the window.

Usage: ``make translations``. docs/translating.md says how a text is translated.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

GUI = Path(__file__).resolve().parents[1] / "gui" / "ctlkit_gui"
TS = GUI / "locale" / "ctlkit_zh_CN.ts"
PACKAGE = "qt6-l10n-tools"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
_NAMES = ("lrelease6", "lrelease-qt6", "pyside6-lrelease", "lrelease")
_DEBIAN = Path("/usr/lib/qt6/bin/lrelease")


def update(ts: Path) -> None:
    """Take the texts of the source into a .ts file; what is translated there already stays."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "PyQt6.lupdate.pylupdate"),
            *("--no-obsolete", "--no-summary", "--ts", ts, GUI / "qt"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"pylupdate6 failed:\n{done.stdout}{done.stderr}")
    ts.write_text(_in_order(ts.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def _in_order(text: str) -> str:
    """Return a .ts file with its texts in alphabetical order and without line numbers."""
    root = ET.fromstring(text)  # noqa: S314  the file is our own
    root.set("language", TS.stem.partition("_")[2])
    root.set("sourcelanguage", "en")
    for context in root.iter("context"):
        messages = sorted(context.findall("message"), key=_source)
        for message in messages:
            context.remove(message)
            for location in message.findall("location"):
                message.remove(location)
        context.extend(messages)
    ET.indent(root, space="    ")
    return f"{_HEAD}{ET.tostring(root, encoding='unicode')}\n"


def _source(message: ET.Element) -> tuple[str, str]:
    return message.findtext("source", ""), message.findtext("comment", "")


def unfinished(ts: Path) -> list[str]:
    """Return the texts of a .ts file that nobody translated yet."""
    root = ET.parse(ts).getroot()  # noqa: S314
    return [
        message.findtext("source", "")
        for message in root.iter("message")
        for translation in message.iter("translation")
        if translation.get("type") is not None
    ]


def release(ts: Path) -> None:
    """Make the .qm beside a .ts file; unfinished texts stay English."""
    found = next(filter(None, map(shutil.which, (str(_DEBIAN), *_NAMES))), None)
    if found is None:
        sys.exit(
            f"{ts.with_suffix('.qm').name} was not made: there is no lrelease of Qt 6.\n"
            f"  apt-get install {PACKAGE}"
        )
    subprocess.run(
        [found, "-silent", "-nounfinished", ts, "-qm", ts.with_suffix(".qm")], check=True
    )


def main() -> None:
    """Update and release, and name what is to be translated."""
    update(TS)
    for text in unfinished(TS):
        print(f"not translated: {text}")
    release(TS)


if __name__ == "__main__":
    main()
