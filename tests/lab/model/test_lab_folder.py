"""The practice cluster's folder: made once, opened as it was, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctlkit.certificate import Certificate
from ctlkit.edit import Mode
from ctlkit.errors import InputError, PlaceError, UsageError
from ctlkit_lab.model import LabOptions, Practice
from ctlkit_lab.releases import Release
from softhsm_fixtures import etoken_certificate

Maker = Callable[..., Practice]


def test_two_clusters_have_nothing_in_common(practice_of: Maker, tmp_path: Path) -> None:
    """Keys and serials are fresh in each cluster, names are not."""
    one, other = practice_of(), Practice.create(tmp_path / "other", LabOptions())
    mine, theirs = (
        {
            (certificate.serial, certificate.key_bytes)
            for node in practice.nodes
            for item in node.stored()
            for certificate in [Certificate.from_der(item.der)]
        }
        for practice in (one, other)
    )
    assert not {serial for serial, _ in mine} & {serial for serial, _ in theirs}
    assert not {key for _, key in mine} & {key for _, key in theirs}
    assert [16] * len(mine) == [len(serial) for serial, _ in mine]


def test_a_cluster_opens_as_it_was(practice_of: Maker) -> None:
    """Mode, options, certificates and files are the same after a restart."""
    practice = practice_of(Release.R10_5_2)
    practice.set_mode(Mode.MIXED)
    practice.regenerate("CallManager")
    practice.trust_add("Phone-SAST-trust", etoken_certificate().der)
    files = {path: path.read_bytes() for path in practice.folder.rglob("*") if path.is_file()}
    again = Practice.open(practice.folder)
    assert (Mode.MIXED, practice.options) == (again.mode, again.options)
    assert [node.stored() for node in practice.nodes] == [node.stored() for node in again.nodes]
    assert files == {
        path: path.read_bytes() for path in practice.folder.rglob("*") if path.is_file()
    }
    assert practice.publisher.credential("CallManager").key_pem == (
        again.publisher.credential("CallManager").key_pem
    )


def test_a_cluster_can_be_made_in_mixed_mode(tmp_path: Path) -> None:
    """Every node has the list then, and the mode outlives a restart."""
    Practice.create(tmp_path / "lab", LabOptions(subscribers=2, mode="mixed"))
    practice = Practice.open(tmp_path / "lab")
    assert Mode.MIXED is practice.mode
    assert 1 == len({node.list_path.read_bytes() for node in practice.nodes})
    names = [("cucm-1051-a-pub", "10.0.0.1"), ("cucm-1051-a-sub1", "10.0.0.2")]
    assert [*names, ("cucm-1051-a-sub2", "10.0.0.3")] == [
        (node.name, node.address) for node in practice.nodes
    ]
    assert practice.publisher is practice.nodes[0]
    assert practice.nodes[2] is practice.node("cucm-1051-a-sub2")


def test_a_new_cluster_has_no_list(practice_of: Maker) -> None:
    """Before the first move no node has a list and every node has an ITL."""
    practice = practice_of()
    assert [False, False] == [node.list_path.exists() for node in practice.nodes]
    assert [True, True] == [node.itl_path.is_file() for node in practice.nodes]


def test_a_damaged_itl_is_made_again(practice_of: Maker) -> None:
    """Opening a cluster puts an ITL file in order that somebody lost or broke."""
    practice = practice_of()
    present = [len(node.itl_path.read_bytes()) for node in practice.nodes]
    practice.nodes[0].itl_path.unlink()
    practice.nodes[1].itl_path.write_bytes(b"\x01\x00\x02\x01\x02")
    Practice.open(practice.folder)
    assert present == [len(node.itl_path.read_bytes()) for node in practice.nodes]


def test_keys_are_for_their_owner_alone(practice_of: Maker) -> None:
    """Private keys lie outside the folders that nodes serve, and only the owner reads them."""
    practice = practice_of()
    keys = [path for path in practice.folder.rglob("*") if b"PRIVATE" in content(path)]
    assert 5 == len(keys)
    assert {0o600} == {path.stat().st_mode & 0o777 for path in keys}
    served = [node.folder for node in practice.nodes]
    assert not [path for path in keys if any(path.is_relative_to(folder) for folder in served)]


def content(path: Path) -> bytes:
    """The bytes of a file, none for a folder."""
    return path.read_bytes() if path.is_file() else b""


@pytest.mark.parametrize("numbers", [{"subscribers": -1}, {"subscribers": 21}, {"phones": 10001}])
def test_numbers_are_bounded(numbers: dict[str, int]) -> None:
    """More nodes or phones than can be practised are refused with the bound."""
    with pytest.raises(UsageError) as caught:
        LabOptions(**numbers)  # type: ignore[arg-type]
    assert "0 to" in caught.value.advice


def test_a_folder_holds_one_cluster(practice_of: Maker) -> None:
    """Making a second one in the same folder is refused and changes nothing."""
    practice = practice_of()
    with pytest.raises(UsageError, match="already"):
        Practice.create(practice.folder, LabOptions())
    assert practice.publisher.stored() == Practice.open(practice.folder).publisher.stored()


def test_a_folder_without_a_cluster_is_an_error(tmp_path: Path) -> None:
    """Opening an empty folder says how to make a cluster."""
    with pytest.raises(InputError, match="no practice cluster") as caught:
        Practice.open(tmp_path)
    assert "ctlkit lab up" in caught.value.advice


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file where the folder should be is said in words."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PlaceError, match="cannot be used"):
        Practice.create(tmp_path / "file" / "lab", LabOptions())


def swap_for_folder(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


def replace(path: Path, old: str, new: str) -> None:
    """Change a text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


DAMAGES: list[tuple[str, Callable[[Path], object]]] = [
    ("practice.json", lambda path: path.write_bytes(b"{")),
    ("practice.json", lambda path: path.write_bytes(b"[]")),
    ("practice.json", lambda path: path.write_bytes(b"\xff\xfe")),
    ("practice.json", lambda path: path.write_bytes(b"[" * 60000)),
    ("practice.json", lambda path: replace(path, '"schema": 1', '"schema": 2')),
    ("practice.json", lambda path: replace(path, '"10.0"', '"9.1"')),
    ("practice.json", lambda path: replace(path, '"subscribers": 1', '"subscribers": true')),
    ("practice.json", lambda path: replace(path, '"subscribers": 1', '"subscribers": 1000')),
    ("practice.json", lambda path: replace(path, "false", "0")),
    ("practice.json", lambda path: path.write_bytes(bytes(70_000))),
    ("practice.json", swap_for_folder),
    ("keys/own/cucm-1051-a-pub/TVS.pem", lambda path: path.unlink()),
    ("keys/own/cucm-1051-a-pub/TVS.pem", lambda path: path.write_bytes(b"no key")),
    ("keys/own/cucm-1051-a-pub/TVS.pem", lambda path: path.write_bytes(etoken_certificate().der)),
    (
        "keys/own/cucm-1051-a-pub/TVS.pem",
        lambda path: path.write_bytes(path.with_name("CAPF.pem").read_bytes()[:900]),
    ),
    (
        "keys/own/cucm-1051-a-pub/TVS.pem",
        lambda path: path.write_bytes(etoken_certificate().certificate_pem + path.read_bytes()),
    ),
    ("keys/CAPF-trust.pem", lambda path: path.write_bytes(b"no certificate")),
    ("keys/CAPF-trust.pem", lambda path: path.write_bytes(path.read_bytes()[:200])),
    ("keys/CAPF-trust.pem", swap_for_folder),
]


@pytest.mark.parametrize("damage", range(len(DAMAGES)))
def test_a_damaged_folder_is_an_error_in_words(practice_of: Maker, damage: int) -> None:
    """Whatever is broken, opening raises one error that names the file; nothing is guessed."""
    practice = practice_of()
    name, harm = DAMAGES[damage]
    harm(practice.folder / name)
    with pytest.raises(InputError, match=Path(name).stem):
        Practice.open(practice.folder)


def test_a_lost_trust_store_is_filled_again(practice_of: Maker) -> None:
    """What the nodes have of their own returns to the trust stores; uploads are gone."""
    practice = practice_of()
    trusted = practice.trusted
    (practice.folder / "keys" / "CallManager-trust.pem").unlink()
    assert trusted == Practice.open(practice.folder).trusted
