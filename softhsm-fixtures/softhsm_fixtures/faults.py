"""The module that fails to order: its plans, its log, and building it.

Rules:

- A FaultPlan is a frozen list of rules; each method gives a new plan with one rule more. It is
  written whole by renaming, and the module reads it at every call: a running program sees a change.
- A rule keeps its count of calls when the plan is set again with it, and starts at zero in each
  new process. Only the wrong PINs of `lock_after` are kept in a file, as a token keeps them.
- The log has one line a call, the function and its answer, never an argument.
- Each FaultModule is a copy of the built library, around a copy of SoftHSM's: two of them, or one
  and SoftHSM itself, may be loaded in one process without sharing anything.
- `token=` names a token by its label or serial number; None means every token.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from softhsm_fixtures._codes import function_name, number, return_name
from softhsm_fixtures.etokens import DEFAULT_PIN
from softhsm_fixtures.library import find_softhsm

__all__ = [
    "PLAN_VARIABLE",
    "WRITING_CALLS",
    "BuildError",
    "Call",
    "FaultModule",
    "FaultPlan",
    "build_fault_library",
    "create_fault_module",
]

#: Names the plan file; without it the plan lies beside the library, `.plan` added to its name.
PLAN_VARIABLE = "CTLKIT_FAULT_PLAN"

#: The functions that change what is on a token.
WRITING_CALLS = frozenset(
    {
        "C_CopyObject",
        "C_CreateObject",
        "C_DeriveKey",
        "C_DestroyObject",
        "C_GenerateKey",
        "C_GenerateKeyPair",
        "C_InitPIN",
        "C_InitToken",
        "C_SetAttributeValue",
        "C_SetPIN",
        "C_UnwrapKey",
    }
)

_SOURCES = Path(__file__).parent / "faultmodule"
_COMPILER_SECONDS = 120
_MAX_VALUE = 64
_FIELDS = ("label", "manufacturer", "model", "serial")
_next_id = itertools.count(1).__next__


class BuildError(Exception):
    """The module cannot be built; the text holds the compiler's own words."""


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """One call of a module's function: its name, and the name of its answer, such as CKR_OK."""

    function: str
    code: str


@dataclasses.dataclass(frozen=True, slots=True)
class FaultPlan:
    """What shall go wrong. `fail` and its like count calls of their function from now on.

    `after` calls go well first, then `times` calls are hit, or all of them when it is None.
    Names of functions, return values, flags and attributes are those of PKCS#11; flags may leave
    out `CKF_`, and the others raise ValueError when the header does not know them.
    """

    rules: tuple[str, ...] = dataclasses.field(default=(), repr=False)

    def fail(
        self,
        function: str,
        code: str,
        *,
        after: int = 0,
        times: int | None = None,
        delay: int = 0,
    ) -> FaultPlan:
        """Answer a function with a return value, `delay` milliseconds late.

        The real function is not called, but a signature that fails ends the real operation.
        """
        rest = f"function={function_name(function)} code={number(code)} delay={delay}"
        return self._with_calls("call", after, times, rest)

    def delay(
        self, function: str, milliseconds: int, *, after: int = 0, times: int | None = None
    ) -> FaultPlan:
        """Let a function take longer."""
        rest = f"function={function_name(function)} delay={milliseconds}"
        return self._with_calls("call", after, times, rest)

    def wrong_signature(self, *, after: int = 0, times: int | None = None) -> FaultPlan:
        """Spoil the signatures of C_Sign and C_SignFinal."""
        return self._with_calls("signature", after, times, "")

    def grow(self, *, after: int = 0, times: int = 1) -> FaultPlan:
        """Let a slot appear between asking C_GetSlotList for the count and for the list."""
        return self._with_calls("grow", after, times, "")

    def flags(
        self, *, on: tuple[str, ...] = (), off: tuple[str, ...] = (), token: str | None = None
    ) -> FaultPlan:
        """Set and clear token flags, such as `USER_PIN_LOCKED` or `TOKEN_INITIALIZED`."""
        return self._with(f"flags set={_flags(on)} clear={_flags(off)}{_token(token)}")

    def text(self, field: str, value: bytes, *, token: str | None = None) -> FaultPlan:
        """Show other bytes as the token's label, manufacturer, model or serial, filled with blanks.

        No bytes at all make a blank field.
        """
        if field not in _FIELDS:
            raise ValueError(f"{field!r} is not one of {', '.join(_FIELDS)}")
        return self._with(f"text function={field} to={_bytes(value)}{_token(token)}")

    def remove(self, token: str | None = None, *, code: str = "CKR_DEVICE_REMOVED") -> FaultPlan:
        """Take a token out: its slot stays, empty, and its sessions answer `code` from now on."""
        return self._with(f"absent code={number(code)}{_token(token)}")

    def hide(self, token: str | None = None, *, code: str = "CKR_DEVICE_REMOVED") -> FaultPlan:
        """Take a token out together with its slot, as when a reader is unplugged."""
        return self._with(f"absent number=1 code={number(code)}{_token(token)}")

    def restore(self) -> FaultPlan:
        """Put every token back; sessions of before stay gone."""
        kept = tuple(rule for rule in self.rules if not rule.startswith("absent "))
        return dataclasses.replace(self, rules=kept)

    def missing_attribute(self, attribute: str) -> FaultPlan:
        """Answer CKR_ATTRIBUTE_TYPE_INVALID for an attribute of any object."""
        return self._with(f"missing attribute={number(attribute)}")

    def attribute_length(self, attribute: str, length: int) -> FaultPlan:
        """Say that an attribute is `length` bytes long, and fill it with zeros up to there."""
        return self._with(f"length attribute={number(attribute)} number={length}")

    def attribute_value(self, attribute: str, old: bytes, new: bytes) -> FaultPlan:
        """Show `new` where an attribute is `old`; both of one length, 1 to 64 bytes."""
        if not old or len(old) != len(new):
            raise ValueError("the old and the new value must have one length, 1 to 64 bytes")
        return self._with(
            f"value attribute={number(attribute)} from={_bytes(old)} to={_bytes(new)}"
        )

    def endless_objects(self, limit: int = 1_000_000) -> FaultPlan:
        """Let every search find its last object again, until it has found `limit`."""
        return self._with(f"endless number={limit}")

    def pin_pad(self, pin: str = DEFAULT_PIN, *, token: str | None = None) -> FaultPlan:
        """Give the token a PIN pad: a login without a PIN is made with this one."""
        return self._with(f"pinpad to={_bytes(pin.encode())}{_token(token)}")

    def lock_after(self, tries: int, *, token: str | None = None) -> FaultPlan:
        """Lock the user's PIN after so many wrong ones in a row, with the flags on the way."""
        return self._with(f"tries number={tries}{_token(token)}")

    def _with(self, rule: str) -> FaultPlan:
        return dataclasses.replace(self, rules=(*self.rules, rule))

    def _with_calls(self, kind: str, after: int, times: int | None, rest: str) -> FaultPlan:
        if times is not None and times < 1:
            raise ValueError("times is 1 or more, or None for always")
        rule = f"{kind} id={_next_id()} after={after} times={times or 0} {rest}"
        return self._with(rule.rstrip())


@dataclasses.dataclass(frozen=True, slots=True)
class FaultModule:
    """One module that fails to order; `path` is what a program takes as its PKCS#11 module."""

    path: Path
    module: Path = dataclasses.field(repr=False)

    @property
    def plan_file(self) -> Path:
        """The file that holds the plan."""
        return self.path.with_name(self.path.name + ".plan")

    @property
    def log_file(self) -> Path:
        """The file that the calls are written to."""
        return self.path.with_name("calls.log")

    def environment(self) -> dict[str, str]:
        """Give this process's environment with the plan named in it."""
        return {**os.environ, PLAN_VARIABLE: str(self.plan_file)}

    def set(self, plan: FaultPlan) -> None:
        """Follow another plan from the next call on."""
        lines = [
            f"module {self.module}",
            f"log {self.log_file}",
            f"state {self.path.with_name('wrong-pins')}",
            *plan.rules,
        ]
        handle, name = tempfile.mkstemp(dir=self.path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            Path(name).replace(self.plan_file)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def calls(self, function: str | None = None) -> tuple[Call, ...]:
        """Give the calls so far, in order; only those of one function when it is named."""
        try:
            lines = self.log_file.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return ()
        pairs = (line.split() for line in lines)
        calls = (Call(name, return_name(int(code, 16))) for name, code in pairs)
        return tuple(call for call in calls if function in {None, call.function})

    def count(self, function: str) -> int:
        """Count the calls of a function."""
        return len(self.calls(function))

    def writing_calls(self) -> tuple[Call, ...]:
        """Give the calls so far that would change what is on a token."""
        return tuple(call for call in self.calls() if call.function in WRITING_CALLS)

    def forget_calls(self) -> None:
        """Empty the log."""
        self.log_file.unlink(missing_ok=True)


def build_fault_library(folder: Path) -> Path:
    """Compile the module into `folder`, which exists; gives the library's path.

    It appears under its name only when it is whole. Raises BuildError without a C compiler, on
    Windows, or when the compiler refuses.
    """
    if sys.platform == "win32":
        raise BuildError("the fault module is built on Linux and macOS only")
    library = folder / "libfault.so"
    unfinished = folder / f"libfault.so.{os.getpid()}"
    command = [
        *("cc", "-shared", "-fPIC", "-fvisibility=hidden", "-std=gnu11", "-D_GNU_SOURCE", "-O1"),
        *("-Wall", "-Wextra", "-Werror", "-o", str(unfinished)),
        *(str(source) for source in sorted(_SOURCES.glob("*.c"))),
        "-ldl",
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMPILER_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise BuildError("there is no C compiler: install one that answers to `cc`") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError("the C compiler did not end") from error
    if done.returncode:
        raise BuildError(f"the fault module cannot be built:\n{done.stderr}")
    return unfinished.replace(library)


def create_fault_module(
    folder: Path, plan: FaultPlan, library: Path, softhsm: Path | None = None
) -> FaultModule:
    """Make a fault module in a new `folder` from the built `library`, around a copy of SoftHSM."""
    folder.mkdir()
    path = folder / library.name
    inner = folder / "libsofthsm2.so"
    shutil.copyfile(library, path)
    shutil.copyfile(find_softhsm() if softhsm is None else softhsm, inner)
    made = FaultModule(path, inner)
    made.set(plan)
    return made


def _flags(names: tuple[str, ...]) -> int:
    value = 0
    for name in names:
        value |= number(name if name.startswith("CKF_") else f"CKF_{name}")
    return value


def _token(token: str | None) -> str:
    return "" if token is None else f" token={_bytes(token.encode())}"


def _bytes(value: bytes) -> str:
    if len(value) > _MAX_VALUE:
        raise ValueError(f"a value in a plan has at most {_MAX_VALUE} bytes")
    return value.hex()
