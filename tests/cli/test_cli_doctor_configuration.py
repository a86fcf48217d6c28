"""What ``ctlkit doctor`` says of the configuration, and of the files and places that it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from softhsm_fixtures.plugin import SoftHsmStore
    from tests.conftest import Result, RunCtlkit

AROUND = ("doctor-extra", "doctor-no-display", "doctor-qt-libraries")


def _told(result: Result, *kinds: str) -> list[tuple[str, str]]:
    """What a JSON answer tells, as (kind, code), but for extras, and for what a window needs."""
    found = [(each["kind"], each["code"]) for each in result.json()["findings"]]
    return [each for each in found if each[1] not in AROUND and (not kinds or each[0] in kinds)]


def test_a_broken_configuration_stops_nothing(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """The file is named as the problem, and the tokens are shown; one that is missing likewise."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[pkcs11]\nmodule = []\n")
    for file, code in ((wrong, "toml-unknown-key"), (tmp_path / "none.toml", "file-missing")):
        result = run_ctlkit("doctor", "--json", "--config", file, *module)
        assert (1, [("problem", code)]) == (result.status, _told(result))
        answer = result.json()
        assert code == answer["configuration"]["file"]["problem"]["code"]
        assert 2 == len(answer["tokens"])


@pytest.mark.parametrize(("content", "code"), [(None, "file-missing"), ("a = 1", "toml-")])
def test_a_table_of_models_that_cannot_be_used(
    run_ctlkit: RunCtlkit,
    etokens: SoftHsmStore,
    module: tuple[str, str],
    tmp_path: Path,
    content: str | None,
    code: str,
) -> None:
    """That file is named, not the configuration that names it."""
    named, models = tmp_path / "my.toml", tmp_path / "models.toml"
    named.write_text('[preflight]\nmodels = "models.toml"\n')
    if content is not None:
        models.write_text(content)
    result = run_ctlkit("doctor", "--json", "--config", named, *module)
    ((kind, told),) = _told(result)
    assert (1, "problem", True) == (result.status, kind, told.startswith(code))
    found = result.json()["configuration"]
    assert None is found["file"]["problem"]
    assert found["models"]["path"].endswith("models.toml")
    assert told == found["models"]["problem"]["code"]
    assert "models.toml" in result.json()["findings"][0]["message"]


def test_places_whose_addresses_are_none(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, module: tuple[str, str], tmp_path: Path
) -> None:
    """They are told by their names alone; one that does not answer now is none of them."""
    named = tmp_path / "my.toml"
    named.write_text(
        '[places.a]\nurl = "nonsense"\n[places.b]\nurl = "lab:"\n'
        '[places.c]\nurl = "http://10.0.0.1"\nnodes = ["http://10.0.0.2"]\n'
        '[places.d]\nurl = "sftp://user:secret@h/x"\n[places.e]\nurl = "folder:nowhere"\n'
    )
    result = run_ctlkit("doctor", "--json", "--config", named, *module)
    assert (0, [("warning", "doctor-place-unusable")] * 3) == (result.status, _told(result))
    told = [each["message"] for each in result.json()["findings"]]
    assert ["place a", "place c", "place d"] == [
        name for name in (f"place {letter}" for letter in "abcde") if any(name in x for x in told)
    ]
    assert "nonsense" not in result.stdout
    assert "secret" not in result.stdout


def test_what_is_configured(
    run_ctlkit: RunCtlkit, etokens: SoftHsmStore, clean_env: dict[str, str], tmp_path: Path
) -> None:
    """A configured module that is missing is a problem; places, host keys and lab are told."""
    folder = Path(clean_env["XDG_CONFIG_HOME"], "ctlkit")
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'[pkcs11]\nmodules = ["{tmp_path}/nowhere.so", "{etokens.module}"]\n'
        '[places.main]\nurl = "sftp://someone@secret.example.com/tftp"\n'
    )
    (folder / "known_hosts").write_text("# mine\nhost ssh-ed25519 AAAA\n\n[h]:2 ssh-rsa AAAA\n")
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "lab.json").touch()
    result = run_ctlkit("doctor", "--json", env={"CTLKIT_LAB": str(lab)})
    assert [("problem", "module-missing")] == _told(result, "problem")
    found = result.json()["configuration"]
    assert ["main"] == found["places"]
    assert (True, 2) == (found["known_hosts"]["present"], found["known_hosts"]["keys"])
    assert (True, True) == (found["file"]["present"], found["lab"]["present"])
    text = run_ctlkit("doctor").stdout
    assert "secret.example.com" not in result.stdout + text
    assert "someone" not in result.stdout + text
    assert "  places: main\n" in text
