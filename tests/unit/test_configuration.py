"""The configuration file: what it may say, and that each mistake names the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctlkit import config
from ctlkit.config import Configuration, PlaceSettings, load_configuration
from ctlkit.errors import ConfigurationError, InputError

WHOLE = """
[pkcs11]
modules = ["/usr/lib/one.so", "/usr/lib/two.so"]
[places.lab]
url = "folder:/srv/tftp"
mode = "non-secure"
[places."other name"]
url = "folder:/srv/other"
[update]
digest = "sha512"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the name of a configuration file."""
    return tmp_path / "config.toml"


def test_what_a_file_says(path: Path) -> None:
    """Modules, places with their modes, and the digest."""
    path.write_text(WHOLE)
    found = load_configuration(path)
    assert ("/usr/lib/one.so", "/usr/lib/two.so") == found.modules
    assert {
        "lab": PlaceSettings("folder:/srv/tftp", "non-secure"),
        "other name": PlaceSettings("folder:/srv/other"),
    } == dict(found.places)
    assert "sha512" == found.digest


def test_an_empty_file_says_nothing(path: Path) -> None:
    """Everything has a default."""
    path.write_text("")
    assert Configuration() == load_configuration(path)
    assert ((), {}, None) == (Configuration().modules, dict(Configuration().places), None)


def test_the_table_of_models_is_relative_to_the_configuration(path: Path) -> None:
    """A relative name starts at the configuration file's folder, an absolute one stays."""
    path.write_text("[preflight]\nmodels = 'own/models.toml'")
    assert path.parent / "own" / "models.toml" == load_configuration(path).models
    path.write_text("[preflight]\nmodels = '/srv/models.toml'")
    assert Path("/srv/models.toml") == load_configuration(path).models
    path.write_text("[preflight]")
    assert load_configuration(path).models is None


WRONG = [
    # text, key of the error, what it wants or knows
    ("pin = 'x'", "pin", "pkcs11, places, update, preflight"),
    ("[pkcs11]\nmodule = 'x'", "pkcs11.module", "modules"),
    ("[pkcs11]\npin = 'x'", "pkcs11.pin", "modules"),
    (
        "[places.a]\nurl = 'x'\npassword = 'x'",
        "places.a.password",
        "url, mode, nodes, old_key_exchange",
    ),
    ("[update]\nhash = 'x'", "update.hash", "digest"),
    ("pkcs11 = 1", "pkcs11", "a table"),
    ("places = []", "places", "a table"),
    ("[places]\na = 'x'", "places.a", "a table"),
    ("[pkcs11]\nmodules = 'x'", "pkcs11.modules", "a list of texts"),
    ("[pkcs11]\nmodules = [1]", "pkcs11.modules", "a list of texts"),
    ("[places.a]\nmode = 'mixed'", "places.a.url", "a text"),
    ("[places.a]\nurl = ''", "places.a.url", "a text"),
    ("[places.a]\nurl = 'x'\nmode = 'secure'", "places.a.mode", "mixed or non-secure"),
    ("[places.a]\nurl = 'x'\nmode = ['mixed']", "places.a.mode", "mixed or non-secure"),
    ("[update]\ndigest = 'md5'", "update.digest", "sha1 or sha512"),
    ("[update]\ndigest = 1", "update.digest", "sha1 or sha512"),
    ("preflight = 1", "preflight", "a table"),
    ("[preflight]\nphones = 'x'", "preflight.phones", "models"),
    ("[preflight]\nmodels = 1", "preflight.models", "a text"),
    ("[preflight]\nmodels = ''", "preflight.models", "the name of a file"),
]


@pytest.mark.parametrize(("text", "key", "wanted"), WRONG)
def test_mistakes_name_file_and_key(path: Path, text: str, key: str, wanted: str) -> None:
    """A key that is not known and a value that is none are errors, never ignored."""
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    error = caught.value
    assert (key, 2) == (error.values["key"], error.status)
    assert str(path) in str(error)
    assert wanted in {error.values.get("wanted"), error.values.get("known")}


@pytest.mark.parametrize(
    "data",
    [b"a = ", b"\xff", b"a = 1\na = 2", b"a = " + b"9" * 5000, b"a = " + b"[" * 100_000],
    ids=["cut", "not UTF-8", "twice", "a number of endless digits", "nested without end"],
)
def test_what_is_no_toml_is_one_error(path: Path, data: bytes) -> None:
    """Whatever the TOML reader stumbles over, it is one error that names the file."""
    path.write_bytes(data)
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    assert "toml-unreadable" == caught.value.code
    assert str(path) in str(caught.value)


def test_a_named_file_has_to_be_there(tmp_path: Path) -> None:
    """--config with a missing file, a directory or a huge file is an error of the file."""
    huge = tmp_path / "huge"
    with huge.open("wb") as stream:
        stream.truncate(1 << 30)
    cases = {
        tmp_path / "gone": "file-missing",
        tmp_path: "file-not-regular",
        huge: "file-too-large",
    }
    for name, code in cases.items():
        with pytest.raises(InputError) as caught:
            load_configuration(name)
        assert code == caught.value.code


def test_the_users_own_file_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --config the user's file is read if there is one; one that is none is an error."""
    monkeypatch.setattr(config, "configuration_folder", lambda: tmp_path / "ctlkit")
    assert Configuration() == load_configuration()
    (tmp_path / "ctlkit").mkdir()
    assert Configuration() == load_configuration()
    (tmp_path / "ctlkit" / "config.toml").write_text(WHOLE)
    assert "sha512" == load_configuration().digest
    (tmp_path / "ctlkit" / "config.toml").unlink()
    (tmp_path / "ctlkit" / "config.toml").mkdir()
    with pytest.raises(InputError):
        load_configuration()


def test_the_folder_is_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Linux XDG_CONFIG_HOME is honoured."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert tmp_path / "ctlkit" == config.configuration_folder()
