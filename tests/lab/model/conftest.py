"""Practice clusters without servers, for the tests of what they decide."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ctlkit_lab.model import LabOptions, Practice
from ctlkit_lab.releases import Release


@pytest.fixture(scope="session")
def made_practices() -> dict[Release, Path]:
    """Keep one cluster of each release that was asked for: making keys takes a while."""
    return {}


@pytest.fixture
def practice_of(
    made_practices: dict[Release, Path], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Callable[..., Practice]:
    """Give a copy of a cluster of a release; its keys are those of the other copies."""

    def make(release: Release = Release.R10_0) -> Practice:
        if release not in made_practices:
            made_practices[release] = tmp_path_factory.mktemp("made") / "lab"
            Practice.create(made_practices[release], LabOptions(release=release))
        shutil.copytree(made_practices[release], tmp_path / "lab")
        return Practice.open(tmp_path / "lab")

    return make
