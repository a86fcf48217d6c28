"""What surrounds the window: icon, menu entry, licence, and what importing its parts loads."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtGui import QColor, QImage

import ctlkit_gui

REPOSITORY = Path(__file__).resolve().parents[2]
ICONS = Path(ctlkit_gui.__file__).parent / "icons"
DESKTOP = REPOSITORY / "gui" / "share" / "applications" / "ctlkit-wizard.desktop"
# The main categories of the menu specification of freedesktop.org, version 1.1.
MAIN_CATEGORIES = {
    *("AudioVideo", "Audio", "Video", "Development", "Education", "Game", "Graphics", "Network"),
    *("Office", "Science", "Settings", "System", "Utility"),
}


def _project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def _entry() -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(DESKTOP.read_text(encoding="utf-8"))
    assert ["Desktop Entry"] == parser.sections()
    return dict(parser["Desktop Entry"])


def test_the_menu_entry_starts_the_program() -> None:
    """It runs the program that the distribution installs, without a terminal, with its icon."""
    entry = _entry()
    assert entry["Exec"] in _project()["project"]["gui-scripts"]
    assert ("Application", "false") == (entry["Type"], entry["Terminal"])
    assert (ICONS / f"{entry['Icon']}.svg").is_file()
    assert MAIN_CATEGORIES & set(entry["Categories"].split(";"))
    assert all(entry[key].endswith(";") for key in ("Categories", "Keywords"))


def test_the_menu_entry_speaks_chinese() -> None:
    """Each text of the menu entry is there in English and in Simplified Chinese."""
    entry = _entry()
    texts = {"Name", "GenericName", "Comment", "Keywords"}
    assert texts <= set(entry)
    assert texts == {key.partition("[")[0] for key in entry if key.endswith("[zh_CN]")}


def test_what_is_installed_beside_the_package_is_there() -> None:
    """Each file that the wheel puts under share/ exists, an icon in the folder of its size."""
    shared = _project()["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert [] == [source for source in shared if not (REPOSITORY / source).exists()]
    pictures = {source: target for source, target in shared.items() if source.endswith(".png")}
    assert {path.name for path in ICONS.glob("*.png")} == {Path(each).name for each in pictures}
    for source, target in pictures.items():
        size = re.findall(r"\d+", Path(source).stem)[0]
        assert f"share/icons/hicolor/{size}x{size}/apps/ctlkit-wizard.png" == target


@pytest.mark.parametrize("path", sorted(ICONS.glob("*.png")), ids=lambda path: str(path.stem))
def test_an_icon_has_its_size_and_shows_on_any_ground(path: Path) -> None:
    """It is a square of that many pixels, with light and dark in it and clear corners."""
    image = QImage(str(path))
    size = int(re.findall(r"\d+", path.stem)[0])
    assert (size, size) == (image.width(), image.height())
    colours = [image.pixelColor(x, y) for x in range(size) for y in range(size)]
    solid = [colour.lightness() for colour in colours if colour.alpha() > 200]
    assert min(solid) < 80
    assert max(solid) > 200
    assert QColor(0, 0, 0, 0) == image.pixelColor(size - 1, 0)


def test_the_drawing_stands_alone() -> None:
    """The SVG names no file and no font: any desktop can draw it."""
    root = ET.parse(ICONS / "ctlkit-wizard.svg").getroot()
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert {"svg", "title", "path", "rect", "g"} == names
    assert not [key for element in root.iter() for key in element.attrib if "href" in key]


def test_both_licences_are_told() -> None:
    """The distribution names MIT and the GPL, and carries the text of each."""
    project = _project()["project"]
    assert "MIT AND GPL-3.0-or-later" == project["license"]
    texts = [(REPOSITORY / name).read_text() for name in project["license-files"]]
    assert "MIT License" in texts[0]
    assert "GNU GENERAL PUBLIC LICENSE" in texts[1]


@pytest.mark.parametrize(
    "module", ["ctlkit_gui", "ctlkit_gui.flow", "ctlkit_gui.work", "ctlkit_gui.qt.startup"]
)
def test_importing_loads_no_qt(module: str, tmp_path: Path) -> None:
    """What decides and what works can be imported where there is no Qt."""
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=60, check=True
    )
    assert [] == [name for name in json.loads(done.stdout) if name.startswith("PyQt6")]
