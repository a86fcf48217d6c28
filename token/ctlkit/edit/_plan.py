"""From what is asked for to what will be signed: rules 1 to 6 in their order."""

from __future__ import annotations

from collections.abc import Sequence

from ctlkit.codec import PHONE_LIMIT, encode
from ctlkit.drafts import draft, identity_of, make_record, non_secure_record, signature_length
from ctlkit.edit._remarks import title_of
from ctlkit.edit._review import Doubts, review
from ctlkit.edit._servers import Slot, find_server, is_server_sast, server_record
from ctlkit.edit._values import (
    Change,
    Mode,
    Origin,
    Plan,
    Row,
    RowState,
    Server,
    TokenEntry,
    hex_text,
    holds,
    is_short,
    mode_of,
)
from ctlkit.errors import CtlkitError, RuleError, UsageError
from ctlkit.messages import Message, Severity
from ctlkit.trustlist import Digest, Draft, Function, Record, function_name, text_of

__all__ = ["known_tokens", "outline", "plan"]

_LEAST_SAST = 2


def plan(change: Change) -> Plan:
    """Return the list that a change leads to, with everything that is to be said about it.

    Raises:
        RuleError: a rule forbids it; nothing that could be confirmed.
        UsageError: an entry to remove is not there, or a server lacks its address.
    """
    present = change.present
    old = present.list.records if present else ()
    mode = _mode(change)
    _require_tokens(change)
    if present is None:
        _require_second_token(change)
    slots, removed, doubts = _arranged(change)
    _require_servers(slots, old, mode)
    _require_sast(slots)
    if mode is Mode.NON_SECURE:
        _empty_servers(slots, change)
    records = tuple(slot.record for slot in slots)
    made = _draft(change, records)
    rows = _rows(slots, removed)
    unchanged = (
        present is not None and records == old and Digest(made.header.digest or 0) is present.digest
    )
    return Plan(
        draft=made,
        rows=rows,
        mode=mode,
        creating=present is None,
        messages=review(change, mode, rows, doubts, unchanged=unchanged),
        unchanged=unchanged,
    )


def outline(change: Change) -> tuple[Row, ...]:
    """Return the rows of a list that is still being put together.

    As in :func:`plan`, but a new list needs neither its second token nor its servers yet.

    Raises:
        RuleError: a rule forbids it, whatever is added later.
        UsageError: an entry to remove is not there, or a server lacks its address.
    """
    mode = _mode(change)
    _require_tokens(change)
    slots, removed, _doubts = _arranged(change)
    if change.present is not None:
        _require_sast(slots)
    if mode is Mode.NON_SECURE:
        _empty_servers(slots, change)
    return _rows(slots, removed)


def _arranged(change: Change) -> tuple[list[Slot], list[Record], Doubts]:
    """Return the entries in their order, the removed ones, and what is doubtful."""
    old = change.present.list.records if change.present else ()
    slots = [Slot(record, record) for record in old]
    removed = _remove(slots, change)
    doubts = _place_servers(slots, change)
    return _place_tokens(slots, change), removed, doubts


def _rows(slots: Sequence[Slot], removed: Sequence[Record]) -> tuple[Row, ...]:
    return (
        *(Row(slot.state, slot.record, slot.old) for slot in slots),
        *(Row(RowState.REMOVED, record, record) for record in removed),
    )


def _mode(change: Change) -> Mode:
    if change.mode is not None:
        mode = change.mode
    elif change.present is not None:
        mode = mode_of(change.present.list.records)
    else:
        mode = change.default_mode
    if mode is Mode.NON_SECURE and not change.profile.can_be_non_secure:
        raise RuleError("non-secure-profile", rule=4, profile=change.profile.name)
    return mode


def _all_tokens(change: Change) -> list[TokenEntry]:
    """Return the tokens at hand without repetition, the signer last if not named before."""
    found: list[TokenEntry] = []
    for token in (*change.tokens, change.signer):
        if all(token.certificate.der != other.certificate.der for other in found):
            found.append(token)
    return found


def _is_entry(records: Sequence[Record], token: TokenEntry) -> bool:
    return any(record.is_sast and holds(record, token.certificate) for record in records)


def _require_second_token(change: Change) -> None:
    """Rule 1 of a new list."""
    tokens = _all_tokens(change)
    if len(tokens) < _LEAST_SAST:
        raise RuleError("two-tokens-needed", rule=1, title=tokens[0].title)


def _require_tokens(change: Change) -> None:
    """Rule 1 of a present list, and that every token's key is one that can sign lists."""
    tokens = _all_tokens(change)
    present = change.present.list.records if change.present else None
    if present is not None and not any(_is_entry(present, token) for token in tokens):
        records = list(present)
        sast = [record for record in records if record.is_sast]
        raise RuleError(
            "token-not-in-list",
            rule=1,
            titles=", ".join(token.title for token in tokens),
            known=", ".join(map(title_of, sast)),
            same=", ".join(token.title for token in tokens if _has_namesake(sast, token)),
            tokenless=all(is_server_sast(record, records) for record in sast),
        )
    for token in tokens:
        signature_length(token.certificate)


def _has_namesake(records: Sequence[Record], token: TokenEntry) -> bool:
    name = token.certificate.common_name.strip()
    return bool(name) and any(title_of(record) == name for record in records)


def known_tokens(error: CtlkitError) -> Message | None:
    """Return which tokens would have done, for the error E1, whose published words name none."""
    if error.code != "token-not-in-list":
        return None
    code = "tokens-of-the-list"
    if error.values["tokenless"]:
        code = "list-is-tokenless"
    elif error.values["same"]:
        code = "token-of-same-name"
    return Message(code, error.values, Severity.NOTE)


def _remove(slots: list[Slot], change: Change) -> list[Record]:
    """Take out the entries to remove and return them (rules 2 and 3)."""
    records = [slot.record for slot in slots]
    removed: list[Record] = []
    for wanted in change.remove:
        found = _to_remove(slots, wanted)
        for slot in found:
            _require_removable(slot.record, records, change)
        functions = sorted({function_name(slot.record.function) for slot in found})
        if len(functions) > 1 and not _has_serial(found[0].record, hex_text(wanted)):
            raise UsageError("remove-several", name=wanted, functions=", ".join(functions))
        for slot in found:
            slots.remove(slot)
            removed.append(slot.record)
    return removed


def _require_removable(record: Record, records: list[Record], change: Change) -> None:
    if is_server_sast(record, records):
        raise RuleError("sast-stays", rule=3, subject=text_of(record.subject))
    if record.is_sast and holds(record, change.signer.certificate):
        raise RuleError("remove-signer", rule=2, title=change.signer.title)
    if any(_is_of(record, server) for server in change.servers if server.origin is Origin.CLUSTER):
        raise RuleError("server-in-cluster", rule=3, subject=text_of(record.subject))
    given = [server for server in change.servers if server.origin is Origin.GIVEN]
    named = [item.certificate for item in change.tokens] + [item.certificate for item in given]
    if any(holds(record, certificate) for certificate in named):
        raise UsageError("remove-and-name", subject=text_of(record.subject))


def _is_of(record: Record, server: Server) -> bool:
    return find_server([Slot(record, record)], server) is not None


def _to_remove(slots: list[Slot], wanted: str) -> list[Slot]:
    """Return the entries that are meant: by serial, else by DNS or common name."""
    found = [slot for slot in slots if _has_serial(slot.record, hex_text(wanted))]
    if not found:
        found = [slot for slot in slots if _has_name(slot.record, wanted)]
    if not found:
        function, _, name = wanted.partition(",")
        role = function.upper()
        of_role = [slot for slot in slots if function_name(slot.record.function) == role]
        found = [slot for slot in of_role if _has_name(slot.record, name)]
    if not found:
        raise UsageError("remove-not-found", serial=wanted)
    return found


def _has_serial(record: Record, wanted: str) -> bool:
    """Whether a record's serial is meant, in either byte order."""
    serial = record.serial or b""
    return bool(serial) and wanted in (hex_text(serial.hex()), hex_text(serial[::-1].hex()))


def _has_name(record: Record, name: str) -> bool:
    return bool(name) and name in (record.dns_name, title_of(record))


def _place_servers(slots: list[Slot], change: Change) -> Doubts:
    """Put each server's certificate in its place and return what is doubtful (rule 4)."""
    doubts = Doubts([], [])
    for server in sorted(change.servers, key=lambda item: list(Origin).index(item.origin)):
        slot = find_server(slots, server)
        if slot is not None and holds(slot.record, server.certificate):
            slot.given = True
            continue
        if slot is not None and slot.given and server.origin is Origin.GIVEN:
            raise UsageError(
                "server-twice",
                function=function_name(server.function),
                subject=server.certificate.common_name,
            )
        in_use = server.origin is Origin.CLUSTER
        if slot is None:
            slots.insert(
                _behind_servers(slots), _given(server_record(change.profile, server, None))
            )
        elif in_use and slot.given:
            doubts.stale.append((slot.record, server))
        elif server.origin is Origin.GIVEN or in_use or is_short(slot.record):
            slot.record = server_record(change.profile, server, slot.old)
            slot.given = True
        else:
            if not slot.given:
                doubts.stale.append((slot.record, server))
            continue
        if server.origin is Origin.FETCHED:
            doubts.fetched.append(server)
    return doubts


def _given(record: Record) -> Slot:
    slot = Slot(record)
    slot.given = True
    return slot


def _behind_servers(slots: list[Slot]) -> int:
    places = [at for at, slot in enumerate(slots) if not slot.record.is_sast]
    places += [at for at, slot in enumerate(slots) if slot.given]
    return max(places) + 1 if places else len(slots)


def _require_servers(slots: list[Slot], old: Sequence[Record], mode: Mode) -> None:
    """A list needs its servers, and their certificates when it is made or leaves non-secure.

    A present list that never had any stays as it is.
    """
    servers = [slot.record for slot in slots if slot.record.function == Function.CCM_TFTP]
    missing = [record for record in servers if is_short(record)]
    had = any(record.function == Function.CCM_TFTP for record in old)
    if not servers and (had or not old):
        raise RuleError("servers-needed", rule=4)
    if mode is Mode.MIXED and missing:
        raise RuleError("server-certificate-needed", rule=4, node=missing[0].dns_name or "")


def _place_tokens(slots: list[Slot], change: Change) -> list[Slot]:
    """Add the tokens that are no entries yet (rule 6)."""
    records = [slot.record for slot in slots]
    fresh = [
        Slot(make_record(change.profile, Function.SAST, token.certificate))
        for token in _all_tokens(change)
        if not _is_entry(records, token)
    ]
    if change.present is None:
        return [*fresh[:1], *slots, *fresh[1:]]
    return [*fresh, *slots]


def _require_sast(slots: list[Slot]) -> None:
    sast = [slot.record for slot in slots if slot.record.is_sast]
    different = {record.certificate or record.public_key for record in sast}
    if len(different) < _LEAST_SAST:
        raise RuleError("two-sast-stay", rule=3, count=len(different))


def _empty_servers(slots: list[Slot], change: Change) -> None:
    for slot in slots:
        if slot.record.function == Function.CCM_TFTP and not is_short(slot.record):
            slot.record = non_secure_record(change.profile, slot.record)


def _draft(change: Change, records: tuple[Record, ...]) -> Draft:
    own = next(item for item in records if item.is_sast and holds(item, change.signer.certificate))
    present = change.present
    digest = change.digest or (present.digest if present else Digest.SHA1)
    made = draft(
        change.profile,
        records,
        signer=change.signer.certificate,
        identity=identity_of(own),
        digest=digest,
        timestamp=change.timestamp,
        filename=(present.list.header.filename if present else "") or change.filename,
        signer_version=present.list.header.signer_version if present else None,
    )
    size = len(encode(made)) + 3 + made.signature_length
    if size > PHONE_LIMIT:
        raise RuleError("list-over-phone-limit", rule=0, size=size, limit=PHONE_LIMIT)
    return made
