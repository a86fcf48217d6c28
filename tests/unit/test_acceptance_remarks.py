"""What else is said of a new list before it is put in force, and about phones that it locks out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ctlkit.acceptance import (
    Answer,
    HeldList,
    Model,
    NewList,
    PhoneClass,
    default_classes,
    in_one_word,
    judge,
    lockout_remarks,
    review,
    shipped_models,
)
from ctlkit.certificate import Certificate
from ctlkit.codec import PHONE_LIMIT
from ctlkit.drafts import make_record
from ctlkit.edit import LOCKOUT_WORD
from ctlkit.messages import Message, Severity
from ctlkit.profiles import CTL_CLIENT
from ctlkit.trustlist import Digest, Function
from ctlkit.verify import verify
from softhsm_fixtures import etoken_certificate

if TYPE_CHECKING:
    from tests.unit.conftest import Forecast, ListMaker

TOKENLESS, TOKENS = "tokenless-6113", "tokens-5728"
RED, AMBER, NOTE = Severity.RED, Severity.AMBER, Severity.NOTE
NOW = 1425675367
DAY = 86400
LAST_DAY = 2524607999
"""When the certificates of the kept keys run out."""


def said(found: Sequence[Message], code: str) -> list[Severity]:
    """How much each message of one code asks."""
    return [item.severity for item in found if item.code == code]


def values(found: tuple[Message, ...], code: str) -> dict[str, object]:
    """The facts of the one message of a code."""
    (message,) = [item for item in found if item.code == code]
    assert "{" not in message.text + message.advice
    return dict(message.values)


def shown(found: Sequence[Message]) -> list[tuple[str, Severity, object]]:
    """Code, severity and word of each warning."""
    return [(item.code, item.severity, item.values["word"]) for item in found]


class TestAgainstThePresentList:
    """What depends on the list that phones hold."""

    def test_a_signer_that_phones_do_not_know(self, forecast: Forecast) -> None:
        """Red, with the names of those that they know."""
        found = review(forecast.by_token(by="etoken-3"), [forecast.kept(TOKENS)])
        assert [RED] == said(found, "signer-new")
        named = values(found, "signer-new")
        assert "SAST-ADN00000003" == named["title"]
        assert "SAST-ADN0054f509, SAST-ADN008580ef" == named["known"]
        assert [] == said(
            review(forecast.by_token(by="etoken-2"), [forecast.kept(TOKENS)]), "signer-new"
        )

    def test_a_known_name_with_another_key_is_a_new_signer(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """Issuer and serial alone make nobody known."""
        own, other = forecast.token(), maker.certificate("etoken-3")
        for tag, value in ((9, other.der), (7, other.key_bytes)):
            own = maker.replaced(own, tag, value)  # type: ignore[arg-type]
        old = forecast.of(own, maker.record("capf"), by="capf")
        assert [RED] == said(review(forecast.by_token(), [old]), "signer-new")

    def test_every_list_is_judged(self, forecast: Forecast) -> None:
        """One of two lists that phones may hold lacks the signer."""
        olds = [forecast.kept(TOKENS), forecast.kept(TOKENLESS)]
        found = review(forecast.by_token(by="etoken-2"), olds)
        assert [RED] == said(found, "signer-new")

    def test_what_is_said_of_two_lists_is_said_once(self, forecast: Forecast) -> None:
        """Two nodes with one list make one warning."""
        olds = [forecast.kept(TOKENLESS, title) for title in ("one", "other")]
        found = review(forecast.by_token(), olds)
        assert len(set(map(repr, found))) == len(found)

    def test_all_signers_vanish(self, forecast: Forecast) -> None:
        """Red: nobody whom the phones know is in the new list."""
        found = review(forecast.by_token(by="etoken-3"), [forecast.kept(TOKENLESS)])
        assert [RED] == said(found, "signers-vanish")
        assert LOCKOUT_WORD == values(found, "signers-vanish")["word"]
        one_stays = forecast.by_token(by="etoken-2")
        assert [] == said(review(one_stays, [forecast.kept(TOKENS)]), "signers-vanish")

    def test_a_signer_that_stays_as_something_else_vanishes(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """The publisher's certificate as CCM+TFTP alone signs nothing."""
        server = maker.record("publisher-2048", Function.CCM_TFTP)
        new = forecast.by_token(forecast.token(), server)
        found = review(new, [forecast.kept(TOKENLESS)])
        assert [RED] == said(found, "signers-vanish")

    def test_the_servers_signer_is_lost(self, forecast: Forecast, maker: ListMaker) -> None:
        """Red for CallManager or ITLRecovery; a token may go."""
        both = forecast.of(forecast.token(), maker.record("publisher-2048"), by="publisher-2048")
        new = forecast.by_token(forecast.token(), forecast.token("etoken-3"))
        found = review(new, [both])
        assert [RED] == said(found, "server-sast-lost")
        assert "cucm-1051-a-pub" == values(found, "server-sast-lost")["subject"]
        kept = forecast.by_token(forecast.token(), maker.record("publisher-2048"))
        assert [] == said(review(kept, [both]), "server-sast-lost")
        assert [] == said(review(new, [forecast.kept(TOKENS)]), "server-sast-lost")

    def test_a_server_is_left_out(self, forecast: Forecast, maker: ListMaker) -> None:
        """Amber for each server that the list before names, and this one does not."""
        gone = maker.record("subscriber", Function.CCM_TFTP)
        old = forecast.of(forecast.token(), gone, by="etoken-1", named=forecast.token())
        found = review(forecast.by_token(forecast.token(), maker.record("capf")), [old])
        assert [AMBER] == said(found, "server-left-out")
        assert "h" == values(found, "server-left-out")["node"]
        assert [] == said(
            review(forecast.by_token(forecast.token(), gone), [old]), "server-left-out"
        )

    def test_a_server_by_its_address_is_not_left_out(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """A list by the CTL Client has the address where one by the server has the name."""
        old = forecast.of(
            forecast.token(),
            maker.record("subscriber", Function.CCM_TFTP),
            by="etoken-1",
            named=forecast.token(),
        )
        certificate = maker.certificate("subscriber")
        own = make_record(CTL_CLIENT, Function.CCM_TFTP, certificate, dns="10.0.0.2")
        found = review(forecast.by_token(forecast.token(), own), [old])
        assert [] == said(found, "server-left-out")

    def test_an_older_time_stamp(self, forecast: Forecast) -> None:
        """Amber where the list looks older than one that phones hold; the same second is fine."""
        old = forecast.kept(TOKENS)
        older, same = (forecast.by_token(by="etoken-2", timestamp=NOW - less) for less in (1, 0))
        assert [AMBER] == said(review(older, [old]), "timestamp-older")
        assert [] == said(review(same, [old]), "timestamp-older")

    def test_sha512(self, forecast: Forecast) -> None:
        """Red where phones hold no list with it yet, a first list included."""
        new = forecast.by_token(digest=Digest.SHA512)
        held = forecast.of(
            forecast.token(), by="etoken-1", named=forecast.token(), digest=Digest.SHA512
        )
        assert [RED] == said(review(new, [forecast.kept(TOKENLESS)]), "digest-sha512")
        assert [RED] == said(review(new, []), "digest-sha512")
        assert [] == said(review(new, [held]), "digest-sha512")
        assert [] == said(review(forecast.by_token(), []), "digest-sha512")

    def test_the_same_list_is_no_change(self, forecast: Forecast) -> None:
        """Nothing red and nothing about time is said of the list in force."""
        old = forecast.kept(TOKENS)
        found = review(forecast.as_new(old), [old], NOW)
        assert [] == [item.code for item in found if item.severity is RED]
        assert [] == said(found, "timestamp-older")


class TestTheListItself:
    """What is said of a list whatever phones hold."""

    def test_a_size_near_the_limit(self, forecast: Forecast) -> None:
        """Amber in the last sixteenth; what is over the limit has a warning of its own."""
        new = forecast.by_token()
        sizes = (61440, 61441, PHONE_LIMIT, PHONE_LIMIT + 1)
        assert [[], [AMBER], [AMBER], []] == [
            said(review(replace(new, size=size), []), "size-near-limit") for size in sizes
        ]

    def test_the_name_inside(self, forecast: Forecast) -> None:
        """Another one than phones ask for is told."""
        new = forecast.by_token(filename="ctl.tlv")
        assert "ctl.tlv" == values(review(new, []), "filename-inside")["name"]
        assert [] == said(review(forecast.by_token(), []), "filename-inside")

    def test_more_than_four_signers(self, forecast: Forecast, maker: ListMaker) -> None:
        """Four are the most in Cisco's own files."""
        tokens = [forecast.token(f"etoken-{number}") for number in (1, 2, 3)]
        more = [maker.record(label) for label in ("publisher-2048", "subscriber")]
        four, five = (forecast.by_token(*tokens, *more[:count]) for count in (1, 2))
        assert [] == said(review(four, []), "sast-over-four")
        assert 5 == values(review(five, []), "sast-over-four")["count"]

    def test_a_key_that_fips_mode_refuses(self, forecast: Forecast) -> None:
        """A note under 2048 bits."""
        assert [NOTE] == said(review(forecast.by_token(), []), "fips-short-key")
        server = forecast.as_new(forecast.kept(TOKENLESS))
        assert [] == said(review(server, []), "fips-short-key")

    def test_weak_points_are_passed_on(self, forecast: Forecast) -> None:
        """SHA-1, short keys, fewer than two signers: as verifying tells them."""
        found = review(forecast.by_token(forecast.token()), [])
        assert {"weak-sha1": [NOTE], "weak-signer-key": [NOTE], "few-sast": [AMBER]} == {
            code: said(found, code) for code in ("weak-sha1", "weak-signer-key", "few-sast")
        }

    def test_a_certificate_that_runs_out(self, forecast: Forecast) -> None:
        """Amber half a year before, in other words after; without a clock nothing."""
        new = forecast.by_token()
        soon, gone, early = (
            review(new, [], now) for now in (LAST_DAY - 100 * DAY, LAST_DAY + DAY, NOW)
        )
        assert (3, 0) == (len(said(soon, "expires")), len(said(soon, "ran-out")))
        assert (0, 3) == (len(said(gone, "expires")), len(said(gone, "ran-out")))
        assert [] == said(early, "expires")
        assert [] == said(review(new, []), "expires")

    def test_a_certificate_that_ran_out_is_told_once(self, maker: ListMaker) -> None:
        """By its name, not by its number in the list as well."""
        own = Certificate.from_der(etoken_certificate().der)
        record = make_record(CTL_CLIENT, Function.SAST, own)
        late = own.not_after + DAY
        verified = verify(maker.signed(record, maker.record("etoken-1")), now=late)
        found = review(NewList.of(verified), [], late)
        assert [] == said(found, "expired")
        assert [] != said(found, "ran-out")
        assert [] != said(review(NewList.of(verified), []), "expired")


class TestPhones:
    """What is said of the phones beside what they do."""

    def test_the_trust_service_was_not_asked(self, forecast: Forecast) -> None:
        """Amber wherever an answer leans on it, whatever the worst one is."""
        new, service = forecast.by_token(by="etoken-1"), forecast.stored("etoken-1")
        phones = [forecast.phones()]
        olds = [forecast.kept(TOKENLESS)]
        assert [AMBER] == said(
            judge(new, olds, phones, service=service).warnings, "trust-service-unasked"
        )
        assert [] == said(judge(new, olds, phones).warnings, "trust-service-unasked")
        known = judge(new, [forecast.kept(TOKENS)], phones, service=service)
        assert [] == said(known.warnings, "trust-service-unasked")

    def test_phones_that_are_away(self, forecast: Forecast) -> None:
        """With their number where it is known."""
        new, olds = forecast.by_token(by="etoken-2"), [forecast.kept(TOKENS)]
        model = Model("8861", True)
        here, two, some = (
            PhoneClass(model, 5),
            PhoneClass(model, 2, registered=False),
            PhoneClass(model, None, registered=False),
        )
        assert 2 == values(judge(new, olds, [here, two]).warnings, "phones-are-away")["count"]
        assert [] != said(judge(new, olds, [two, some]).warnings, "phones-may-be-away")
        found = judge(new, olds, [here]).warnings
        assert [] == said(found, "phones-are-away") + said(found, "phones-may-be-away")

    def test_red_stands_first_and_notes_last(self, forecast: Forecast) -> None:
        """The order in which a person has to read."""
        found = judge(
            forecast.by_token(digest=Digest.SHA512),
            [forecast.kept(TOKENLESS)],
            default_classes(shipped_models()),
            service=forecast.stored("etoken-1"),
            now=LAST_DAY,
        ).warnings
        order = [RED, AMBER, NOTE]
        ranks = [order.index(item.severity) for item in found]
        assert sorted(ranks) == ranks
        assert {0, 1, 2} == set(ranks)


class TestLockOut:
    """The warnings about phones that keep the old list."""

    def told(
        self, forecast: Forecast, *phones: PhoneClass, held: bool = True, **more: Any
    ) -> list[Message]:
        """What is said of phones with the server's list, or none, and a token that is stored."""
        new = forecast.by_token(**more)
        olds = [forecast.kept(TOKENLESS)] if held else []
        found = judge(new, olds, phones, service=forecast.stored("etoken-1"))
        return list(lockout_remarks(olds, found.classes))

    def test_the_number_of_phones_is_the_word(self, forecast: Forecast) -> None:
        """Refusing and unsure ones together; those that accept do not count."""
        found = self.told(
            forecast,
            PhoneClass(Model("7960", False), 3),
            PhoneClass(Model("8845", None), 4),
            PhoneClass(Model("8861", True), 50),
        )
        assert [("phones-refuse", RED, "7"), ("phones-unsure", RED, "7")] == shown(found)
        assert "3 x 7960" in found[0].text
        assert "4 x 8845" in found[1].text
        assert "--confirm-lockout 7" in found[0].advice

    def test_without_numbers_it_is_a_word(self, forecast: Forecast) -> None:
        """One class without a number is enough for that."""
        found = self.told(
            forecast, PhoneClass(Model("7960", False), 3), PhoneClass(Model("7940", False))
        )
        assert [("phones-refuse", RED, LOCKOUT_WORD)] == shown(found)

    def test_phones_without_a_list_keep_none(self, forecast: Forecast) -> None:
        """Amber, with other words: there is no old list to be locked into."""
        digest = Digest.SHA256
        found = self.told(forecast, PhoneClass(Model("7960", False), 3), held=False, digest=digest)
        assert [("phones-unsure-first", AMBER, "3")] == shown(found)
        new, itl = forecast.by_token(), forecast.kept("itl")
        judged = judge(new, [], [PhoneClass(Model("8861", True), 3)], itls=[itl])
        refused = list(lockout_remarks([], judged.classes))
        assert [("phones-refuse-first", AMBER, "3")] == shown(refused)

    def test_nothing_is_said_where_all_accept(self, forecast: Forecast) -> None:
        """Phones that ask, and a token that is in a store."""
        assert [] == self.told(forecast, PhoneClass(Model("8861", True), 50))

    def test_every_reason_is_named_once(self, forecast: Forecast) -> None:
        """Two models, one reason."""
        (message,) = self.told(
            forecast, PhoneClass(Model("7960", False), 1), PhoneClass(Model("7940", False), 1)
        )
        assert 1 == message.text.count("never ask the trust service")
        assert "1 x 7960; 1 x 7940" in message.text

    @pytest.mark.parametrize("digest", [Digest.SHA256, Digest.SHA512])
    def test_a_digest_that_is_new_to_phones_is_told(
        self, forecast: Forecast, digest: Digest
    ) -> None:
        """Whether they can check it is not published."""
        found = self.told(forecast, PhoneClass(Model("8861", True), 2), digest=digest)
        assert [("phones-unsure", RED, "2")] == shown(found)

    def test_what_phones_check_already_is_not_told_again(
        self, forecast: Forecast, maker: ListMaker
    ) -> None:
        """A key of 4096 bits signed the list that they have; a first one of that length is told."""
        signer, phones = maker.record("signer-4096"), [PhoneClass(Model("8861", True), 2)]
        new = NewList.of(verify(maker.signed(signer, by="signer-4096")))
        long = forecast.of(signer, by="signer-4096", timestamp=0)
        short = forecast.of(signer, forecast.token(), by="etoken-1", named=forecast.token())
        again, first = "unsure-key-length-as-before", "unsure-key-length"
        for olds, codes in (
            ([long], [again]),
            ([short], [first]),
            ([long, short], [again, first]),
            ([short, long], [first, again]),
        ):
            classes = judge(new, olds, phones).classes
            assert codes == [item.reason.code for item in classes[0].against]
            said_of = int(first in codes)
            assert said_of == len(list(lockout_remarks(olds, classes)))

    def test_one_word_confirms_all(self, forecast: Forecast) -> None:
        """The number of phones, where a warning names it, stands in the others too."""
        new, olds = forecast.by_token(by="etoken-3"), [forecast.kept(TOKENLESS)]
        counted = judge(new, olds, [PhoneClass(Model("7960", False), 3)])
        uncounted = judge(new, olds, [PhoneClass(Model("7960", False))])
        for judged, word in ((counted, "3"), (uncounted, LOCKOUT_WORD)):
            found = in_one_word((*review(new, olds), *lockout_remarks(olds, judged.classes)))
            assert {word} == {item.values["word"] for item in found if "word" in item.values}
        assert review(new, olds) == in_one_word(review(new, olds))


@pytest.mark.parametrize("asks", [True, False, None])
def test_a_judgement_sorts_its_classes(forecast: Forecast, asks: bool | None) -> None:
    """Each class has one answer; all accept only where no class refuses or cannot be told."""
    held = HeldList("old", forecast.kept(TOKENLESS).verified)
    phones = [forecast.phones(asks), forecast.phones(True)]
    found = judge(forecast.by_token(), [held], phones, service=forecast.stored("etoken-1"))
    sorted_ones = [item for answer in Answer for item in found.of(answer)]
    assert {id(item) for item in found.classes} == {id(item) for item in sorted_ones}
    assert (asks is True) == found.all_accept
