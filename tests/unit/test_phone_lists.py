"""Reading a table of phones: the shapes that people, servers and spreadsheets write it in."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctlkit.acceptance import PhoneClass, _phones, read_phones, shipped_models
from ctlkit.errors import CtlkitError, InputError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "phones.md"
MODELS = shipped_models()


def read(data: bytes | str) -> list[tuple[str, int | None, bool]]:
    """What a file lists, in short."""
    raw = data.encode() if isinstance(data, str) else data
    found = read_phones(raw, "phones.csv", MODELS)
    return [(phones.model.name, phones.count, phones.registered) for phones in found]


TWO = [("7960", 120, True), ("8861", 300, True)]


@pytest.mark.parametrize(
    "text",
    [
        "7960,120\n8861,300\n",
        "7960,120\r\n8861,300",
        "7960,120\r8861,300\r",
        "7960;120\n8861;300",
        "7960\t120\n8861\t300",
        " 7960 , 120 \n 8861,300",
        '"Cisco 7960","120"\n"Cisco 8861", "300"',
        "# mine, all of them\n\n7960,120\n  # the new ones\n\n8861,300\n",
        '# "a, "quote\n7960,120\n8861,300',
        "7960,120,\n8861,300,,,\n,,,\n",
        "7960,120,yes\n8861,300,registered",
        "7960,120\n8861,200\n8861,100",
        "7960,120\n8861,300\n7941,0",
        "model,count\nCisco 7960,120\nCP-8861-K9,300",
        "MODEL;COUNT\nCisco 7960;120\nCisco 8861;300\n;\n",
        "count,model\n120,7960\n300,8861",
        "sep=;\r\nmodel;quantity\r\n7960;120\r\n8861;300\r\n",
        "Sep=\t\nmodel\tphones\n7960\t120\n8861\t300\n",
        "model,number,registered,site\n7960,120,yes,Krakow\n8861,300,TRUE,",
        'site,model,count\n"Krakow, ul. A\n# 1",7960,120\n"say ""Gdynia""",8861,300',
        '"site; house; floor; room",model,count\nA,7960,120\nB,8861,300',
        "model,type,count\n7960,SIP,120\n8861,SCCP,300",
        "Model,Qty\n7960,120\n8861,300",
        "Model;Total\n7960;120\n8861;300",
        "model,number of phones\n7960,120\n8861,300",
        "型号,数量\n7960,120\n8861,300",
        "电话型号;电话数量;已注册\n7960;120;是\n8861;300;已注册",
    ],
)
def test_shapes_of_two_models(text: str) -> None:
    """Delimiters, line ends, quotes, comments, padding and the order of columns do not matter."""
    assert TWO == read(text)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_encodings_of_spreadsheets(encoding: str) -> None:
    """UTF-8 with and without its mark, UTF-16 of either order with it, and Windows' own."""
    text = "model;count;site\r\n7960;120;Köln, Süd\r\n8861;300;Łódź\r\n".replace(
        "Łódź", "Lodz" if encoding == "cp1252" else "Łódź"
    )
    mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
    assert TWO == read((mark + text).encode(encoding))


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "gb2312", "utf-8-sig", "utf-16"])
def test_encodings_of_chinese_spreadsheets(encoding: str) -> None:
    """What Excel writes on a Chinese system, too: the headers are found."""
    text = "型号,数量,地点\r\n7960,120,上海办公室\r\n8861,300,北京、广州\r\n"
    assert TWO == read(text.encode(encoding))


@pytest.mark.parametrize(
    "text", ["Bürogröße", "Größe", "Österreich", "Café «Zoë»", "naïve €", "São João Nº 5"]
)
def test_western_letters_stay_what_they_are(text: str) -> None:
    """They can be read as Chinese characters, but as rare ones."""
    assert [(text, 3, True)] == read(f"{text},3".encode("cp1252"))


def test_what_is_no_windows_text() -> None:
    """Bytes that Windows-1252 does not have are GB18030 where they can be."""
    assert [("8861 \u4e02", 3, True)] == read("8861 \u4e02,3".encode("gb18030"))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Model,Anzahl\n7960,120\n8861,1\n", "Anzahl"),
        ("Model,\n7960,120\n", "2"),
        ("Model\n7960,120\n", "2"),
        ("Site,Model,Sum\nKrakow,7960,\nGdynia,8861,10\n", "Sum"),
        ('Model,Sum\n7960,"1,200"\n', "Sum"),
    ],
)
def test_counts_without_a_name(text: str, column: str) -> None:
    """That 120 phones do not count as one: the column is named, once, and what to do."""
    with pytest.raises(InputError) as caught:
        read(text)
    error = caught.value
    assert ("phones-count-unnamed", 1, column) == (
        *(error.code, error.values["line"], error.values["column"]),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Model,Video\n7960,1\n8861,0\n",
        "Model,Floor\n7960,12\n8861,ground\n",
        "Model,Line,Name\n7960,5001,SEP001122334455\n8861,5002,sep001122334456\n",
        "Model,Type\n7960,7960\n8861,8861\n",
        "Model,MAC,Line\n7960,00:11:22:33:44:55,5001\n8861,0011.2233.4456,5002\n",
        "Model,Line,IP\n7960,5001,10.0.0.5\n8861,5002,10.0.0.6\n",
    ],
)
def test_numbers_that_are_no_counts(text: str) -> None:
    """Flags, what is not numbers alone, and lists that name each phone are read as before."""
    assert [("7960", 1, True), ("8861", 1, True)] == read(text)


def test_a_list_of_phones_one_a_line() -> None:
    """An export of the phones of a cluster: each line is one, other columns are ignored."""
    found = read(
        "Device Name(Line),Description,Device Pool,Device Type,Status,IPv4 Address\r\n"
        "SEP001122334455,Reception,Default,Cisco 7960,Registered with cucm1,10.0.0.5\r\n"
        'SEP001122334456,"Boss, 2nd floor",Default,Cisco 8861,Registered with cucm1,10.0.0.6\r\n'
        "SEP001122334457,,Default,Cisco 8861,Unregistered,\r\n"
        "SEP001122334458,,Default,Cisco 8861,Unknown,\r\n"
        "SEP001122334459,,Default,Cisco 8861,,\r\n"
        "CSFBOSS,,Default,Cisco Unified Client Services Framework,None,\r\n"
        "SEP00112233445A,Hall,Default,Cisco 7960,Partially Registered,10.0.0.9\r\n"
    )
    assert [
        ("7960", 2, True),
        ("8861", 1, True),
        ("8861", 3, False),
        ("Jabber", 1, False),
    ] == found


def test_models_alone() -> None:
    """One column: a model a line, each is one phone; equal ones add up."""
    assert [("7960", 2, True), ("8861", 1, True)] == read("7960\n8861\nCisco 7960\n")
    assert [("7960", 2, True), ("8861", 1, True)] == read("Model\n7960\n8861\nCisco 7960\n")


def test_one_model_by_several_names_is_one_class() -> None:
    """Names of the table, and an unknown one in other letters, add up; the first one is shown."""
    text = "CSF,1\nTCT,2\nJabber,3\nAcme One,1\nACME  ONE,2\nCisco 7970,1\nCP-7970G,2"
    assert [("Jabber", 6, True), ("Acme One", 3, True), ("7970", 3, True)] == read(text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *(
            (word, True)
            for word in ("yes", "YES", "true", "1", "Registered", "PartiallyRegistered")
        ),
        *((word, False) for word in ("no", "False", "0", "unregistered", "Rejected", "none", "")),
    ],
)
@pytest.mark.parametrize("column", ["registered", "Registration", "STATUS"])
def test_words_for_registered(column: str, word: str, expected: bool) -> None:
    """What people and servers say; an empty cell of the column says no."""
    assert [("7960", 5, expected)] == read(f"model,count,{column}\n7960,5,{word}\n")


def test_what_a_short_line_leaves_out() -> None:
    """Without header a cell at the end may be left out; with one it is empty."""
    assert [("7960", 3, True), ("7960", 2, False)] == read("7960\n7960,2,no\n7960,2,")
    assert [("7960", 2, False)] == read("model,count,registered\n7960,2\n")


def test_the_model_is_that_of_the_table() -> None:
    """A class carries what is known of its model."""
    (found,) = read_phones(b"CP-7960G,5", "phones.csv", MODELS)
    assert PhoneClass(MODELS.named("7960"), 5) == found


def test_the_example_on_the_page() -> None:
    """The file that docs/phones.md shows is read as it says."""
    blocks = re.findall(r"(?ms)^```\n(model,.*?)^```", PAGE.read_text())
    assert 1 == len(blocks)
    assert [("7960", 120, True), ("8861", 300, True), ("8861", 12, False)] == read(blocks[0])


WRONG: list[tuple[bytes | str, str, int | None]] = [
    # file, code, line
    ("", "phones-none", None),
    ("\ufeff\n\n# nothing\n", "phones-none", None),
    ("model,count\n", "phones-none", None),
    ("sep=;\n", "phones-none", None),
    ("7960,0\n", "phones-none", None),
    (",,\n,\n", "phones-none", None),
    ("7960,many", "phones-count", 1),
    ("7960,1\n\n7961,-1", "phones-count", 3),
    ("7960,1.5", "phones-count", 1),
    ('7960,"1,000"', "phones-count", 1),
    ("7960,10000001", "phones-count", 1),
    ("7960," + "9" * 5000, "phones-count", 1),
    ("7960,²", "phones-count", 1),
    ("7960,\u0665", "phones-count", 1),
    ("7960,,yes", "phones-count", 1),
    ("model,count\n7960,\n", "phones-count", 2),
    ("model,count\n7960\n", "phones-count", 2),
    ("Name,Device\nSEP001122334455,7960", "phones-count", 1),
    ("7960,1,maybe", "phones-registered", 1),
    ("model,status\n7960,registered\n7960,registering", "phones-registered", 3),
    ("name,count\nx,1", "phones-no-model-column", 1),
    ("name,status\nx,registered", "phones-no-model-column", 1),
    ("# all\nname,description,pool,owner\na,b,c,d", "phones-no-model-column", 2),
    ("7960,1,yes\n7960,1,yes,Krakow", "phones-no-model-column", 2),
    (",5", "phones-without-model", 1),
    ("7960,1\n----", "phones-without-model", 2),
    ("model,count\n7960,1\n,350\n", "phones-without-model", 3),
    ("count,model\n5\n", "phones-without-model", 2),
    ("7960,1\nSEP001122334455", "phones-device-name", 2),
    ("model\nsep0011223344aa", "phones-device-name", 2),
    ('7960,1\n"7961,1\n7962,2\n', "phones-broken", 2),
    ('7960,1\n"7961"x,1\n', "phones-broken", 2),
    ("7960,1\n" + "x" * 200_000, "phones-broken", 2),
    (b"7960,1\n7961\0,1", "phones-not-text", 2),
    (b"7960,1\n\x1b[31m,1", "phones-not-text", 2),
    (b"7960,1\n\xc2\x85,1", "phones-not-text", 2),
    (b"7960,1\n\n\x81,1", "phones-not-text", 3),
    (b"\xef\xbb\xbfmodel\n7960\n\xff", "phones-not-text", 3),
    (b"PK\x03\x04\x14\0\x06\0", "phones-not-text", 1),
    ("7960,1\n".encode("utf-16-le"), "phones-not-text", 1),
    ("\ufeff7960,1\n".encode("utf-32-le"), "phones-not-text", 1),
    ("\ufeff7960,1\n7961,1".encode("utf-16-le") + b"\0", "phones-not-text", 2),
    ("\ufeff7960\n".encode("utf-16-be") + b"\xd8\x00\x00\x41", "phones-not-text", 2),
    ("".join(f"m{number}\n" for number in range(2002)), "phones-too-many-models", 2001),
]


@pytest.mark.parametrize(("data", "code", "line"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_mistakes_name_file_and_line(data: bytes | str, code: str, line: int | None) -> None:
    """What cannot be read is one error of the input, with what would be right."""
    with pytest.raises(InputError) as caught:
        read(data)
    error = caught.value
    assert (code, line, 4) == (error.code, error.values.get("line"), error.status)
    assert str(error).startswith("phones.csv" if line is None else f"phones.csv, line {line}: ")
    assert error.advice
    assert len(str(error)) < 500


def test_most_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many lines as are allowed are read; one more is an error that names it."""
    monkeypatch.setattr(_phones, "_MOST_ROWS", 3)
    for text in ("7960\n" * 3, "model\n" + "7960\n" * 3):
        assert [("7960", 3, True)] == read(text)
        with pytest.raises(InputError) as caught:
            read(text + "\n7960\n")
        assert "phones-too-many-lines" == caught.value.code
        assert text.count("\n") + 2 == caught.value.values["line"]


PIECES = st.sampled_from(
    ["7960", "Cisco 8861", "model", "count", "status", "yes", "12", ",", ";", "\t", '"', "\n", "#"]
)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass"))
    | st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode())
)
def test_whatever_the_bytes_classes_or_one_of_our_errors(data: bytes) -> None:
    """Nothing else comes out, whatever stands in the file."""
    try:
        found = read_phones(data, "phones.csv", MODELS)
    except CtlkitError:
        return
    assert found
    assert {PhoneClass} == {type(phones) for phones in found}
    assert all(phones.count for phones in found)
    assert len({(phones.model.name, phones.registered) for phones in found}) == len(found)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["7960", "8861", "Acme One", "Jabber"]),
            st.integers(1, 10_000_000),
            st.booleans(),
        ),
        min_size=1,
    ),
    st.sampled_from(",;\t"),
    st.booleans(),
)
def test_counts_add_up(rows: list[tuple[str, int, bool]], delimiter: str, has_header: bool) -> None:
    """Each phone is in one class, and classes stand in the order of their first line."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    if has_header:
        writer.writerow(["model", "count", "registered"])
    writer.writerows(rows)
    expected: Counter[tuple[str, bool]] = Counter()
    for model, count, registered in rows:
        expected[model, registered] += count
    assert [(*key, count) for key, count in expected.items()] == [
        (model, registered, count) for model, count, registered in read(stream.getvalue())
    ]
