"""The test data: what is kept is what the program makes, and each file has its origin noted."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType


def test_generated_files_come_out_the_same(make_data: ModuleType, data_folder: Path) -> None:
    """Made again with the kept keys, every generated file has the same bytes."""
    made = dict(make_data.files())
    kept = {name: (data_folder / name).read_bytes() for name in made}
    assert made == kept
    lists = (data_folder / "lists").iterdir()
    assert sorted(made) == sorted(f"lists/{path.name}" for path in lists)


def test_every_file_has_its_origin_noted(data_folder: Path) -> None:
    """The README names each published file, and each folder of generated ones by a pattern."""
    notes = (data_folder / "README.md").read_text()
    silent = []
    for path in data_folder.rglob("*"):
        name = str(path.relative_to(data_folder))
        if path.is_file() and name != "README.md":
            pattern = f"{path.parent.name}/*{path.suffix}"
            silent += [] if f"`{name}`" in notes or f"`{pattern}`" in notes else [name]
    assert [] == silent
