"""Edits as differences: what undo and redo apply, small enough to be kept in the state.

Differences are computed on the state's plain data (`model_dump(mode="json")`), so they can be stored and
applied after a restart. A list that changed is stored as the slice that differs, never as the whole list.
"""

from __future__ import annotations

from typing import Any, Final

from rancher_tui.install.state import META_FIELDS, Change, InstallState, Splice

LIMIT: Final = 200
"""Edits kept for undo; older ones are forgotten."""
WEIGHT: Final = 1_000_000
"""Bytes of edits kept for undo, so that whole-table edits keep a save quick; the newest edit is always kept."""


def plain(state: InstallState) -> dict[str, Any]:
    """The operator's input as plain data: the state without cursor and history."""
    return state.model_dump(mode="json", exclude=set(META_FIELDS))


def differences(before: InstallState, after: InstallState) -> tuple[Splice, ...]:
    """What changed between two states, as splices that can be applied in both directions."""
    found: list[Splice] = []
    for field in InstallState.model_fields:
        if field in META_FIELDS:
            continue
        old, new = getattr(before, field), getattr(after, field)
        if old is not new and old != new:
            _compare((field,), _as_plain(old), _as_plain(new), found)
    return tuple(found)


def bounded(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The newest of `changes` that LIMIT and WEIGHT allow."""
    room = WEIGHT
    first = len(changes)
    for change in reversed(changes[-LIMIT:]):
        room -= len(change.model_dump_json())
        if room < 0 and first < len(changes):
            break
        first -= 1
    return changes[first:]


def demand_storable(state: InstallState) -> None:
    """ValueError (TypeError) when the state could not be read again once it is written: a field of another type,
    text that is no Unicode."""
    text = state.model_dump_json(exclude={"history", "future"}, warnings="none")
    InstallState.model_validate_json(text)


def _as_plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, (tuple, list)):
        return [_as_plain(item) for item in value]
    return value


def _compare(path: tuple[str, ...], before: Any, after: Any, found: list[Splice]) -> None:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key in before:
            _compare((*path, key), before[key], after[key], found)
    elif isinstance(before, list) and isinstance(after, list):
        _compare_lists(path, before, after, found)
    else:
        found.append(Splice(path=path, before=before, after=after))


def _compare_lists(path: tuple[str, ...], before: list[Any], after: list[Any], found: list[Splice]) -> None:
    shortest = min(len(before), len(after))
    head = next((index for index in range(shortest) if before[index] != after[index]), shortest)
    tail = 0
    while tail < shortest - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) == len(new) and all(isinstance(item, dict) for item in (*old, *new)):
        for index, (left, right) in enumerate(zip(old, new, strict=True), start=head):
            _compare((*path, str(index)), left, right, found)
    else:
        found.append(Splice(path=path, before=old, after=new, start=head))


def apply(state: InstallState, change: Change, *, backwards: bool) -> InstallState:
    """The state after `change`, or before it when `backwards`; history, cursor and version stay as they are.

    ValueError when the change does not fit the state (a damaged history).
    """
    data = plain(state)
    splices = reversed(change.splices) if backwards else iter(change.splices)
    for splice in splices:
        _replace(data, splice, backwards=backwards)
    kept = {field: getattr(state, field) for field in META_FIELDS}
    return InstallState.model_validate(data).model_copy(update=kept)


def _replace(data: dict[str, Any], splice: Splice, *, backwards: bool) -> None:
    here, there = (splice.after, splice.before) if backwards else (splice.before, splice.after)
    parent: Any = data
    try:
        for key in splice.path[:-1]:
            parent = parent[int(key)] if isinstance(parent, list) else parent[key]
        last: Any = int(splice.path[-1]) if isinstance(parent, list) else splice.path[-1]
        if splice.start < 0:
            if parent[last] != here:
                raise ValueError(f"history does not fit the state at {'.'.join(splice.path)}")
            parent[last] = there
            return
        items = parent[last]
        if items[splice.start : splice.start + len(here)] != here:
            raise ValueError(f"history does not fit the state at {'.'.join(splice.path)}")
        parent[last] = [*items[: splice.start], *there, *items[splice.start + len(here) :]]
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"history does not fit the state at {'.'.join(splice.path)}") from error
