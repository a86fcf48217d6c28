"""The releases of the practice cluster: who signs, and which SAST records a list has."""

from __future__ import annotations

import pytest

from ctlkit_lab.releases import Release, sast_order, signer

TOKENLESS = {
    "10.0": ("CallManager",),
    "10.5.2": ("CallManager", "ITLRecovery"),
    "11.5": ("CallManager", "ITLRecovery"),
    "12.0": ("ITLRecovery", "CallManager"),
    "14su3": ("ITLRecovery", "CallManager"),
}
BEHIND_TOKENS: dict[str, tuple[str, ...]] = {
    "10.0": (),
    "10.5.2": (),
    "11.5": ("ITLRecovery", "CallManager"),
    "12.0": ("ITLRecovery", "CallManager"),
    "14su3": ("ITLRecovery", "CallManager"),
}


def test_the_releases_are_those_of_the_command_line() -> None:
    """``lab up --release`` has five words."""
    assert list(TOKENLESS) == [release.value for release in Release]


@pytest.mark.parametrize("release", Release)
def test_sast_records_are_those_of_the_table(release: Release) -> None:
    """Each release lists what the cluster's document says, signer first without tokens."""
    assert TOKENLESS[release.value] == sast_order(release)
    assert BEHIND_TOKENS[release.value] == sast_order(release, tokens=True)


@pytest.mark.parametrize("release", Release)
def test_the_signer_is_the_first_sast_record(release: Release) -> None:
    """CallManager signs before 12.0, ITLRecovery from then on."""
    assert sast_order(release)[0] == signer(release)
    assert release.has_recovery == ("ITLRecovery" in sast_order(release))


def test_versions_begin_with_their_release() -> None:
    """What ``show version active`` says fits the release."""
    starts = ("10.0.1.", "10.5.2.", "11.5.1.", "12.0.1.", "14.0.1.139")
    versions = [release.version for release in Release]
    assert [] == [pair for pair in zip(versions, starts, strict=True) if pair[1] not in pair[0]]
