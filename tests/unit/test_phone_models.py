"""The table of phone models: what is published, how a model is found, and a person's own table."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.acceptance import Model, Models, read_models, shipped_models
from ctlkit.errors import ConfigurationError, CtlkitError
from ctlkit.trustlist import Digest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "phones.md"
HEAD = "schema = 1\n"
WORDS = {True: "yes", False: "no", None: "not published"}
ERASE_79XX = "Settings > Security Configuration > Trust List, unlock with **#, Erase"
ERASE_78XX = "Admin Settings > Reset Settings > Security"
ERASE_88XX = "Applications > Administrator Settings > Reset Settings > Security"
ERASE_CODEC = "xCommand Security Certificates CUCM CTL Delete"
# What docs/cluster.md says of signed configuration files, its "69x1" and "-GE" written out.
SIGNED_FILES = """
6901 6911 6921 6941 6961 6945 7906 7911 7931 7941 7942 7945 7961 7962 7965 7975
7941-GE 7961-GE 7975-GE 7925 7926 8941 8945 8961 9951 9971 7811 7821 7841 7861 7832
8811 8831 8832 8841 8845 8851 8861 8865 8821
"""


def table(text: str) -> Models:
    """A person's own table."""
    return read_models((HEAD + text).encode(), "own.toml")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, True) for name in ("7945", "7965", "7975", "8861", "TelePresence TC 7.1")),
        *((name, False) for name in ("7940", "7960", "Jabber", "6901", "6911")),
        *((name, None) for name in ("7941", "7962", "8845", "7821", "9971", "TelePresence")),
    ],
)
def test_what_is_published_of_security_by_default(name: str, expected: bool | None) -> None:
    """Yes and no where a source says so; believed is not known."""
    found = shipped_models().named(name)
    assert expected is found.security_by_default
    assert found.source


def test_every_model_with_signed_configuration_files_is_there() -> None:
    """All of them are in the table, and nothing is said of them that is not published."""
    names = {model.name for model in shipped_models()}
    assert set() == set(SIGNED_FILES.split()) - names
    for model in shipped_models():
        assert (frozenset({Digest.SHA1}), 2048) == (model.digests, model.largest_key)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("7960", "7960"),
        ("  7960 ", "7960"),
        ("Cisco 7960", "7960"),
        ("CISCO 7960", "7960"),
        ("Cisco7960", "7960"),
        ("CP-7960G", "7960"),
        ("CP7960", "7960"),
        ("CP-7960G=", "7960"),
        ("Cisco IP Phone 7960", "7960"),
        ("Cisco Unified IP Phone 7960G", "7960"),
        ("Cisco 7960 SIP", "7960"),
        ("Cisco Unified IP Phone 7975G-GE", "7975-GE"),
        ("Cisco 7941G-GE", "7941-GE"),
        ("CP-7941GE", "7941-GE"),
        ("CP-8861-K9=", "8861"),
        ("CSF", "Jabber"),
        ("csf", "Jabber"),
        ("Cisco Unified Client Services Framework", "Jabber"),
        ("Cisco Dual Mode for iPhone", "Jabber"),
        ("BOT", "Jabber"),
        ("Cisco Jabber for Tablet", "Jabber"),
        ("Cisco TelePresence TC7.1", "TelePresence TC 7.1 or newer"),
        ("Cisco TelePresence", "TelePresence"),
    ],
)
def test_a_model_is_found_by_any_way_to_write_it(text: str, name: str) -> None:
    """Brand, part numbers, case and blanks do not matter; -GE and a firmware's release do."""
    assert name == shipped_models().named(text).name


@pytest.mark.parametrize(
    ("text", "name", "erase"),
    [
        ("Cisco 7970", "7970", ERASE_79XX),
        ("CP-7971G-GE", "7971-GE", ERASE_79XX),
        ("Cisco 7899", "7899", ERASE_78XX),
        ("8800", "8800", ERASE_88XX),
        ("CP-8861-W-K9", "CP-8861-W-K9", ERASE_88XX),
        ("CP-8861-3PW-NA-K9", "CP-8861-3PW-NA-K9", None),
        ("Cisco 8899", "8899", ERASE_88XX),
        ("9999", "9999", None),
        ("796", "796", None),
        ("79600", "79600", None),
        ("SEP001122334455", "SEP001122334455", None),
        ("SEP", "SEP", None),
        ("Cisco TelePresence SX20", "Cisco TelePresence SX20", None),
        ("Cisco  IP Phone", "Cisco IP Phone", None),
        ("\x1b[31m", "\\x1b[31m", None),
        ("x" * 500, "x" * 61 + "...", None),
        ("7960" + " x" * 500, "7960" + " x" * 28 + " ...", None),
        ("", "?", None),
        (" \t", "?", None),
    ],
)
def test_a_model_in_no_table_is_not_published(text: str, name: str, erase: str | None) -> None:
    """It is no error: a short printable name, its family's way to delete, and nothing known."""
    assert Model(name, None, erase=erase) == shipped_models().named(text)


def test_how_lists_are_deleted_goes_by_family() -> None:
    """Models of the table have it from their family too; Jabber and the 69xx have none."""
    found = {model.name: model.erase for model in shipped_models()}
    assert {
        "7960": ERASE_79XX,
        "7975-GE": ERASE_79XX,
        "7811": ERASE_78XX,
        "8861": ERASE_88XX,
        "TelePresence": ERASE_CODEC,
        "TelePresence TC 7.1 or newer": ERASE_CODEC,
        "Jabber": None,
        "6901": None,
        "8945": None,
    }.items() <= found.items()


@given(st.text())
def test_any_text_is_a_model(text: str) -> None:
    """Whatever the name: a printable one of at most 64 characters comes back, the same again."""
    found = shipped_models().named(text)
    assert found.name.isprintable()
    assert 0 < len(found.name) <= 64
    assert found == shipped_models().named(text)


@given(st.sampled_from(list(shipped_models())))
def test_every_name_of_a_model_finds_it(model: Model) -> None:
    """No entry hides another: each is found by each of its names."""
    for name in (model.name, *model.names):
        assert model == shipped_models().named(name)


def test_the_table_is_read_once() -> None:
    """The packaged table is kept once it is read."""
    assert shipped_models() is shipped_models()


def test_a_whole_entry() -> None:
    """Each key of an entry is in the model."""
    own = table(
        """
        [[model]]
        name = "8845"
        names = ["Lobby phone"]
        security-by-default = true
        digests = ["sha1", "sha512"]
        largest-key = 4096
        erase = "the button behind the plate"
        source = "feature list, June"
        """
    )
    expected = Model(
        "8845",
        True,
        frozenset({Digest.SHA1, Digest.SHA512}),
        4096,
        "the button behind the plate",
        "feature list, June",
        ("Lobby phone",),
    )
    assert [expected] == list(own)
    assert 1 == len(own)
    assert expected == own.named("LOBBY PHONE") == own.named("Cisco 8845")


OWN = """
[[family]]
name = "69xx"
erase = "as the label says"
source = "the label"
[[model]]
name = "CP-8845"
security-by-default = true
source = "feature list"
[[model]]
name = "Softphone"
names = ["CSF"]
security-by-default = true
source = "feature list"
[[model]]
name = "7970"
security-by-default = true
source = "feature list"
"""


def test_a_persons_own_table_wins() -> None:
    """An entry replaces those with one of its names, others are added; families likewise."""
    both = shipped_models().over(table(OWN))
    assert (True, "feature list", ERASE_88XX) == (
        both.named("8845").security_by_default,
        both.named("8845").source,
        both.named("8845").erase,
    )
    assert "Softphone" == both.named("csf").name
    assert Model("Jabber", None) == both.named("Jabber")
    assert both.named("Cisco 7970").security_by_default
    assert "as the label says" == both.named("6901").erase
    assert both.named("6901").security_by_default is False
    assert len(shipped_models()) + 1 == len(both) == len(list(both))


def test_a_table_that_says_nothing_changes_nothing() -> None:
    """An empty table of one's own leaves the packaged one as it is."""
    assert shipped_models() == shipped_models().over(table(""))
    assert shipped_models() == Models().over(shipped_models())


def entry(line: str) -> str:
    """A model with one more line."""
    return f"{HEAD}[[model]]\nname = 'x'\nsource = 's'\n{line}"


WRONG = [
    # text, key of the error, part of what it wants or knows
    ("", "schema", "1"),
    ("schema = 2", "schema", "1"),
    ("schema = true", "schema", "1"),
    ("schema = '1'", "schema", "1"),
    (HEAD + "models = []", "models", "model"),
    (HEAD + "model = 1", "model", "[[model]]"),
    (HEAD + "model = [1]", "model", "[[model]]"),
    (HEAD + "[model]\nname = 'x'", "model", "[[model]]"),
    (HEAD + "[[model]]\nname = 'a'\nsource = 's'\n" * 2001, "model", "2000"),
    (HEAD + "[[model]]\nsource = 's'", "model 1: name", "one line"),
    (HEAD + "[[model]]\nname = 7960\nsource = 's'", "model 1: name", "a text"),
    (HEAD + "[[model]]\nname = ''\nsource = 's'", "model 1: name", "one line"),
    (HEAD + "[[model]]\nname = '---'\nsource = 's'", "model 1: name", "letters or digits"),
    (HEAD + f"[[model]]\nname = '{'x' * 65}'\nsource = 's'", "model 1: name", "64"),
    (HEAD + '[[model]]\nname = "a\\u001b"\nsource = "s"', "model 1: name", "one line"),
    (HEAD + "[[model]]\nname = 'x'", "model 1: source", "one line"),
    (HEAD + "[[model]]\nname = 'x'\nsource = ' '", "model 1: source", "one line"),
    (HEAD + f"[[model]]\nname = 'x'\nsource = '{'s' * 301}'", "model 1: source", "300"),
    (entry("sbd = true"), "model 1: sbd", "security-by-default"),
    (entry("security-by-default = 'yes'"), "model 1: security-by-default", "true or false"),
    (entry("names = 'y'"), "model 1: names", "a list of texts"),
    (entry("names = ['']"), "model 1: names", "names"),
    (entry("names = ['y\\n']".replace("'", '"')), "model 1: names", "names"),
    (entry(f"names = {['y'] * 51}"), "model 1: names", "50"),
    (entry("digests = []"), "model 1: digests", "sha512"),
    (entry("digests = ['md5']"), "model 1: digests", "sha512"),
    (entry("digests = 'sha1'"), "model 1: digests", "a list of texts"),
    (entry("largest-key = '2048'"), "model 1: largest-key", "2048"),
    (entry("largest-key = true"), "model 1: largest-key", "2048"),
    (entry("largest-key = 0"), "model 1: largest-key", "2048"),
    (entry("largest-key = 1048576"), "model 1: largest-key", "2048"),
    (entry("erase = ''"), "model 1: erase", "one line"),
    (entry("[[model]]\nname = 'Cisco X'\nsource = 's'"), "model 2: name", "no other"),
    (entry("[[model]]\nname = 'y'\nnames=['X']\nsource = 's'"), "model 2: name", "no other"),
    (HEAD + "family = 1", "family", "[[family]]"),
    (HEAD + "[[family]]\nname = '7xxx'", "family 1: name", "79xx"),
    (HEAD + "[[family]]\nname = '79xx'", "family 1: erase", "one line"),
    (HEAD + "[[family]]\nname = '79xx'\nerase = 'e'", "family 1: source", "one line"),
    (HEAD + "[[family]]\nname = '79xx'\ndigests = []", "family 1: digests", "erase"),
]


@pytest.mark.parametrize(("text", "key", "wanted"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_mistakes_name_file_and_key(text: str, key: str, wanted: str) -> None:
    """What a table cannot say is an error, never ignored."""
    with pytest.raises(ConfigurationError) as caught:
        read_models(text.encode(), "own.toml")
    error = caught.value
    assert (key, "own.toml", 2) == (error.values["key"], error.values["file"], error.status)
    assert wanted in str(error) + error.advice


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (HEAD + text).encode()))
def test_whatever_the_bytes_only_our_errors_come_out(data: bytes) -> None:
    """Reading a table ends in a table or in one clear error."""
    try:
        found = read_models(data, "own.toml")
    except CtlkitError:
        return
    assert isinstance(found, Models)


def rows(heading: str) -> list[list[str]]:
    """The rows of the table of the page that has this head."""
    lines = PAGE.read_text().splitlines()
    start = lines.index(heading) + 2
    body = lines[start : next(n for n in range(start, len(lines) + 1) if not lines[n])]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def test_the_page_shows_the_table() -> None:
    """docs/phones.md has each model and family with what the data says, and no other."""
    shown = [
        [model.name, WORDS[model.security_by_default], model.source] for model in shipped_models()
    ]
    assert shown == rows("| model | Security by Default | source |")
    families = [[family.name, family.erase] for family in shipped_models().families]
    assert families == rows("| family | |")


def test_the_example_on_the_page_is_a_table() -> None:
    """The table of one's own that docs/phones.md shows can be read, and wins."""
    blocks = re.findall(r"(?ms)^```toml title=models.toml\n(.*?)^```", PAGE.read_text())
    assert 1 == len(blocks)
    assert 1 == tomllib.loads(blocks[0])["schema"]
    own = read_models(blocks[0].encode(), "models.toml")
    assert shipped_models().over(own).named("Cisco 8845").security_by_default
