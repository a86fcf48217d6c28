"""The rules of the house that neither the linters nor the import contracts can state.

Every rule here holds for the whole repository, so nothing has to be added when a module is.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ctlkit.certificate import Certificate
from ctlkit.drafts import draft, identity_of, make_record
from ctlkit.profiles import profile
from ctlkit.signing import PemSigner, sign
from ctlkit.trustlist import Digest, Function
from softhsm_fixtures import etoken_certificate

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = (".ci", "docs", "gui", "softhsm-fixtures", "tests", "token", "tools")
MOST_LINES = 400
# Written so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|tmp)(?![\w-])|\.\.(?:/)shared")
PRINT_MODULES = "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"


def _files() -> Iterator[Path]:
    """Every file of the repository but what the tools made."""
    yield from (path for path in REPOSITORY.iterdir() if path.is_file() and path.name[0] != ".")
    for folder in FOLDERS:
        for path in (REPOSITORY / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _relative(paths: Iterator[Path] | list[Path]) -> list[str]:
    return sorted(str(path.relative_to(REPOSITORY)) for path in paths)


def _project() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def _packages() -> list[Path]:
    """The packages that the distribution is made of, as pyproject.toml lists them."""
    wheel = _project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    return [REPOSITORY / package for package in wheel["packages"]]


def _public_modules() -> list[tuple[str, Path]]:
    """Dotted name and file of each module that has no underscore in its way."""
    modules = []
    for package in _packages():
        for path in sorted(package.rglob("*.py")):
            parts = path.relative_to(package.parent).with_suffix("").parts
            name = ".".join(part for part in parts if part != "__init__")
            if not any(part.startswith("_") for part in name.split(".")):
                modules.append((name, path))
    return modules


def _assigned(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _assigned(element)


def _defined(tree: ast.Module) -> set[str]:
    """The names without underscore that a module itself defines at its top."""
    names: set[str] = set()
    for statement in tree.body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(statement.name)
            case ast.Assign():
                for target in statement.targets:
                    names.update(_assigned(target))
            case ast.AnnAssign():
                names.update(_assigned(statement.target))
    return {name for name in names if not name.startswith("_")}


def _imported(path: Path) -> Iterator[str]:
    """The top-level modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _loaded(code: str, *arguments: str | Path, cwd: Path) -> set[str]:
    """The modules that a fresh interpreter holds after running ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def _roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_import_roots_are_no_packages() -> None:
    """token/, gui/ and softhsm-fixtures/ hold packages and are none themselves."""
    roots = ("token", "gui", "softhsm-fixtures")
    assert [] == [root for root in roots if (REPOSITORY / root / "__init__.py").exists()]


def test_no_file_shadows_the_token_module() -> None:
    """No file called token.py may come before Python's own on anybody's path."""
    assert [] == _relative([path for path in _files() if path.name == "token.py"])


def test_import_token_is_pythons_own(tmp_path: Path) -> None:
    """Started in the repository, with the import root on its path, Python finds its own token."""
    code = (
        "import sys; sys.path[:0] = ['', 'token'];"
        "import token, logging; print(token.__file__, token.NAME)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert f"{sysconfig.get_path('stdlib')}/token.py 1\n" == done.stdout


def test_test_folders_are_no_packages() -> None:
    """A test folder has no __init__.py and not the name of a module that tests import."""
    folders = [path for path in (REPOSITORY / "tests").rglob("*") if path.is_dir()]
    wrong = [path for path in folders if path.name in {"token", "pkcs11"}]
    wrong += [path for path in folders if (path / "__init__.py").exists()]
    assert not (REPOSITORY / "tests" / "__init__.py").exists()
    assert [] == _relative(wrong)


def test_test_files_have_names_of_their_own() -> None:
    """With pytest's importlib mode two test files of one name would be hard to tell apart."""
    names = [path.name for path in (REPOSITORY / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)


def test_no_file_names_a_machine() -> None:
    """Nothing in the repository knows the machine it was written on."""
    named = []
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        named += [f"{path}: {found.group()}" for found in MACHINE_PATH.finditer(text)]
    assert [] == named


def test_python_files_are_short() -> None:
    """No Python file reaches 400 lines."""
    long = [
        path
        for path in _files()
        if path.suffix == ".py" and len(path.read_text().splitlines()) >= MOST_LINES
    ]
    assert [] == _relative(long)


def test_every_test_says_what_it_shows() -> None:
    """Each test has a docstring: the behaviour, in one sentence."""
    silent = []
    for path in sorted((REPOSITORY / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                silent += [] if ast.get_docstring(node) else [f"{path.name}: {node.name}"]
    assert [] == silent


def test_dependencies_are_those_imported() -> None:
    """What is declared is imported somewhere, and what is imported is declared."""
    project = _project()["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *(item for extra in extras for item in extra)]
    names = {re.split(r"[^\w.-]", requirement)[0] for requirement in declared}
    names.remove(project["name"])  # an extra may ask for another
    own = {package.name for package in _packages()}
    imported = {
        name
        for package in _packages()
        for path in package.rglob("*.py")
        for name in _imported(path)
        if name not in sys.stdlib_module_names | own
    }
    assert {name.removeprefix("python-") for name in names} == imported


def test_packages_are_typed() -> None:
    """Each package carries py.typed, so that others' type checkers read it."""
    assert [] == _relative([path for path in _packages() if not (path / "py.typed").is_file()])


def test_modules_say_what_is_public() -> None:
    """Each public module has a docstring, and ``__all__`` if it defines anything."""
    silent = []
    for name, path in _public_modules():
        tree = ast.parse(path.read_text())
        listed = "__all__" in path.read_text() or not _defined(tree)
        if not listed or not ast.get_docstring(tree):
            silent.append(name)
    assert [] == silent


@pytest.mark.parametrize(
    ("name", "path"), [pytest.param(*module, id=module[0]) for module in _public_modules()]
)
def test_all_agrees_with_the_public_names(name: str, path: Path) -> None:
    """``__all__`` holds all that a module defines without underscore, and nothing that is not."""
    module = importlib.import_module(name)
    listed = list(getattr(module, "__all__", ()))
    defined = _defined(ast.parse(path.read_text()))
    assert len(set(listed)) == len(listed)
    assert [] == [public for public in listed if not hasattr(module, public)]
    assert set() == defined - set(listed)


def test_importing_the_library_is_cheap(tmp_path: Path) -> None:
    """``import ctlkit`` loads no window, no binding, no SSH, no command line and no tables."""
    loaded = _loaded(f"import json, sys, ctlkit; {PRINT_MODULES}", cwd=tmp_path)
    assert set() == _roots(loaded) & {"PyQt6", "pkcs11", "asyncssh", "click", "rich"}


def test_the_steps_of_the_window_do_nothing() -> None:
    """The wizard's states and steps are values and functions: no I/O, no clock, no threads."""
    doing = {
        *("asyncio", "io", "logging", "os", "random", "secrets", "shutil", "signal", "socket"),
        *("subprocess", "sys", "tempfile", "threading", "time"),
    }
    flow = sorted((REPOSITORY / "gui" / "ctlkit_gui" / "flow").glob("*.py"))
    assert flow
    assert [] == [path.name for path in flow if doing & set(_imported(path))]


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    """Give a list of two tokens, signed by the first of them."""
    dialect = profile("ctl-client")
    tokens = [etoken_certificate(), etoken_certificate("SAST-ADN00000002")]
    certificates = [Certificate.from_der(token.der) for token in tokens]
    records = [make_record(dialect, Function.SAST, certificate) for certificate in certificates]
    unsigned = draft(
        dialect,
        records,
        signer=certificates[0],
        identity=identity_of(records[0]),
        digest=Digest.SHA1,
        timestamp=0,
        filename="CTLFile.tlv",
    )
    path = tmp_path / "CTLFile.tlv"
    path.write_bytes(sign(unsigned, PemSigner(tokens[0].pem)).raw)
    return path


def test_showing_a_list_is_cheap(list_file: Path, tmp_path: Path) -> None:
    """``ctlkit show FILE`` loads no binding, no SSH, no tables and no X.509 library."""
    code = f"""
import json, sys
from ctlkit._cli import main
try:
    status = main()
except SystemExit as end:
    status = end.code
assert not status, status
{PRINT_MODULES}
"""
    loaded = _loaded(code, "show", list_file, cwd=tmp_path)
    assert set() == _roots(loaded) & {"PyQt6", "pkcs11", "asyncssh", "rich", "asn1crypto"}
    assert "cryptography.x509" not in loaded


def test_names_others_rely_on() -> None:
    """``import ctlkit`` gives the names that scripts and the other packages are written with."""
    import ctlkit

    names = ("decode", "encode", "sign", "verify", "errors")
    assert [] == [name for name in names if not hasattr(ctlkit, name)]
    assert issubclass(ctlkit.errors.CtlkitError, Exception)
