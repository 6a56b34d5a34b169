"""Store: holds the current state, the only place that changes it. Saves it, then tells subscribers.

A raw secret never gets into the state, by whatever way it comes: the session keeps it apart, and the state and its
history hold a reference.

An edit is durable before `edit` returns. When it cannot be saved (full disk, lost folder) the edit stands in
memory, `Store.unsaved` says why, and every later edit tries again: nothing the operator typed is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from rancher_tui.install import history
from rancher_tui.install.state import Change, Cursor, InstallState, Splice

Subscriber = Callable[[InstallState], None]


class ReadOnlyError(Exception):
    """The session is looked on, not held: another program holds it, or it is of a newer version."""


class Saver(Protocol):
    """What the store needs of a session."""

    @property
    def writable(self) -> bool: ...

    def save(self, state: InstallState) -> None: ...

    def kept_apart(self, state: InstallState) -> InstallState: ...

    def journal(self, action: str, /, **details: object) -> None: ...


class Store:
    """The current state of one session, its history and its subscribers."""

    def __init__(self, state: InstallState, session: Saver) -> None:
        self._state = state
        self._session = session
        self._subscribers: list[Subscriber] = []
        self.unsaved: OSError | None = None

    @property
    def state(self) -> InstallState:
        """The state as it is now; frozen, so it can be kept and compared."""
        return self._state

    @property
    def writable(self) -> bool:
        """False when this program only looks on."""
        return self._session.writable

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber` with the new state after every change; the answer ends that."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def edit(self, name: str, change: Callable[[InstallState], InstallState]) -> InstallState:
        """Apply `change` as one edit that undo takes back; `name` says in a few words what it did.

        Nothing happens when the state stays equal. ReadOnlyError when the session is only looked on, ValueError
        when the new state could not be stored (a field of another type, text that is no Unicode), SecretError when
        a secret cannot be kept apart.
        """
        self._demand_writable()
        before = self._session.kept_apart(self._state)
        changed = change(before)
        if not history.differences(before, changed):
            return self._state
        history.demand_storable(changed)
        changed = self._session.kept_apart(changed)
        splices = history.differences(before, changed)
        if not splices:
            return self._state
        entry = Change(name=name, time=datetime.now(UTC).isoformat(timespec="seconds"), splices=splices)
        past = history.bounded((*self._state.history, entry))
        self._replace(changed.model_copy(update={"history": past, "future": ()}), "edit", name, splices=splices)
        return self._state

    def update(self, name: str, **fields: object) -> InstallState:
        """`edit` that replaces whole top-level fields: `update("set the FQDN", fqdn="…")`."""
        return self.edit(name, lambda state: state.model_copy(update=fields))

    def undo(self) -> Change | None:
        """Take the last edit back; None when there is nothing to take back.

        A history that does not fit the state (a damaged file) is forgotten, and the state stays.
        """
        self._demand_writable()
        if not self._state.history:
            return None
        *past, last = self._state.history
        try:
            before = history.apply(self._state, last, backwards=True)
        except ValueError as error:
            self._forget("history", error)
            return None
        future = (*self._state.future, last)
        self._replace(before.model_copy(update={"history": tuple(past), "future": future}), "undo", last.name)
        return last

    def redo(self) -> Change | None:
        """Make the last undone edit again; None when there is none, or none that fits the state."""
        self._demand_writable()
        if not self._state.future:
            return None
        *rest, following = self._state.future
        try:
            after = history.apply(self._state, following, backwards=False)
        except ValueError as error:
            self._forget("future", error)
            return None
        past = (*self._state.history, following)
        self._replace(after.model_copy(update={"history": past, "future": tuple(rest)}), "redo", following.name)
        return following

    def rename_last(self, name: str) -> None:
        """Give the newest edit another name and save; undo takes it back as before."""
        self._demand_writable()
        *past, last = self._state.history
        renamed = (*past, last.model_copy(update={"name": name}))
        self._state = self._state.model_copy(update={"history": renamed})
        self.save()

    def move_cursor(self, cursor: Cursor) -> None:
        """Remember where the operator is. Saved with the next edit or `save`; no edit, nobody is told."""
        self._state = self._state.model_copy(update={"cursor": cursor})

    def save(self) -> None:
        """Write the state now (before leaving); an OSError is kept in `unsaved`."""
        if not self._session.writable:
            return
        try:
            self._session.save(self._state)
            self.unsaved = None
        except OSError as error:
            self.unsaved = error

    def reload(self, state: InstallState) -> None:
        """Show a state that another program saved (looking on)."""
        self._state = state
        self._tell()

    def _demand_writable(self) -> None:
        if not self._session.writable:
            raise ReadOnlyError

    def _replace(self, state: InstallState, action: str, name: str, splices: tuple[Splice, ...] = ()) -> None:
        self._state = state
        self.save()
        fields = sorted({".".join(splice.path[:1]) for splice in splices})
        self._session.journal(action, edit=name, **({"fields": fields} if fields else {}))
        self._tell()

    def _forget(self, field: str, error: ValueError) -> None:
        self._replace(self._state.model_copy(update={field: ()}), "history-forgotten", str(error))

    def _tell(self) -> None:
        """Every subscriber hears of a change, also when one before it fails; the first failure is then raised."""
        failures: list[Exception] = []
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(self._state)
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]
