"""What the tests of whole moves share: a practice cluster that runs, tokens, and who works on both.

Rules:

* An administrator types into the command line and restarts services and phones; lists by tokens
  are made by the workflows of ``ctlkit update``, through the cluster's address, with eTokens of
  SoftHSM.
* What phones show is compared with what ``show ctl`` prints on every node, never with the model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pytest

from ctlkit.edit import Consent
from ctlkit.pins import PinOptions
from ctlkit.place import Access, open_place
from ctlkit.showctl import ShownList, parse_shown
from ctlkit.workflows.keyring import Keyring, TokenAccess
from ctlkit.workflows.updating import Updated, UpdateRequest, finish, prepare
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.options import LabOptions
from ctlkit_lab.phones import Boot, Checksum
from ctlkit_lab.releases import Release
from ctlkit_lab.stores import PHONE_SAST_TRUST
from softhsm_fixtures import DEFAULT_PIN, FIRST_NAME, SECOND_NAME

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore

Reasons: TypeAlias = dict[str, str]
"""The model of a phone -> the code of its decision on the list."""

MIXED_MODE = "utils ctl set-cluster mixed-mode"
DELETE_LIST = "file delete tftp CTLFile.tlv"


class Administrator:
    """Works on a practice cluster as on a real one, with a set of tokens at hand."""

    def __init__(self, cluster: RunningCluster, tokens: TokenAccess, access: Access) -> None:
        self.cluster = cluster
        self._tokens = tokens
        self._access = access

    def types(self, command: str) -> str:
        """Type a command of the publisher and say yes to its question."""
        return self.cluster.command(command, "y")

    def shown(self) -> ShownList | None:
        """What ``show ctl`` prints, which is the same on every node; None where there is none."""
        texts = [self.cluster.command("show ctl", node=node.name) for node in self.cluster.nodes]
        lists = [parse_shown(text) for text in texts]
        first = lists[0]
        for other in lists[1:]:
            assert (first and first.sha1) == (other and other.sha1)
        return first

    def signers(self) -> list[str]:
        """The common names of the SAST records in ``show ctl``; that of the signer first."""
        shown = self.shown()
        assert shown is not None
        assert shown.verified
        own, *others = sorted(
            (record for record in shown.records if record.function == "SAST"),
            key=lambda record: not record.signed,
        )
        assert (own.subject, own.issuer, own.serial) == (
            shown.signer_name,
            shown.signer_issuer,
            shown.signer_serial,
        )
        return [_common_name(record.subject or "") for record in (own, *others)]

    def update(self, signer: str, *tokens: str, **wanted: Any) -> Updated:
        """Run ``ctlkit update`` on the cluster."""
        keyring = Keyring(self._tokens)
        now = int(time.time())
        request = UpdateRequest(signer=signer, timestamp=now, now=now, tokens=tokens, **wanted)
        with open_place(self.cluster.place_url, self._access) as place:
            prepared = prepare(request, keyring, place)
            updated = finish(prepared, keyring, Consent(lockout="LOCKOUT"), now)
        assert updated.error is None
        return updated

    def uploads(self, *tokens: str) -> None:
        """Upload the certificates of tokens to Phone-SAST-trust."""
        keyring = Keyring(self._tokens)
        for name in tokens:
            self.cluster.practice.trust_add(PHONE_SAST_TRUST, keyring.entry(name).certificate.der)

    def makes_token_list(self) -> None:
        """Make a list by tokens as if there had never been another; every phone takes it."""
        self.types(MIXED_MODE)
        self.types(DELETE_LIST)
        self.uploads(FIRST_NAME, SECOND_NAME)
        self.update(SECOND_NAME, FIRST_NAME)
        assert {True} == {boot.accepted for boot in self.restarts()}
        self.require_same_checksums()

    def restarts(self) -> tuple[Boot, ...]:
        """Restart the services of every node, then the phones."""
        self.cluster.restart_services()
        return self.cluster.restart_phones()

    def reasons(self) -> Reasons:
        """Restart services and phones, and say of each model why it took the list or did not."""
        models = {report.mac: report.model for report in self.cluster.fleet.reports()}
        boots = self.restarts()
        for boot in boots:
            assert boot.itl is None or boot.itl.accepted, boot
        return {models[boot.mac]: boot.code for boot in boots}

    def differing(self) -> set[str]:
        """The models whose phones do not show the checksum that ``show ctl`` prints."""
        shown = self.shown()
        assert shown is not None
        sums = {Checksum.MD5: shown.md5, Checksum.SHA1: shown.sha1}
        return {
            report.model
            for report in self.cluster.fleet.reports()
            if report.checksum != sums[report.checksum_kind]
        }

    def require_same_checksums(self) -> None:
        """Every phone has the list of the nodes, by what its screen shows."""
        assert set() == self.differing()

    def erases(self, model: str) -> None:
        """Delete the lists of the phones of a model by hand."""
        macs = [item.mac for item in self.cluster.fleet.reports() if item.model == model]
        self.cluster.erase_phones(*macs)


def _common_name(subject: str) -> str:
    parts = (part.strip() for part in subject.replace(",", ";").split(";"))
    return next(part[3:].strip('" ') for part in parts if part.lower().startswith("cn="))


class MakeAdministrator(Protocol):
    """Starts a practice cluster and gives its administrator."""

    def __call__(self, release: Release = Release.R10_0, **options: Any) -> Administrator:
        """Start a cluster of a release, with the options of :class:`LabOptions`."""
        ...


@pytest.fixture
def administrator(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeAdministrator]:
    """Give administrators, each of a cluster of its own with four phones.

    The tokens are those of the test's SoftHSM store, if it asked for one.
    """
    pin = tmp_path / "pin"
    pin.touch(mode=0o600)
    pin.write_text(f"{DEFAULT_PIN}\n")
    tokens = TokenAccess(pins=PinOptions(file=pin))
    if "etokens" in request.fixturenames:
        store: SoftHsmStore = request.getfixturevalue("etokens")
        tokens = replace(tokens, modules=(str(store.module),))
    with ExitStack() as stack:

        def make(release: Release = Release.R10_0, **options: Any) -> Administrator:
            name = f"cluster-{len(list(tmp_path.glob('cluster-*')))}"
            chosen = LabOptions(release=release, **options)
            running = stack.enter_context(PracticeCluster.running(tmp_path / name, chosen))
            access = Access(known_hosts=tmp_path / "known_hosts", keep=tmp_path / "kept")
            return Administrator(running, tokens, access)

        yield make
