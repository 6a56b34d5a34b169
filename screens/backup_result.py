"""Step 12: keep what the run left, see how old each copy is and what it lacks, try a restore, hand over."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from rancher_tui.desks.backups import Kept
from rancher_tui.finding import Finding
from rancher_tui.i18n import _, ngettext
from rancher_tui.operations.keeping import snapshots
from rancher_tui.text import clean
from rancher_tui.wording.vocabulary import word
from screens.background import in_background
from screens.form_screen import FormScreen
from screens.look.signs import signs
from screens.look.words import shown
from screens.outcome import tell_findings
from screens.widgets.lines import Line, fit

SHOWN = 20
"""Backups that the screen lists, the newest first."""


class BackupResultScreen(FormScreen):
    """The files that must not be lost, and their copies."""

    PLACE = "backup-result"

    def panel_lines(self, cells: int) -> list[Line]:
        if self.rancher.install is None:
            return []
        desk = self.rancher.session.backups
        rows: list[Line] = [[("", "plain")], [(_(" Without these files the cluster cannot be managed:"), "dim")]]
        for name, there in desk.result_files():
            sign, word = (signs().done, _("there")) if there else (signs().empty, _("not there yet"))
            rows.append([(f"   {fit(clean(name), 40)}", "plain"), (f"{sign} {word}", "pass" if there else "dim")])
        rows += self._copies(desk.kept(), cells)
        return [*rows, *self._snapshots()]

    def _copies(self, kept: list[Kept], cells: int) -> list[Line]:
        place = clean(self.rancher.session.backups.folder)
        told = fit(_("Copies in {folder}").format(folder=place), max(10, cells - 2))
        rows: list[Line] = [[("", "plain")], [(" ", "plain"), (told, "dim")]]
        if not kept:
            return [*rows, [(_("   none yet; b makes one"), "warn")]]
        room = max(0, cells - 42)
        for copy in kept[:SHOWN]:
            count = ngettext("{number} file", "{number} files", copy.files).format(number=copy.files)
            told, ink = _worth(copy)
            rows.append(
                [
                    (f"   {fit(age(copy.age_s), 15)}", "plain"),
                    (fit(clean(word(copy.purpose)), 12), "plain"),
                    (fit(count, 10), "dim"),
                    (told if cell_len(told) <= room else fit(told, room), ink),
                ]
            )
        if len(kept) > SHOWN:
            rows.append([(_("   and {number} older").format(number=len(kept) - SHOWN), "dim")])
        return rows

    def _snapshots(self) -> list[Line]:
        """Where etcd's own snapshots lie, which are on the nodes and in no copy of ours."""
        state = self.rancher.state
        told = snapshots(state) if state else {}
        if not told.get("enabled"):
            return [[("", "plain")], [(" ", "plain"), (_("etcd takes no snapshots (step 10)"), "warn")]]
        count = len(told["nodes"])
        where = ngettext(
            "etcd on {count} node is told to keep a snapshot in {folder}, every {every}.",
            "etcd on {count} nodes is told to keep a snapshot in {folder}, every {every}.",
            count,
        ).format(count=count, folder=told["folder"], every=clean(told["every"]))
        beside = _("Restoring one needs {file} from there too (rke before v0.2).")
        texts = (where, beside.format(file=told["beside_them"]))
        return [[("", "plain")], *([(" ", "plain"), (text, "dim")] for text in texts)]

    def do_back_up(self) -> None:
        from screens.dialogs.secret_asking import AskSecret

        if self.rancher.session.backups.needs_passphrase:
            question = _(
                "A passphrase for the second copy. It is stored nowhere: without it nobody opens the copy."
            )
            self.app.push_screen(AskSecret(question), self._back_up_sealed)
        else:
            self._begin("")

    def _back_up_sealed(self, passphrase: str | None) -> None:
        if passphrase:
            self._begin(passphrase)
        elif passphrase is not None:
            self.note(_("an empty passphrase protects nothing"), "warn")

    def _begin(self, passphrase: str) -> None:
        self.note(_("copying"))
        in_background(self, self._copying, passphrase, group="backup")

    async def _copying(self, passphrase: str) -> None:
        found = await self.rancher.session.backups.result(passphrase)
        state = self.rancher.state
        if any(finding.bad for finding in found) or state is None:
            self._tell_found(found)
            return
        elsewhere = bool(state.copies.to.strip())
        told = shown(found[0].title) if elsewhere else _("copied and verified")
        self.rancher.checks.start([12], told)
        self.draw_panel()

    def do_rehearse_restore(self) -> None:
        self.note(_("restoring the newest copy for trial"))
        in_background(self, self._rehearsing, group="backup")

    async def _rehearsing(self) -> None:
        self._tell_found(await self.rancher.session.backups.rehearse())

    def _tell_found(self, found: Sequence[Finding]) -> None:
        if self.is_mounted:
            tell_findings(self.rancher, found)
            self.draw_panel()


def _worth(copy: Kept) -> tuple[str, str]:
    """What a copy lacks, or what came of its trial; with the ink of that."""
    if copy.lacks:
        return _("lacks {names}").format(names=", ".join(map(clean, copy.lacks))), "warn"
    if copy.tried is None:
        return "", "dim"
    return (_("tried: whole"), "pass") if copy.tried else (_("tried: not whole"), "fail")


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits: `3 days ago`."""
    days, hours, minutes = (int(seconds // size) for size in (86_400, 3_600, 60))
    if seconds < 0:
        return _("in the future")
    if days:
        return ngettext("{number} day ago", "{number} days ago", days).format(number=days)
    if hours:
        return ngettext("{number} hour ago", "{number} hours ago", hours).format(number=hours)
    if minutes:
        return ngettext("{number} minute ago", "{number} minutes ago", minutes).format(number=minutes)
    return _("just now")
