"""The load balancer of an open session: its configuration shown and written, judged, rehearsed, probed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rancher_tui.desks.operate import failed, operate, written
from rancher_tui.files import make_folder
from rancher_tui.finding import Finding
from rancher_tui.i18n import EMPTY, Message, msg

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from rancher_tui.balancer.write import Written
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


@dataclass(frozen=True, slots=True)
class Marked:
    """One line of a configuration, and whether it is another one than before."""

    text: str
    changed: bool


@dataclass(slots=True)
class BalancerDesk:
    """What the load balancer screen asks for."""

    session: Session
    store: Store
    facts: dict[str, Any] = field(default_factory=dict)
    """What the rehearsal or probe that is under way, or was last, has learnt."""
    _first: dict[str, str] = field(default_factory=dict)

    def _written(self) -> Written | Message:
        from rancher_tui.balancer.write import RefusedError, write

        try:
            return write(self.store.state, self.store.state.balancer.kind)
        except RefusedError as error:
            return error.findings[0].title
        except ValueError:
            return msg("no such kind of load balancer")

    def usual_paths(self) -> tuple[str, str]:
        """Where a load balancer of this kind has certificate and key when nothing is typed."""
        from rancher_tui.balancer.paths import usual

        return usual(self.store.state.balancer.kind)

    def text(self) -> str | Message:
        """The configuration, or why there is none."""
        made = self._written()
        return made if isinstance(made, Message) else made.text

    def notes(self) -> Sequence[Message]:
        """What the operator must know beside the configuration."""
        made = self._written()
        return () if isinstance(made, Message) else made.notes

    def lines(self) -> Sequence[Marked] | Message:
        """The configuration line by line; marked are those that are not in the written file, or edited since."""
        from difflib import SequenceMatcher

        text = self.text()
        if isinstance(text, Message):
            return text
        before, now = self._before(text).splitlines(), text.splitlines()
        same: set[int] = set()
        for block in SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks():
            same |= set(range(block.b, block.b + block.size))
        return [Marked(line, number not in same) for number, line in enumerate(now)]

    def _before(self, text: str) -> str:
        """What was written last, else what was shown first."""
        from rancher_tui.balancer.write import Part, joined

        place = Path(self.file())
        try:
            if not self.several():
                return place.read_text("utf-8", "replace")
            return joined([Part(name, (place / name).read_text("utf-8", "replace")) for name in self._names()])
        except OSError:
            return self._first.setdefault(self.store.state.balancer.kind, text)

    def _names(self) -> tuple[str, ...]:
        from rancher_tui.balancer.write import FILES

        return FILES.get(self.store.state.balancer.kind, ("balancer.conf",))

    def several(self) -> bool:
        """Whether this kind takes several files, which are written into a folder."""
        return len(self._names()) > 1

    def file(self) -> str:
        """Where the configuration is written when nothing else is said: a file, or the folder of several."""
        name = self.store.state.balancer.kind if self.several() else self._names()[0]
        return str(self.session.path / name)

    def write(self, path: str) -> Sequence[Finding]:
        """Write the configuration; what is there is kept under a dated name."""
        made = self._written()
        if isinstance(made, Message):
            return [failed("balancer", "cannot-write", made)]
        place = Path(path).expanduser()
        if not self.several():
            return operate("balancer", lambda: written(place, made.text))

        def each() -> Message:
            make_folder(place)
            for part in made.parts:
                written(place / part.name, part.text)
            names = ", ".join(part.name for part in made.parts)
            return msg("{names} are written into {folder}", names=names, folder=str(place))

        return operate("balancer", each)

    def why_no_file(self, path: str) -> Message:
        """Why there is nothing to read at a path; empty where there is a file."""
        if not path.strip():
            return msg("a path is needed")
        file = Path(path.strip()).expanduser()
        return EMPTY if file.is_file() else msg("there is no file {path}", path=str(file))

    async def judge_file(self, path: str) -> Sequence[Finding]:
        """What lint says about a configuration that is there."""
        from rancher_tui.balancer.lint import lint

        try:
            report = await lint(Path(path).expanduser(), self.store.state.fqdn)
        except OSError as error:
            title = msg("{path} cannot be read: {error}", path=path, error=error.strerror or str(error))
            return [failed("balancer-lint", "cannot-read", title)]
        return report.findings

    def notice(self) -> Sequence[Message]:
        """What a rehearsal does on the nodes, to be shown before its yes."""
        from rancher_tui.balancer.rehearse import notice

        return notice(self.store.state)

    def at_most(self, idle: float) -> float:
        """Seconds after which a rehearsal is over, whatever answers."""
        from rancher_tui.balancer.rehearse import AT_MOST

        return idle + AT_MOST

    async def rehearse(self, idle: float) -> AsyncGenerator[Finding, None]:
        """Rehearse with `idle` seconds of silence; the echo servers are gone when it ends, however it does."""
        from contextlib import aclosing

        from rancher_tui.operations.rehearsing import rehearsal

        self.facts = {}
        self.session.journal("rehearse", idle=idle)
        async with aclosing(rehearsal(self.session, self.store.state, idle=idle, facts=self.facts)) as found:
            async for finding in found:
                yield finding

    async def probe(self) -> AsyncGenerator[Finding, None]:
        """Ask Rancher through the balancer and name the hop that is to blame (`facts["hop"]`)."""
        from contextlib import aclosing

        from rancher_tui.proofs.balancer import ca_pem, probe_of, probing
        from rancher_tui.proofs.balancer_remedies import fitting

        try:
            asked = probe_of(self.store.state)
        except ValueError as error:
            yield failed("probe", "value-missing", msg("{words}", words=str(error)))
            return
        self.facts = asked.facts
        kind = self.store.state.balancer.kind
        async with aclosing(probing(asked, ca_pem(self.store.state))) as found:
            async for finding in found:
                yield fitting(finding, kind, self.session.name, asked.front)

    def rehearsed(self) -> Mapping[str, Any]:
        """What the rehearsal of now, else the last one, saw: `headers`, `spread`, `nodes`."""
        if self.facts.get("headers"):
            return self.facts
        report = self.session.reports().get("rehearse")
        return report.facts if report else {}
