"""What ``ctlkit preflight`` judges against: files, folders, ITL files, stores, phones, models."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit.acceptance import Answer
from ctlkit.codec import encode
from ctlkit.config import PlaceSettings
from ctlkit.errors import CtlkitError
from ctlkit.place import LIST_NAME, OLD_NAME, Access
from ctlkit.trustlist import Function, TrustList
from ctlkit.workflows.grounds import PhoneFacts
from ctlkit.workflows.preflight import Preflight, PreflightRequest, preflight

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

FACTS = ("phones", "stores", "models")
NOW = 1425675367
TOKENLESS, TOKENS, ITL = "tokenless-6113", "tokens-5728", "itl"


@dataclass(frozen=True)
class Bench:
    """Files in a folder of the test's own, and preflights over them."""

    folder: Path
    lists: dict[str, bytes]
    forecast: Forecast

    def file(self, name: str, data: bytes | str) -> Path:
        """Write a file; a text of a kept list's name is that list."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.lists[data] if isinstance(data, str) else data)
        return path

    def by(self, label: str, name: str = "new.tlv", **more: Any) -> Path:
        """Write a list that a token signed."""
        new = self.forecast.by_token(by=label, **more)
        assert new.raw is not None
        return self.file(name, new.raw)

    def broken(self, name: str) -> Path:
        """Write a list with another last byte."""
        data = self.lists[TOKENS]
        return self.file(name, data[:-1] + bytes([data[-1] ^ 1]))

    def place(self, present: bytes | str | None, kept: bytes | str | None = None) -> str:
        """Make a folder that holds lists, and return its address."""
        shutil.rmtree(self.folder / "tftp", ignore_errors=True)
        (self.folder / "tftp").mkdir()
        for name, data in ((LIST_NAME, present), (OLD_NAME, kept)):
            if data is not None:
                self.file(f"tftp/{name}", data)
        return f"folder:{self.folder / 'tftp'}"

    @staticmethod
    def run(new: Path, *olds: str | Path, **more: Any) -> Preflight:
        """Judge a list."""
        access = Access(settings=more.pop("settings", {}))
        told = PhoneFacts(**{name: more.pop(name) for name in FACTS if name in more})
        request = PreflightRequest(tuple(map(str, olds)), new, NOW, told=told, **more)
        return preflight(request, access)

    @staticmethod
    def answers(found: Preflight) -> list[str]:
        """What each class does."""
        return [item.answer.value for item in found.judgement.classes]

    @staticmethod
    def held(found: Preflight) -> list[bytes]:
        """The lists that phones may hold."""
        return [item.verified.list.raw for item in found.ground.olds if item.verified]


@pytest.fixture
def bench(tmp_path: Path, lists: dict[str, bytes], forecast: Forecast) -> Bench:
    """Give a folder for files, and preflights over them."""
    return Bench(tmp_path, lists, forecast)


def refusal(run: Callable[[], object]) -> str:
    """The code of the error that a preflight ends with."""
    with pytest.raises(CtlkitError) as caught:
        run()
    assert str(caught.value)
    return caught.value.code


def test_files_as_old_lists(bench: Bench) -> None:
    """Each by its name, in the order given; all phones accept what all of them know."""
    new = bench.by("etoken-2")
    olds = [bench.file(name, TOKENS) for name in ("one.tlv", "other.tlv")]
    found = bench.run(new, *olds)
    assert list(map(str, olds)) == [item.title for item in found.ground.olds]
    assert found.judgement.all_accept
    found = bench.run(new, olds[0], bench.file("tokenless.tlv", TOKENLESS))
    assert [Answer.REFUSES] == list({item.answer for item in found.judgement.classes})


def test_no_old_list_means_phones_without_one(bench: Bench) -> None:
    """Those that never ask take it on trust; what the others' ITL says nobody showed."""
    found = bench.run(bench.by("etoken-1"))
    assert () == found.ground.olds
    assert ["cannot tell", "accepts", "cannot tell", "cannot tell"] == bench.answers(found)


def test_a_folder_in_force(bench: Bench) -> None:
    """The list in force counts, the kept one beside it does not."""
    found = bench.run(bench.by("etoken-2"), bench.place(TOKENS, TOKENLESS))
    assert [bench.lists[TOKENS]] == bench.held(found)
    assert found.judgement.all_accept


def test_a_folder_that_has_the_new_list_already(bench: Bench) -> None:
    """Phones may still hold the kept one: both count."""
    new = bench.by("etoken-2")
    found = bench.run(new, bench.place(new.read_bytes(), TOKENLESS))
    assert [new.read_bytes(), bench.lists[TOKENLESS]] == bench.held(found)
    reasons = {item.reason.code for item in found.judgement.classes[1].against}
    assert {"accepts-same", "refuses-never-asks"} == reasons


def test_a_folder_with_a_kept_list_alone(bench: Bench) -> None:
    """The list was deleted: phones hold the one before."""
    found = bench.run(bench.by("etoken-2"), bench.place(None, TOKENLESS))
    assert [bench.lists[TOKENLESS]] == bench.held(found)


def test_a_folder_whose_list_does_not_verify(bench: Bench) -> None:
    """No phone took it, so nobody knows what they hold: it is no folder without a list."""
    place = bench.place(bench.broken("broken.tlv").read_bytes())
    assert "preflight-list-not-valid" == refusal(lambda: bench.run(bench.by("etoken-2"), place))


def test_where_the_new_list_is_in_force_already(bench: Bench) -> None:
    """Phones hold what was there before; without a kept list that verifies it is not at hand."""
    new = bench.by("etoken-2")
    for kept in (None, b"no list"):
        found = bench.run(new, bench.place(new.read_bytes(), kept))
        (same, before) = found.ground.olds
        assert (True, None) == (same.verified is not None, before.verified)
        assert {"cannot tell"} == set(bench.answers(found))
    named = bench.run(new, bench.place(new.read_bytes()), bench.file("old.tlv", TOKENLESS))
    assert all(item.verified for item in named.ground.olds)
    assert "refuses" in bench.answers(named)


def test_a_place_by_its_name(bench: Bench) -> None:
    """A name of the configuration is a place, unless a file has that name."""
    new, url = bench.by("etoken-2"), bench.place(TOKENS)
    found = bench.run(new, "prague", settings={"prague": PlaceSettings(url)})
    assert [bench.lists[TOKENS]] == bench.held(found)
    file = bench.file("prague", TOKENLESS)
    found = bench.run(new, file, settings={str(file): PlaceSettings(url)})
    assert [bench.lists[TOKENLESS]] == bench.held(found)


def test_an_old_file_that_is_missing(bench: Bench) -> None:
    """What names no place is a file."""
    assert "file-missing" == refusal(lambda: bench.run(bench.by("etoken-2"), "gone.tlv"))


def test_an_old_list_that_does_not_verify(bench: Bench) -> None:
    """Phones hold no such list; judged by it nothing would be right."""
    broken = bench.broken("old.tlv")
    assert "preflight-list-not-valid" == refusal(lambda: bench.run(bench.by("etoken-2"), broken))


def test_lists_and_itls_are_not_confused(bench: Bench) -> None:
    """An ITL as an old or the new list, and a CTL as an ITL, are refused, with where it belongs."""
    new, itl, old = bench.by("etoken-2"), bench.file("i.tlv", ITL), bench.file("o.tlv", TOKENS)
    assert "preflight-old-is-itl" == refusal(lambda: bench.run(new, itl))
    assert "preflight-new-is-itl" == refusal(lambda: bench.run(itl, old))
    assert "preflight-itl-is-ctl" == refusal(lambda: bench.run(new, itls=(old,)))


def test_an_itl_is_told_by_what_it_holds(
    bench: Bench, forecast: Forecast, maker: ListMaker
) -> None:
    """One that was renamed inside names a trust service all the same."""
    renamed = forecast.of(
        maker.record("publisher-2048"), maker.record("capf", Function.TVS), by="publisher-2048"
    )
    file = bench.file("renamed.tlv", forecast.as_new(renamed).raw or b"")
    assert "preflight-old-is-itl" == refusal(lambda: bench.run(bench.by("etoken-2"), file))


def test_an_itl_that_phones_have(bench: Bench) -> None:
    """The server's first list is known by it."""
    new, itl = bench.file("new.tlv", TOKENLESS), bench.file("itl.tlv", ITL)
    found = bench.run(new, itls=(itl,))
    assert [str(itl)] == [item.title for item in found.ground.itls]
    assert "accepts-known-by-itl" == found.judgement.classes[0].worst.reason.code


@pytest.mark.parametrize("kind", ["der", "pem"])
def test_certificates_in_the_stores(bench: Bench, kind: str) -> None:
    """A token that was uploaded: phones that ask accept, others refuse."""
    credential = bench.forecast.maker.make_data.credential("etoken-1")
    data = credential.der if kind == "der" else credential.pem
    stored = bench.file(f"token.{kind}", data)
    found = bench.run(bench.by("etoken-1"), bench.file("old.tlv", TOKENLESS), stores=(stored,))
    assert ["accepts", "refuses", "cannot tell", "cannot tell"] == bench.answers(found)
    assert not found.ground.service.complete


def test_a_store_that_is_no_certificate(bench: Bench) -> None:
    """Refused before anything is judged."""
    stored = bench.file("store.pem", b"no certificate")
    with pytest.raises(CtlkitError) as caught:
        bench.run(bench.by("etoken-1"), stores=(stored,))
    assert 4 == caught.value.status


class TestWithoutItsOwnSigner:
    """A new list that does not hold its own signer."""

    def made(self, bench: Bench) -> Path:
        """Such a list, signed by a token of the list of tokens."""
        maker, forecast = bench.forecast.maker, bench.forecast
        value = maker.signed(maker.record("capf"), by="etoken-2", named=forecast.token("etoken-2"))
        assert isinstance(value, TrustList)
        return bench.file("new.tlv", encode(value))

    def test_judged_by_what_phones_hold(self, bench: Bench) -> None:
        """They know the signer, and check with the key that they have."""
        new = self.made(bench)
        found = bench.run(new, bench.file("old.tlv", TOKENS))
        assert found.judgement.all_accept
        assert "signer-not-in-list" in [item.code for item in found.judgement.warnings]

    def test_any_of_the_old_lists_serves(self, bench: Bench) -> None:
        """It verifies by one, and is judged against each."""
        olds = [bench.file("a.tlv", TOKENLESS), bench.file("b.tlv", TOKENS)]
        found = bench.run(self.made(bench), *olds)
        against = [item.answer for item in found.judgement.classes[1].against]
        assert [Answer.REFUSES, Answer.ACCEPTS] == against

    def test_nobody_to_check_it_with(self, bench: Bench) -> None:
        """Without an old list, and with one that does not know the signer, it is not judged."""
        new = self.made(bench)
        assert 3 == self.status(lambda: bench.run(new))
        old = bench.file("old.tlv", TOKENLESS)
        assert 3 == self.status(lambda: bench.run(new, old))

    @staticmethod
    def status(run: Callable[[], object]) -> int:
        """The exit status of the error."""
        with pytest.raises(CtlkitError) as caught:
            run()
        return caught.value.status


def test_a_new_list_that_does_not_verify(bench: Bench) -> None:
    """No phone takes it, whoever is said to have signed."""
    new = bench.broken("new.tlv")
    old = bench.file("old.tlv", TOKENS)
    assert "preflight-list-not-valid" == refusal(lambda: bench.run(new, old))


def test_phones_out_of_a_file(bench: Bench) -> None:
    """Models with their numbers, absent ones a class of their own."""
    phones = bench.file("phones.csv", b"model,count,registered\n7960,3,yes\n8861,4,no\n")
    found = bench.run(bench.by("etoken-1"), bench.file("old.tlv", TOKENLESS), phones=phones)
    assert [("7960", 3, True), ("8861", 4, False)] == [
        (item.phones.model.name, item.phones.count, item.phones.registered)
        for item in found.judgement.classes
    ]
    assert "phones-are-away" in [item.code for item in found.judgement.warnings]


def test_models_out_of_a_file(bench: Bench) -> None:
    """What a person found out wins, and stands in the classes where no phones are named."""
    models = bench.file(
        "models.toml",
        b'schema = 1\n[[model]]\nname = "7960"\nsecurity-by-default = true\nsource = "tried"\n',
    )
    phones = bench.file("phones.csv", b"7960,1\n")
    token = bench.file("token.der", bench.forecast.maker.certificate("etoken-1").der)
    old, new = bench.file("old.tlv", TOKENLESS), bench.by("etoken-1")
    told = {"phones": phones, "stores": (token,)}
    assert ["refuses"] == bench.answers(bench.run(new, old, **told))
    assert ["accepts"] == bench.answers(bench.run(new, old, models=models, **told))
    found = bench.run(new, old, models=models)
    assert "7960" in found.judgement.classes[0].phones.title.text


def test_a_preflight_writes_nothing(bench: Bench) -> None:
    """The folder is as it was, to the last file."""
    new = bench.by("etoken-2")
    place = bench.place(TOKENS, TOKENLESS)
    before = {path: path.read_bytes() for path in bench.folder.rglob("*") if path.is_file()}
    bench.run(new, place)
    after = {path: path.read_bytes() for path in bench.folder.rglob("*") if path.is_file()}
    assert before == after
