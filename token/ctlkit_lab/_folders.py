"""Making folders of the practice cluster."""

from __future__ import annotations

from pathlib import Path

from ctlkit.errors import PlaceError


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder with those above it, where it is missing.

    Raises:
        PlaceError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise PlaceError(
            "lab-folder-unusable", folder=folder, reason=error.strerror or error
        ) from error
