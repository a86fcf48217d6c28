"""A pytest fixture that runs practice clusters in the test's own process.

Loaded in every project that has ctlkit installed: it imports pytest and the standard library only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from ctlkit_lab.cluster import RunningCluster

__all__ = ["practice_cluster"]


@pytest.fixture
def practice_cluster(tmp_path: Path) -> Iterator[Callable[..., RunningCluster]]:
    """Give what starts practice clusters, by the fields of ``LabOptions``; they end with the test.

    Each lies in a folder of its own, or in the one that ``folder`` names.
    """
    with contextlib.ExitStack() as stack:
        count = 0

        def start(folder: Path | None = None, **options: Any) -> RunningCluster:
            nonlocal count
            from ctlkit_lab.cluster import PracticeCluster
            from ctlkit_lab.model import LabOptions

            count += 1
            home = folder or tmp_path / f"lab-{count}"
            return stack.enter_context(PracticeCluster.running(home, LabOptions(**options)))

        yield start
