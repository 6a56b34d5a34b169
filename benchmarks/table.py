"""The one table of all figures: as aligned text, and as the page docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from benchmarks.figures import Figure, Limit, Row

HEAD = ("what", "ours", "reach", "beside it", "its figure", "ratio", "reached", "n")
_SIGN = {True: "yes", False: "NO: MISSED", None: "-"}


def number(value: float) -> str:
    """Three digits that count; whole numbers from a hundred on."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"


def quantity(value: float, unit: str) -> str:
    """A figure with its unit; a bare number where the row counts things."""
    return f"{number(value)} {unit}".rstrip()


def reach(limit: Limit | None, unit: str) -> str:
    """The limit in signs."""
    if limit is None:
        return ""
    sign, bound = ">=" if limit.least else "<=", quantity(limit.bound, unit)
    return {
        "figure": f"{sign} {bound}",
        "ratio": f"{sign} {number(limit.bound)}x",
        "excess": f"{sign} peer + {bound}",
    }[limit.of]


def cells(figure: Figure) -> list[tuple[str, ...]]:
    """One line a peer, the figure's own cells in the first only; one line for a figure without peers."""
    row = figure.row
    if figure.ours is None:
        return [(row.what, f"not measured: {figure.why}", reach(row.limit, row.unit), "", "", "", "-", "")]
    own = (row.what, quantity(figure.ours, row.unit), reach(row.limit, row.unit))
    last = (_SIGN[figure.reached], figure.times)
    lines = []
    for peer in figure.peers:
        ratio = figure.ratio(peer)
        theirs = quantity(peer.figure, row.unit) if peer.figure is not None else peer.absent
        lines.append((peer.name, theirs, f"{number(ratio)}x" if ratio is not None else ""))
    first, *others = lines or [("", "", "")]
    return [(*own, *first, *last), *(("", "", "", *other, "", "") for other in others)]


def text(figures: Sequence[Figure]) -> str:
    """The table, its columns aligned; long words of an absent peer or figure stand below it."""
    lines = [line for figure in figures for line in cells(figure)]
    below = [f"{figure.row.what}: not measured: {figure.why}" for figure in figures if figure.why]
    below += [f"{peer.name}: {peer.absent}" for figure in figures for peer in figure.peers if peer.absent]
    short = [tuple(_short(cell) for cell in line) for line in [HEAD, *lines]]
    widths = [max(len(line[at]) for line in short) for at in range(len(HEAD))]
    aligned = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in short]
    return "\n".join([*(line.rstrip() for line in aligned), *dict.fromkeys(below)]) + "\n"


def _short(cell: str) -> str:
    return "not measured" if cell.startswith("not measured") else "not here" if len(cell) > 60 else cell


def summary(figures: Sequence[Figure]) -> str:
    """How many limits are kept, and which are not."""
    held = [figure for figure in figures if figure.row.limit]
    missed = [figure.row.what for figure in held if figure.reached is False]
    unknown = [figure.row.what for figure in held if figure.reached is None]
    told = f"{sum(figure.reached is True for figure in held)} of {len(held)} limits reached"
    told += f"; missed: {', '.join(missed)}" if missed else ""
    return told + (f"; not known: {', '.join(unknown)}" if unknown else "")


def page(figures: Sequence[Figure], facts: Mapping[str, str], versions: Mapping[str, str], day: date) -> str:
    """docs/benchmarks.md."""
    table = ["| " + " | ".join(line) + " |" for line in [HEAD, *(line for f in figures for line in cells(f))]]
    table.insert(1, "|" + "---|" * len(HEAD))
    notes = [f"- {figure.row.what}: {figure.note}." for figure in figures if figure.note]
    return "\n".join(
        [
            "# Figures",
            "",
            "`make bench` measures all of this anew and writes this page; `python -m benchmarks ROW…` measures "
            "some rows only. Every peer that is here runs in the same run as ours, beside it or in turn with it: "
            "the ratios tell more than the figures, which are this machine's. A ratio is ours divided by the "
            "peer's. "
            "No test asserts a figure.",
            "",
            f"{summary(figures)}.",
            "",
            *table,
            "",
            *notes,
            "",
            "## The machine",
            "",
            f"Measured on {day.isoformat()}.",
            "",
            *(f"- {name}: {told}" for name, told in facts.items()),
            f"- versions: {', '.join(f'{name} {told}' for name, told in versions.items())}",
            "",
            "## How each is measured",
            "",
            "Medians, where nothing else is said. Rows without a limit in the column *reach* are there to be "
            "watched. `NAME` is what `python -m benchmarks NAME` calls the row.",
            "",
            "| NAME | what | how |",
            "|---|---|---|",
            *(_how(figure.row) for figure in figures),
            "",
        ]
    )


def _how(row: Row) -> str:
    return f"| `{row.name}` | {row.what} | {row.how} |"
