"""A folder on this computer, a TFTP root for instance, as a place.

Rules, in the order of their steps:

1. the new file is written beside the present one, with its mode and owner (else 0644), and
   flushed to the disk;
2. the present file is copied to ``CTLFile_old.tlv``, itself by rename;
3. the new file is renamed over the present one and read back.

A cut between any two steps leaves a whole present file, and the one before it is never lost:
restoring sets the present file aside under a third name until the swap is over, and a swap that
was cut is finished by the next restore. One ctlkit at a time writes into a folder, and the present
file is compared once more right before it is replaced. A link is not followed: what it leads to
may be anything.

Source: docs/rules.md, putting a list in its place.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from ctlkit.codec import MAX_FILE, MAX_LIST
from ctlkit.errors import CancelledError, CtlkitError, InputError, PlaceError
from ctlkit.files import FileContent, read_file, write_file
from ctlkit.place.base import (
    LIST_NAME,
    OLD_NAME,
    NodeFile,
    NodeState,
    Progress,
    Published,
    Step,
    Watch,
    old_name,
)

__all__ = ["FolderPlace"]

_DEFAULT_MODE = 0o644
_SCRATCH_NAME = "CTLFile_swap.tlv"
_UNWATCHED = Watch()


class FolderPlace:
    """One folder, one node."""

    writable = True

    def __init__(self, folder: str | Path) -> None:
        self._folder = _at_home(Path(folder))

    @property
    def url(self) -> str:
        """The address, ``folder:DIR``."""
        return f"folder:{self._folder}"

    @property
    def nodes(self) -> tuple[str, ...]:
        """The folder itself."""
        return (self.url,)

    def state(self, name: str = LIST_NAME, watch: Watch = _UNWATCHED) -> tuple[NodeState, ...]:
        """Return what the folder holds."""
        watch.progress(Progress(self.url, Step.READING))
        try:
            present, kept = (self._node_file(each) for each in (name, old_name(name)))
        except CtlkitError as error:
            return (NodeState(self.url, None, error=error),)
        return (NodeState(self.url, present, kept),)

    def publish(
        self,
        data: bytes,
        expected: Mapping[str, bytes | None],
        *,
        name: str = LIST_NAME,
        watch: Watch = _UNWATCHED,
    ) -> tuple[Published, ...]:
        """Put a list in force, keeping the present one."""
        return self._done(
            expected, watch, lambda: self._publish(data, expected[self.url], name, watch)
        )

    def restore(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Swap the present list and the kept one; without a present one, put the kept one back.

        A swap that was cut is finished, not begun again.
        """
        return self._done(expected, watch, lambda: self._restore(expected[self.url]))

    def delete(
        self, expected: Mapping[str, bytes], *, watch: Watch = _UNWATCHED
    ) -> tuple[Published, ...]:
        """Make the present list the kept one."""
        return self._done(expected, watch, lambda: self._delete(expected[self.url]))

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _done(
        self, expected: Mapping[str, object], watch: Watch, work: Callable[[], Published]
    ) -> tuple[Published, ...]:
        """Do the work, unless it is not asked for here, and turn its failure into a value."""
        if self.url not in expected:
            return ()
        if watch.cancel.is_set():
            raise CancelledError("interrupted")
        try:
            done = work()
        except CtlkitError as error:
            watch.progress(Progress(self.url, Step.FAILED))
            return (Published(self.url, None, changed=False, kept=None, error=error),)
        watch.progress(Progress(self.url, Step.DONE))
        return (done,)

    def _publish(self, data: bytes, expected: bytes | None, name: str, watch: Watch) -> Published:
        path, old = self._folder / name, self._folder / old_name(name)
        with self._alone():
            present = self._content(path)
            found = present.data if present else None
            if found == data:
                return self._published(path, data, changed=False, kept=self._content(old))
            if self._scratch.exists():
                raise PlaceError("place-restore-cut", file=self._scratch)
            self._require_same(found, expected)
            watch.progress(Progress(self.url, Step.WRITING))
            self._write(path, data, like=present, before=lambda: self._keep(path, old, present))
            return self._published(path, data, changed=True, kept=present)

    def _restore(self, expected: bytes) -> Published:
        path, old = self._folder / LIST_NAME, self._folder / OLD_NAME
        with self._alone():
            kept = self._content(old)
            if kept is None:
                raise InputError("place-nothing-kept", file=old)
            self._require_same(kept.data, expected)
            present = self._content(path, MAX_FILE)
            if present is None:
                self._write(path, kept.data, like=kept)
            elif present.data != kept.data:
                aside = partial(self._set_aside, present)
                self._write(path, kept.data, like=present, before=aside)
            elif not self._scratch.exists():
                return self._published(path, kept.data, changed=False, kept=kept)
            self._finish_swap(old)
            return self._published(path, kept.data, changed=True, kept=present or kept)

    def _delete(self, expected: bytes) -> Published:
        path, old = self._folder / LIST_NAME, self._folder / OLD_NAME
        with self._alone():
            present = self._content(path)
            if present is None:
                return Published(self.url, None, changed=False, kept=None)
            self._require_same(present.data, expected)
            try:
                path.replace(old)
            except OSError as error:
                raise PlaceError("file-unwritable", file=path, reason=error) from error
            return Published(self.url, None, changed=True, kept=str(old))

    @property
    def _scratch(self) -> Path:
        return self._folder / _SCRATCH_NAME

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep another ctlkit from writing into the same folder meanwhile, where the system can."""
        try:
            import fcntl
        except ImportError:  # Windows has no lock for folders
            yield
            return
        try:
            descriptor = os.open(self._folder, os.O_RDONLY)
        except (OSError, ValueError):  # reading the folder will say what is wrong with it
            yield
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise PlaceError("place-busy", folder=self._folder) from None
        except OSError:  # a file system without locks
            pass
        try:
            yield
        finally:
            os.close(descriptor)

    def _require_same(self, found: bytes | None, expected: bytes | None) -> None:
        if found != expected:
            raise PlaceError("place-changed", file=self._folder)

    def _keep(self, path: Path, old: Path, present: FileContent | None) -> None:
        """Keep the present list, once the new one lies beside it; look at it once more before."""
        again = self._content(path)
        self._require_same(again.data if again else None, present.data if present else None)
        if present is not None and present.data:
            self._write(old, present.data, like=present)

    def _set_aside(self, present: FileContent) -> None:
        """Write the present list under a third name, so that no cut can lose it."""
        left = self._content(self._scratch, MAX_FILE)
        if left is not None and left.data != present.data:
            raise PlaceError("place-restore-cut", file=self._scratch)
        self._write(self._scratch, present.data, like=present)

    def _finish_swap(self, old: Path) -> None:
        """Make what was set aside the kept list."""
        try:
            self._scratch.replace(old)
        except FileNotFoundError:
            return
        except OSError as error:
            raise PlaceError("file-unwritable", file=old, reason=error) from error

    def _content(self, path: Path, limit: int = MAX_LIST) -> FileContent | None:
        try:
            folder = self._folder.is_dir()
            about = path.lstat() if folder else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise InputError("file-unreadable", file=path, reason=error) from error
        if about is None:
            raise InputError("place-no-folder", folder=self._folder)
        if stat.S_ISLNK(about.st_mode):
            raise InputError("place-link", file=path)
        return read_file(path, limit)

    def _node_file(self, name: str) -> NodeFile | None:
        path = self._folder / name
        content = self._content(path)
        return None if content is None else NodeFile(str(path), content.data, content.modified)

    def _write(
        self,
        path: Path,
        data: bytes,
        *,
        like: FileContent | None,
        before: Callable[[], None] | None = None,
    ) -> None:
        write_file(
            path,
            data,
            replace=True,
            mode=like.mode if like else _DEFAULT_MODE,
            owner=like.owner if like else None,
            before=before,
        )

    def _published(
        self, path: Path, data: bytes, *, changed: bool, kept: FileContent | None
    ) -> Published:
        back = self._node_file(path.name)
        old = path.with_name(old_name(path.name))
        if back is None or back.data != data:
            raise PlaceError("place-not-kept", file=path, old=old.name)
        return Published(self.url, back, changed, str(old) if kept else None)


def _at_home(folder: Path) -> Path:
    """Return the folder that ``~`` stands for: no shell sees it behind ``folder:``."""
    try:
        return folder.expanduser()
    except RuntimeError:  # nobody of that name
        return folder
