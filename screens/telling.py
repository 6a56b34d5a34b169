"""Telling that a run ended, as the operator wants it: the bell, a message of the terminal; both off at first.

The command of his is run by whoever watched the run to its end (`operations.after_run`), also without screens.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rancher_tui.i18n import _
from rancher_tui.text import clean
from screens.witness_watch import AGAIN_FOR_S, WitnessWatch

if TYPE_CHECKING:
    from rancher_tui.install.state import InstallState
    from rancher_tui.rke.runs import RunStatus
    from screens.app import RancherApp
    from screens.services import Install


class EndWatch:
    """Sees a run of the open session end, whatever screen is shown, and has the witnesses asked."""

    def __init__(self, app: RancherApp) -> None:
        self._app = app
        self._live = ""
        self._seen = ""
        self.witnesses = WitnessWatch(app)

    def look(self, install: Install) -> None:
        """Remember the live run; tell when the one that was live is not any more."""
        status = install.run.status()
        name = f"{install.name} {status.run}"
        if status.live:
            self._live = name
        elif self._live == name:
            self._live = ""
            self._tell(install, status)
            if _builds(status):
                self.witnesses.begin()
        elif self._seen != name and self._unjudged(install, status):
            self.witnesses.begin()
        self._seen = name
        self.witnesses.look()

    def _unjudged(self, install: Install, status: RunStatus) -> bool:
        """True for a run that ended a short while ago, while nobody looked on."""
        since = datetime.now(UTC) - status.ended if status.ended else None
        fresh = since is not None and 0 <= since.total_seconds() < AGAIN_FOR_S
        judged = install.reports().get("verdict")
        return fresh and _builds(status) and (judged is None or bool(judged.facts.get("live")))

    def _tell(self, install: Install, status: RunStatus) -> None:
        notice = install.store.state.notice
        text = words(install.name, install.store.state, status)
        self._app.tell(text, "strong" if status.exit_code == 0 else "warn")
        if notice.bell:
            self._app.bell()
        sequence = message(notice.terminal.strip(), install.name, text, in_tmux=bool(os.environ.get("TMUX")))
        driver = self._app._driver
        if sequence and driver is not None and not self._app.is_headless:
            driver.write(sequence)
            driver.flush()


def _builds(status: RunStatus) -> bool:
    """True for `rke up`: only after that Rancher may be up."""
    return "up" in status.argv[1:]


def words(name: str, state: InstallState, status: RunStatus) -> str:
    """One line that says which run ended how."""
    how = _("exit code {code}").format(code=status.exit_code) if status.exit_code is not None else status.state
    label = f" {state.label}" if state.label else ""
    return clean(
        _("{name}{label}: rke ended, {how}; step 11 tells whether Rancher is up").format(
            name=name, label=label, how=how
        )
    )


def message(kind: str, title: str, text: str, *, in_tmux: bool = False) -> str:
    """The escape sequence that has the terminal tell `text` (OSC 9 or OSC 777); empty for any other kind.

    tmux hands it on when it is wrapped and its option allow-passthrough is on.
    """
    title, text = (clean(part).replace(";", ",") for part in (title, text))
    if kind == "osc9":
        sequence = f"\x1b]9;{text}\x07"
    elif kind == "osc777":
        sequence = f"\x1b]777;notify;{title};{text}\x07"
    else:
        return ""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\" if in_tmux else sequence
