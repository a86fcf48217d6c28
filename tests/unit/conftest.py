"""What the tests of the library's core share: kept keys, lists made with them, a folder."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ctlkit.acceptance import (
    HeldList,
    Model,
    NewList,
    PhoneClass,
    Stored,
    TrustService,
    judge,
)
from ctlkit.certificate import Certificate
from ctlkit.codec import decode
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.edit import Change, Plan, Server, TokenEntry, plan
from ctlkit.errors import CtlkitError, RuleError
from ctlkit.messages import Severity
from ctlkit.place import LIST_NAME, FolderPlace, NodeState, Published
from ctlkit.profiles import CTL_CLIENT, CUCM
from ctlkit.signing import sign
from ctlkit.trustlist import Digest, Field, Function, Record, RecordTag, TrustList, text_of
from ctlkit.verify import VerifiedList, verify

REPOSITORY = Path(__file__).resolve().parents[2]
NOW = 1425675367
PUBLISHER, SUBSCRIBER = "10.48.47.153", "10.48.47.154"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Give the folder of the test data."""
    return REPOSITORY / "tests" / "data"


@pytest.fixture(scope="session")
def make_data() -> ModuleType:
    """Give the program that makes the test data, for its keys, certificates and signers."""
    path = REPOSITORY / "tools" / "make_data.py"
    spec = importlib.util.spec_from_file_location("make_data", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class KeptLists(dict[str, bytes]):
    """The kept lists, with a repr that a failing test can print."""

    def __repr__(self) -> str:
        return "lists"


@pytest.fixture(scope="session")
def lists(data_folder: Path) -> dict[str, bytes]:
    """Give the bytes of the kept lists and signed files by their names without suffix."""
    found = (data_folder / "lists").iterdir()
    return KeptLists({path.name.partition(".")[0]: path.read_bytes() for path in found})


class ListMaker:
    """Makes signed lists out of kept keys."""

    def __init__(self, make_data: ModuleType) -> None:
        self.make_data = make_data

    def record(self, label: str, function: Function = Function.SAST) -> Record:
        """A record of a kept key's certificate."""
        return make_record(CUCM, function, self.certificate(label), dns="h", token=False)

    def certificate(self, label: str) -> Certificate:
        """A kept key's certificate."""
        found = self.make_data.certificate(label)
        assert isinstance(found, Certificate)
        return found

    def signed(
        self,
        *records: Record,
        by: str = "etoken-1",
        digest: Digest = Digest.SHA1,
        named: Record | None = None,
        filename: str = "CTLFile.tlv",
        timestamp: int = 1,
    ) -> TrustList:
        """A list of these records; its header names ``named``, else the signer."""
        own = named or self.record(by)
        made = draft(
            CUCM,
            records,
            signer=self.certificate(by),
            identity=identity_of(own),
            digest=digest,
            timestamp=timestamp,
            filename=filename,
        )
        signed = sign(made, self.make_data.signer(by))
        assert isinstance(signed, TrustList)
        return signed

    @staticmethod
    def without(record: Record, *tags: RecordTag) -> Record:
        """A record that lacks some fields, its length right."""
        kept = [item for item in record.fields[1:] if item.tag not in tags]
        return ListMaker.resized(kept)

    @staticmethod
    def replaced(record: Record, tag: RecordTag, value: bytes) -> Record:
        """A record with another value in a field, its length right."""
        return ListMaker.resized(
            [
                Field(item.tag, value if item.tag == tag else item.value)
                for item in record.fields[1:]
            ]
        )

    @staticmethod
    def resized(fields: list[Field]) -> Record:
        """A record of these fields behind its RECORDLENGTH."""
        length = 5 + sum(3 + len(item.value) for item in fields)
        return Record((Field(RecordTag.RECORDLENGTH, length.to_bytes(2, "big")), *fields))

    def with_key_of(self, record: Record, label: str) -> Record:
        """An entry with its names and serial, and the key of another certificate."""
        other = self.certificate(label)
        changed = self.replaced(record, RecordTag.CERTIFICATE, other.der)
        return self.replaced(changed, RecordTag.PUBLICKEY, other.key_bytes)


@pytest.fixture(scope="session")
def maker(make_data: ModuleType) -> ListMaker:
    """Give a maker of signed lists."""
    return ListMaker(make_data)


class Forecast:
    """Makes lists that phones may hold and get, and asks what they will do.

    Tokens have the names and the serial of the CTL Client, servers those of the server.
    """

    def __init__(self, maker: ListMaker, lists: dict[str, bytes]) -> None:
        self.maker = maker
        self.lists = lists

    def token(self, label: str = "etoken-1") -> Record:
        """A token's entry."""
        return make_record(CTL_CLIENT, Function.SAST, self.maker.certificate(label))

    def by_token(self, *records: Record, by: str = "etoken-1", **more: Any) -> NewList:
        """A list that a token signed; without records two tokens and a server."""
        server = self.maker.record("publisher-2048", Function.CCM_TFTP)
        held = records or (self.token(by), server, self.token("etoken-3"))
        return NewList.of(verify(self.maker.signed(*held, by=by, named=self.token(by), **more)))

    def kept(self, name: str, title: str = "old") -> HeldList:
        """A kept list that phones hold."""
        value = decode(self.lists[name])
        assert isinstance(value, TrustList)
        return HeldList(title, verify(value))

    def of(self, *records: Record, by: str, title: str = "old", **more: Any) -> HeldList:
        """A list of these records that phones hold."""
        return HeldList(title, verify(self.maker.signed(*records, by=by, **more)))

    @staticmethod
    def as_new(held: HeldList) -> NewList:
        """A list that phones hold, as one that they get."""
        assert held.verified is not None
        return NewList.of(held.verified)

    def stored(
        self, *labels: str, store: str | None = None, complete: bool = False
    ) -> TrustService:
        """What is known of a trust service that has the certificates of kept keys."""
        kept = tuple(Stored(self.maker.certificate(label), store) for label in labels)
        return TrustService(kept, complete)

    @staticmethod
    def phones(asks: bool | None = True, **more: Any) -> PhoneClass:
        """Phones that ask the trust service, that never do, or of which that is not known."""
        known = {key: more.pop(key) for key in ("count", "registered", "code") if key in more}
        return PhoneClass(Model("8861", asks, **more), **known)

    @staticmethod
    def told(
        new: NewList,
        *olds: HeldList,
        asks: bool | None = True,
        phones: PhoneClass | None = None,
        **more: Any,
    ) -> tuple[str, str]:
        """What phones of one class do with a list, and the code of the reason."""
        (found,) = judge(new, olds, [phones or Forecast.phones(asks)], **more).classes
        return found.answer.value, found.worst.reason.code


@pytest.fixture(scope="session")
def forecast(maker: ListMaker, lists: dict[str, bytes]) -> Forecast:
    """Give the maker of forecasts."""
    return Forecast(maker, lists)


class Editor:
    """Makes changes out of the kept keys; ``present`` is the list of 5728 bytes."""

    def __init__(self, make_data: ModuleType, present: VerifiedList) -> None:
        self.make_data = make_data
        self.present = present

    def certificate(self, label: str) -> Certificate:
        """A kept key's certificate."""
        found = self.make_data.certificate(label)
        assert isinstance(found, Certificate)
        return found

    def token(self, label: str) -> TokenEntry:
        """A token at hand."""
        return TokenEntry(self.certificate(label), label)

    def server(self, label: str, function: int = Function.CCM_TFTP, **more: Any) -> Server:
        """A server's certificate, at the publisher's address unless said otherwise."""
        return Server(function, self.certificate(label), **{"address": PUBLISHER, **more})

    def servers(self) -> tuple[Server, ...]:
        """Publisher, CAPF and subscriber."""
        return (
            self.server("publisher-1024"),
            self.server("capf", Function.CAPF),
            self.server("subscriber", address=SUBSCRIBER),
        )

    def change(self, **more: Any) -> Change:
        """A change signed by the second token; a new list unless ``present`` says otherwise."""
        known = {
            "present": None,
            "signer": self.token("etoken-2"),
            "profile": CTL_CLIENT,
            "timestamp": NOW,
            "now": NOW,
        }
        return Change(**{**known, **more})

    def plan(self, **more: Any) -> Plan:
        """What a change leads to."""
        return plan(self.change(**more))

    def create(self, **more: Any) -> Plan:
        """What making a list of two tokens and three servers leads to."""
        known = {"tokens": (self.token("etoken-1"),), "servers": self.servers()}
        return plan(self.change(**{**known, **more}))

    def update(self, present: VerifiedList, **more: Any) -> Plan:
        """What changing a list leads to."""
        return plan(self.change(present=present, **more))

    def signed(self, planned: Plan, label: str = "etoken-2") -> VerifiedList:
        """The list that a plan leads to, signed and verified."""
        value = sign(planned.draft, self.make_data.signer(label))
        assert isinstance(value, TrustList)
        return verify(value)

    @staticmethod
    def refused(make: Callable[[], object], code: str, rule: int) -> RuleError:
        """The refusal that making a plan ends with, its code and rule compared."""
        with pytest.raises(RuleError) as caught:
            make()
        assert (code, rule, 3) == (caught.value.code, caught.value.rule, caught.value.status)
        return caught.value

    @staticmethod
    def functions(planned: Plan) -> list[int | None]:
        """The functions of the records in their order."""
        return [record.function for record in Editor.records(planned)]

    @staticmethod
    def records(planned: Plan) -> tuple[Record, ...]:
        """The records of the list that is planned."""
        content = planned.draft.content
        assert isinstance(content, tuple)
        return content

    @staticmethod
    def labels(planned: Plan) -> list[str]:
        """What each record is called, by its subject's common name."""
        return [text_of(record.subject).split(";")[0][3:] for record in Editor.records(planned)]

    @staticmethod
    def red(planned: Plan) -> list[str]:
        """The codes of what has to be confirmed."""
        return [item.code for item in planned.messages if item.severity is Severity.RED]

    @staticmethod
    def states(planned: Plan) -> list[str]:
        """What becomes of each entry."""
        return [row.state.value for row in planned.rows]


@pytest.fixture(scope="session")
def present(lists: dict[str, bytes]) -> VerifiedList:
    """Give the list of 5728 bytes: token, publisher, CAPF, subscriber, token."""
    value = decode(lists["tokens-5728"])
    assert isinstance(value, TrustList)
    return verify(value)


@pytest.fixture(scope="session")
def editor(make_data: ModuleType, present: VerifiedList) -> Editor:
    """Give the maker of changes."""
    return Editor(make_data, present)


class OneFolder:
    """A folder as a place whose one node's error is raised."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = FolderPlace(folder)
        self.url = self.place.url

    def at(self, folder: Path) -> OneFolder:
        """Return another folder as a place."""
        return OneFolder(folder)

    def state(self, name: str = LIST_NAME) -> NodeState:
        """Return what the folder holds."""
        (found,) = self.place.state(name)
        if found.error is not None:
            raise found.error
        return found

    def content(self) -> dict[str, bytes]:
        """Return each file in the folder with its bytes, hidden ones too."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def publish(self, data: bytes, expected: bytes | None, name: str = LIST_NAME) -> Published:
        """Put a list in force."""
        return self._one(self.place.publish(data, {self.url: expected}, name=name))

    def restore(self, expected: bytes) -> Published:
        """Put the kept list in force."""
        return self._one(self.place.restore({self.url: expected}))

    def delete(self, expected: bytes) -> Published:
        """Take the list away."""
        return self._one(self.place.delete({self.url: expected}))

    @staticmethod
    def _one(done: tuple[Published, ...]) -> Published:
        (item,) = done
        if item.error is not None:
            raise item.error
        return item

    @staticmethod
    def held(found: NodeState | Published) -> bytes | None:
        """Return the bytes of the list that is present."""
        return found.present.data if found.present else None

    @staticmethod
    def refusal(action: Callable[[], object]) -> CtlkitError:
        """Return the error that an action ends with."""
        with pytest.raises(CtlkitError) as caught:
            action()
        return caught.value

    @staticmethod
    def failing_at(monkeypatch: pytest.MonkeyPatch, number: int) -> list[tuple[str, str]]:
        """Make the rename of this number fail; return the list of renames that were tried."""
        tried: list[tuple[str, str]] = []
        real: Callable[[Path, Path], Path] = Path.replace

        def rename(self: Path, target: Path) -> Path:
            tried.append((self.name, target.name))
            if len(tried) == number:
                raise OSError(5, "Input/output error")
            return real(self, target)

        monkeypatch.setattr(Path, "replace", rename)
        return tried


@pytest.fixture
def place(tmp_path: Path) -> OneFolder:
    """Give an empty folder as a place."""
    return OneFolder(tmp_path)
