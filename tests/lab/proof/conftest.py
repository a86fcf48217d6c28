"""What proves the judgement on phones: a practice cluster whose phones are held against it.

Rules:

* The judgement comes out of ``preflight``: once with the cluster's own address, once with the files
  that a person has at hand. What phones do comes out of restarting them: they fetch over HTTP and
  TFTP, ask the trust service over TLS, and decide by their own code.
* Where the judgement says that they accept, they do, for that reason; where it says that they
  refuse, they do, for that reason, and keep what they had. Cannot tell promises nothing.
* A list is written as a text, one word for each entry (:data:`_WORD`), its signer marked by a star.
* The cluster runs once for all tests; :meth:`Proof.prepare` resets all. Keys are kept ones, or its.
"""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest

from ctlkit.acceptance import Answer, ClassVerdict, NewList, Stored, TrustService, Verdict
from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.place import Access
from ctlkit.profiles import CTL_CLIENT, CUCM, Profile
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Field, Function, Record, RecordTag
from ctlkit.workflows.grounds import PhoneFacts
from ctlkit.workflows.preflight import Preflight, PreflightRequest, preflight
from ctlkit_lab.cluster import PracticeCluster, RunningCluster
from ctlkit_lab.options import LabOptions
from ctlkit_lab.phones import Boot, Directory, Server, model_named
from ctlkit_lab.releases import Release
from ctlkit_lab.stores import CALL_MANAGER, CAPF, ITL_RECOVERY, TVS
from softhsm_fixtures import FIRST_NAME, etoken_serial
from softhsm_fixtures.certificates import CertificateSpec, Credential, Name, make_certificate

REPOSITORY = Path(__file__).resolve().parents[3]

ASKING = ("8861", "7975")
"""Phones with Security by Default; of each one stands at either node."""

SILENT = ("7960", "6901")
UNPUBLISHED = "7841"
"""A model of which nobody says whether it has Security by Default."""

_PHONES = f"model,count\n{chr(10).join(f'{name},1' for name in (*ASKING, *SILENT, UNPUBLISHED))}\n"
_PUBLISHER = "L=Krakow,ST=Malopolska,CN=cucm-1051-a-pub,OU=TAC,O=Cisco,C=PL"
_TOKEN = (("CN", FIRST_NAME.ljust(24)), ("OU", "IPCBU"), ("O", "Cisco Systems, Inc."))
_SERIAL = etoken_serial(FIRST_NAME)
_TIME = 1425675367

_IDENTITIES: dict[str, tuple[Name | str, int | None, str]] = {
    "maker": ("CN=USB-1,O=M", 0x51, "etoken-3"),
    "long": ("CN=L,O=M", 0x52, "signer-4096"),
    "former": (_PUBLISHER, 0x70CAF64E, "publisher-1024"),
    "renewed": (_PUBLISHER, 0x6B1D357B, "publisher-2048"),
    "impostor": (_PUBLISHER, None, "subscriber"),
    "elsewhere": ("CN=cucm-elsewhere,O=Cisco", 0x21, "etoken-3"),
    "namesake": ("CN=cucm-namesake,O=Cisco", None, "etoken-3"),
    "forged": (_TOKEN, _SERIAL, "capf"),
    "reissued": (_TOKEN, _SERIAL + 1, "capf"),
    "former-tvs": (_PUBLISHER, 0x7F, "subscriber"),
}
"""Who else there is -> names, serial (None: that of the publisher's CallManager), and kept key."""

_WORD = re.compile(
    r"(?P<signs>\*)?(?:(?P<times>\d+)x)?(?P<who>[a-z][a-z0-9-]*)(?:/(?P<function>[a-z+]+))?"
    r"(?P<server>:server)?(?:~(?P<shape>[a-z-]+))?"
)
"""``*etoken-1`` signs, ``70xcapf/capf`` stands seventy times, ``callmanager/ccm+tftp`` is no SAST,
``etoken-1:server`` is a token as the server writes it, ``etoken-2~key-only`` has no certificate.
``by=etoken-1`` signs without an entry; ``digest=``, ``time=`` and ``name=`` are the header's."""

_SHAPES: dict[str, Callable[[bytes], dict[int, bytes | None]]] = {
    "key-only": lambda _other: {RecordTag.CERTIFICATE: None},
    "no-key": lambda _other: {RecordTag.PUBLICKEY: None},
    "empty": lambda _other: {RecordTag.CERTIFICATE: None, RecordTag.PUBLICKEY: None},
    "wrong-key": lambda other: {RecordTag.PUBLICKEY: other},
    "wrong-key-only": lambda other: {RecordTag.PUBLICKEY: other, RecordTag.CERTIFICATE: None},
}

_UNKNOWN = {"phone-tvs-unknown", "phone-tvs-not-sast", "phone-tvs-silent"}
_WRONG_KEY = {"phone-signature-wrong", "phone-key-unproven", "phone-digest-unproven"}
_SAME_REASON: dict[str, set[str]] = {
    "accepts-same": {"phone-same"},
    "accepts-known-by-ctl": {"phone-known-by-ctl"},
    "accepts-known-by-itl": {"phone-known-by-itl"},
    "accepts-first": {"phone-trusted-first"},
    "accepts-vouched": {"phone-vouched"},
    "accepts-vouched-by-list": {"phone-vouched"},
    "refuses-size": {"phone-list-too-long"},
    "refuses-never-asks": {"phone-signer-unknown"},
    "refuses-spelling": {"phone-signer-unknown"},
    # Whoever was not told of a certificate in another store cannot name the reason more closely.
    **dict.fromkeys(("refuses-not-uploaded", "refuses-not-vouched"), _UNKNOWN),
    "refuses-not-signer": {"phone-tvs-not-sast", "phone-tvs-silent"},
    "refuses-no-tvs-record": {"phone-no-tvs-record"},
    "refuses-other-key": _WRONG_KEY,
    "refuses-stored-key": {*_WRONG_KEY, "phone-tvs-silent"},
    "refuses-entry-unusable": {"phone-key-doubtful", "phone-key-unusable"},
}
"""A judgement's reason -> the phones' own that it foretells. Phones that cannot check a digest or a
key at all say so before they see whose key it is; to those that do not believe the trust service
it is silent, whatever it would have said."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a phone stands: its model, and the node (0: publisher) whose files and ITL it has."""

    model: str
    node: int = 0


SEATS = (*(Seat(model, node) for node in (0, 1) for model in ASKING), *map(Seat, SILENT))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a judgement says of each phone, and of a model that may or may not ask."""

    seats: Mapping[Seat, Verdict]
    unpublished: ClassVerdict
    preflight: Preflight

    @classmethod
    def of(cls, judged: Preflight) -> Foreseen:
        """Take a judgement on the models of the cluster, by each ITL that it was told of."""
        classes = {item.phones.model.name: item for item in judged.judgement.classes}
        against = {seat: classes[seat.model].against for seat in SEATS}
        seats = {seat: found[seat.node % len(found)] for seat, found in against.items()}
        return cls(seats, classes[UNPUBLISHED], judged)

    @property
    def codes(self) -> dict[Seat, str]:
        """The reason for each phone."""
        return {seat: verdict.reason.code for seat, verdict in self.seats.items()}

    def require(self, done: Mapping[Seat, Boot]) -> None:
        """Every phone does what was said of it."""
        for seat, verdict in self.seats.items():
            boot, code = done[seat], verdict.reason.code
            if verdict.answer is not Answer.CANNOT_TELL:
                assert (verdict.answer is Answer.ACCEPTS) == boot.accepted, (seat, code, boot)
                assert boot.code in _SAME_REASON[code], (seat, code, boot)
            if verdict.answer is Answer.REFUSES:
                assert boot.kept, (seat, code, boot)
        if self.unpublished.answer is not Answer.CANNOT_TELL:
            accepts = self.unpublished.answer is Answer.ACCEPTS
            assert {accepts} == {boot.accepted for boot in done.values()}, self.unpublished


class Proof:
    """A running practice cluster, what its phones hold, and the judgement on what comes next."""

    def __init__(self, cluster: RunningCluster, folder: Path, make_data: ModuleType) -> None:
        self.cluster = cluster
        self.practice = cluster.practice
        self._folder = folder
        self._make_data = make_data
        self._access = Access(known_hosts=folder / "known_hosts", keep=folder / "kept")
        self._credentials = self._own()
        self._credentials |= self._kept()
        self._uploaded: list[tuple[str, bytes]] = []
        self._own_itls = [node.itl_path.read_bytes() for node in self.practice.nodes]
        phones = cluster.fleet.create([model_named(seat.model) for seat in SEATS])
        self._phones = dict(zip(SEATS, phones, strict=True))
        self._file("phones.csv", _PHONES.encode())
        self.directed()

    def directed(self) -> None:
        """Point the phones of the second node to it, at the ports that it has now."""
        self._point(self.cluster.directory.servers[1])

    def _point(self, server: Server) -> None:
        macs = [self._phones[seat].mac for seat in SEATS if seat.node]
        self.cluster.point_phones(Directory((server,)), *macs)

    def renew_trust_services(self) -> None:
        """Make new certificates for the trust services, which show the old ones until restarted."""
        for node in self.practice.nodes:
            self.practice.regenerate(TVS, node.name)
        self._credentials |= self._own()
        self._own_itls = [node.itl_path.read_bytes() for node in self.practice.nodes]

    def _own(self) -> dict[str, Credential]:
        publisher, subscriber = self.practice.nodes
        return {
            "callmanager": publisher.credential(CALL_MANAGER),
            "recovery": publisher.credential(ITL_RECOVERY),
            "capf": publisher.credential(CAPF),
            "tvs": publisher.credential(TVS),
            "tvs-2": subscriber.credential(TVS),
            "subscriber": subscriber.credential(CALL_MANAGER),
        }

    def _kept(self) -> dict[str, Credential]:
        """Identities with kept keys, some of which share names, serial or key."""
        kept = self._make_data
        found = {name: kept.credential(name) for name in ("etoken-1", "etoken-2")}
        authority = kept.credential("manufacturing-ca")
        for who, (subject, number, key) in _IDENTITIES.items():
            serial = number or self._credentials["callmanager"].serial
            issuer = authority if subject is _TOKEN else None
            spec = CertificateSpec(subject, serial=serial)
            found[who] = make_certificate(spec, key=kept.key(key), issuer=issuer)
        return found

    def certificate(self, who: str) -> Certificate:
        """The certificate of an identity."""
        return Certificate.from_der(self._credentials[who].der)

    def ctl(self, text: str, filename: str = "CTLFile.tlv") -> bytes:
        """Make a list out of its text."""
        options = {"digest": "sha1", "time": str(_TIME), "name": filename}
        records: list[Record] = []
        named: tuple[str, Record] | None = None
        for word in text.split():
            key, equals, value = word.partition("=")
            if key == "by":
                named = value.partition(":")[0], self._entry(value)[0]
            elif equals:
                options[key] = value
            else:
                records += self._entry(word)
                if word.startswith("*"):
                    named = re.split("[:~]", word[1:])[0], records[-1]
        assert named is not None
        who, own = named
        waiting = draft(
            CUCM,
            records,
            signer=self.certificate(who),
            identity=identity_of(own),
            digest=Digest[options["digest"].upper()],
            timestamp=int(options["time"]),
            filename=options["name"],
        )
        return sign(waiting, PemSigner(self._credentials[who].pem)).raw

    def _entry(self, word: str) -> list[Record]:
        found = _WORD.fullmatch(word)
        assert found is not None, word
        function = Function[(found["function"] or "sast").upper().replace("+", "_")]
        who = found["who"]
        token = who in ("etoken-1", "etoken-2", "maker", "long", "forged", "reissued")
        dialect: Profile = CUCM if found["server"] or not token else CTL_CLIENT
        name = "" if token else "cucm-1051-a-pub"
        record = make_record(dialect, function, self.certificate(who), dns=name, token=token)
        if found["shape"]:
            shape = _SHAPES[found["shape"]]
            record = _reshaped(record, shape(self.certificate("former").key_bytes))
        return [record] * int(found["times"] or 1)

    def itl(self, text: str) -> bytes:
        """Make an ITL file out of its text."""
        return self.ctl(text, "ITLFile.tlv")

    def prepare(
        self,
        old: bytes | None,
        itl: bytes | None = None,
        uploads: Sequence[tuple[str, str]] = (),
        *,
        booting: bool = True,
    ) -> None:
        """Reset all, and have every phone hold a CTL, and one that asks its node's ITL.

        Without an ITL each node has its own. Uploads are identities and stores. What no phone would
        take on trust is not ``booting`` phones' doing, but written into their memory.
        """
        for store, der in self._uploaded:
            self.practice.trust_remove(store, der)
        self._uploaded = [(store, self._credentials[who].der) for who, store in uploads]
        for store, der in self._uploaded:
            self.practice.trust_add(store, der)
        self.cluster.erase_phones()
        for node, own in zip(self.practice.nodes, self._own_itls, strict=True):
            node.itl_path.write_bytes(itl or own)
        self.serve(old)
        if booting:
            self.cluster.restart_phones()
        itls = [node.itl_path.read_bytes() for node in self.practice.nodes]
        for seat, phone in self._phones.items():
            held = itls[seat.node] if seat.model in ASKING else None
            if not booting and old is not None:
                phone.take_ctl(old)
            if not booting and held is not None:
                phone.take_itl(held)
            assert (old, held) == tuple(it and it.raw for it in (phone.ctl(), phone.itl()))

    def serve(self, data: bytes | None, *, everywhere: bool = True) -> None:
        """Put a list in force on every node, or on the publisher alone."""
        for node in self.practice.nodes if everywhere else self.practice.nodes[:1]:
            node.list_path.unlink(missing_ok=True)
            if data is not None:
                node.list_path.write_bytes(data)

    def restarts(self, new: bytes, *, everywhere: bool = True) -> dict[Seat, Boot]:
        """Put the new list in force, restart the phones, and return what each did.

        Phones of a node that is left out get the list of the other, and ask their own as before.
        """
        self.serve(new, everywhere=everywhere)
        first, second = self.cluster.directory.servers
        if not everywhere:
            self._point(replace(first, name=second.name, tvs=second.tvs))
        seats = {phone.mac: seat for seat, phone in self._phones.items()}
        done = {seats[boot.mac]: boot for boot in self.cluster.restart_phones()}
        self._point(second)
        return done

    def judged(
        self,
        new: bytes,
        *olds: str | bytes,
        itls: Sequence[bytes] = (),
        stores: Sequence[str] = (),
        models: str = "",
    ) -> Preflight:
        """Run ``preflight``; old lists are addresses or what is in their files.

        Stores are the identities whose certificates a person says to be in one; models are what
        is in the person's own table.
        """
        request = PreflightRequest(
            olds=tuple(
                old if isinstance(old, str) else str(self._file(f"old-{number}.tlv", old))
                for number, old in enumerate(olds)
            ),
            new=self._file("new.tlv", new),
            now=int(time.time()),
            itls=tuple(self._file(f"itl-{number}.tlv", itl) for number, itl in enumerate(itls)),
            told=PhoneFacts(
                self._folder / "phones.csv",
                tuple(self._file(f"{who}.der", self._credentials[who].der) for who in stores),
                self._file("models.toml", models.encode()) if models else None,
            ),
        )
        return preflight(request, self._access)

    def foresees(self, new: bytes) -> Foreseen:
        """Judge by the cluster's own address."""
        return Foreseen.of(self.judged(new, self.cluster.place_url))

    def foresees_by_files(
        self, new: bytes, old: bytes | None, stores: Sequence[str] = ()
    ) -> Foreseen:
        """Judge by the files at hand: the old list, the nodes' ITL files, what was uploaded."""
        itls = dict.fromkeys(node.itl_path.read_bytes() for node in self.practice.nodes)
        olds = () if old is None else (old,)
        return Foreseen.of(self.judged(new, *olds, itls=tuple(itls), stores=stores))

    def foresees_by_stores(self, known: Foreseen, *, everywhere: bool = True) -> Foreseen:
        """Judge once more what was judged by files, knowing all that is in the nodes' stores."""
        found = dict.fromkeys(item for node in self.practice.nodes for item in node.stored())
        stored = tuple(Stored(Certificate.from_der(item.der), item.store) for item in found)
        service = TrustService(stored, complete=True, everywhere=everywhere)
        judged = known.preflight
        ground = replace(judged.ground, service=service)
        phones = [item.phones for item in judged.judgement.classes]
        judgement = ground.judged(NewList.of(judged.new), phones, int(time.time()))
        return Foreseen.of(replace(judged, ground=ground, judgement=judgement))

    def _file(self, name: str, data: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(data)
        return path


def _reshaped(record: Record, changes: Mapping[int, bytes | None]) -> Record:
    """Return a record with some values replaced, or without them, its length right."""
    fields = [
        Field(item.tag, changes.get(item.tag, item.value) or b"")
        for item in record.fields[1:]
        if changes.get(item.tag, item.value) is not None
    ]
    length = 5 + sum(3 + len(item.value) for item in fields)
    return Record((Field(RecordTag.RECORDLENGTH, length.to_bytes(2, "big")), *fields))


@pytest.fixture(scope="session")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    """Give a running cluster of two nodes with phones of four models."""
    path = REPOSITORY / "tools" / "make_data.py"
    spec = importlib.util.spec_from_file_location("make_data", path)
    assert spec is not None
    assert spec.loader is not None
    make_data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_data)
    folder, files = (tmp_path_factory.mktemp(name) for name in ("proof", "files"))
    with PracticeCluster.running(folder, LabOptions(release=Release.R11_5, phones=0)) as cluster:
        yield Proof(cluster, files, make_data)
