"""The hand-over report written down, as Markdown or as one HTML file without anything from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assets import FOLDER
from rancher_tui.i18n import _, language
from rancher_tui.text import clean

KINDS: Final = ("md", "html")
LONGEST: Final = 600
"""Characters of a cell that are shown."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Where a step stands: its status, when it was looked at, how many findings passed, what did not."""

    number: int
    title: str
    status: str
    taken_at: str
    passed: int
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Handover:
    """What the report tells. Texts are uncleaned: `written` makes them safe."""

    session: str
    label: str
    fqdn: str
    made_at: datetime
    program: str
    entered: list[tuple[str, str]]
    proven: list[Proven]
    runs: list[list[str]]
    """Run, command, started, ended, state, exit code, verdict."""
    backups: list[list[str]]
    """Made, purpose, files, lacks, whole or damaged."""
    events: list[list[str]]
    """Time (UTC), who, what, about."""


def written(told: Handover, kind: str) -> str:
    """The report as `md` or `html`, in the language in use."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(str(FOLDER / "report")),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(_=_, language=language())
    environment.filters["cell"] = _markdown if kind == "md" else _plain
    return environment.get_template(f"report.{kind}.j2").render(told=told)


def _plain(text: object) -> str:
    return clean(str(text), LONGEST)


def _markdown(text: object) -> str:
    """Text that Markdown shows as it is, in a cell of a table too."""
    shown = _plain(text)
    for sign in "\\`*_{}[]<>#|~!$":
        shown = shown.replace(sign, f"&#{ord(sign)};" if sign in "<>|`" else f"\\{sign}")
    return shown or "-"
