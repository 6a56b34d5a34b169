"""Commands about the rke binary: judge it, fetch a release; and adopt: a cluster that rke built elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName, Strict
from rancher_tui.commands.output import BAD, CallError, note, print_report
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import EMPTY, _, msg
from rancher_tui.text import clean

if TYPE_CHECKING:
    from rancher_tui.finding import Report


def rke(
    session: Annotated[str | None, typer.Option("--session", metavar="SESSION", help="Whose binary.")] = None,
    fetch: Annotated[
        str | None,
        typer.Option("--fetch", metavar="VERSION", help="Download this release and verify its SHA-256."),
    ] = None,
    mirror: Annotated[
        str | None, typer.Option("--mirror", metavar="URL", help="Fetch from URL/VERSION/ instead of the release.")
    ] = None,
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", metavar="HEX", help="The sum to hold it against, instead of the release's."),
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to put it; ./rke if left out.")
    ] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Find the rke binary (session, PATH) and judge it; with --fetch download one first.

    Example: rancher-tui rke --session prod --fetch v0.1.16
    """
    from rancher_tui.rke import binary

    if session is not None:
        held, state = context.look_on(session)
        given, folder, wanted = state.rke.binary, held.path, state.rke.version.strip()
    else:
        given, folder, wanted = "", Path("/nonexistent"), ""
    if fetch is None:
        if mirror or sha256 or output:
            raise CallError(msg("--mirror, --sha256 and -o belong to --fetch VERSION"))
        return print_report(wait_for(_judged(binary.find(given, folder), wanted)), as_json=as_json, strict=strict)
    target = Path(output).expanduser() if output else folder / "rke" if session is not None else Path("rke")
    report = wait_for(_fetched(fetch, target.absolute(), mirror, sha256))
    if session is not None and given.strip() and report.ok:
        note(_("the session runs {path}; clear rke.binary to use the one that was fetched").format(path=given))
    return print_report(report, as_json=as_json, strict=strict)


async def _judged(found: Path | None, wanted: str) -> Report:
    from rancher_tui.finding import Finding, Report, Status
    from rancher_tui.rke import binary

    if found is None:
        title = msg("no rke binary: neither a path given, nor in the session, nor on PATH")
        remedy = msg("rancher-tui rke --fetch VERSION")
        missing = Finding(Status.FAIL, "rke-missing", "rke", title, remedy=remedy, check="rke", step=4)
        return Report("rke", (missing,), {}, step=4)
    facts: dict[str, Any] = {}
    judged = binary.judge(found, wanted=wanted, facts=facts)
    return Report("rke", tuple([finding async for finding in judged]), facts, step=4)


async def _fetched(version: str, target: Path, mirror: str | None, sha256: str | None) -> Report:
    """Fetch and judge: the report names the sum and the file, or why nothing was installed."""
    from rancher_tui.finding import Finding, Report, Status
    from rancher_tui.operations.fetching import fetched
    from rancher_tui.rke.fetch import FetchError

    facts: dict[str, Any] = {}
    try:
        kept = await fetched(
            version, target, mirror=mirror or "", sha256=sha256 or "", facts=facts, tell=_progress
        )
    except FetchError as error:
        if error.code == "bad-version":
            raise CallError(error.message) from error
        failed = Finding(Status.FAIL, error.code, "rke", error.message, check="rke", step=4)
        return Report("rke", (failed,), facts, step=4)
    except OSError as error:
        raise CallError(msg("{path} cannot be written: {error}", path=str(target), error=str(error))) from error
    title = msg("rke {version} is fetched, its SHA-256 is that of the release", version=version)
    detail = msg("the file before it is {name}", name=kept.name) if kept else EMPTY
    done = Finding(Status.PASS, "rke-fetched", str(target), title, detail, check="rke", step=4)
    judged = await _judged(target, version)
    return Report("rke", (done, *judged.findings), {**facts, **judged.facts}, step=4)


def _progress(text: str, *, last: bool) -> None:
    """A line that is written over on a terminal; off a terminal only what is final."""
    if sys.stderr.isatty():
        print(f"\r{clean(text):<72}", end="\n" if last else "", file=sys.stderr, flush=True)
    elif last:
        note(text)


def adopt(
    session: SessionName,
    cluster_file: Annotated[
        str, typer.Argument(metavar="CLUSTER_FILE", help="The file the cluster was built from.")
    ],
    kubeconfig: Annotated[
        str | None,
        typer.Option("--kubeconfig", metavar="FILE", help="If it does not lie beside the cluster file."),
    ] = None,
    state_file: Annotated[
        str | None, typer.Option("--state", metavar="FILE", help="The .rkestate, if it does not lie beside it.")
    ] = None,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Take a cluster that stands already into a session: its files are copied and verified, nothing is run.

    Afterwards: verdict looks at it, backup copies it, plan says what a run would do.
    Example: rancher-tui adopt old-prod rancher-cluster.yml
    """
    from rancher_tui.operations.adopting import Source
    from rancher_tui.operations.adopting import adopt as take_in
    from rancher_tui.proofs.adopted import verified
    from rancher_tui.proofs.inputs import OperationError

    def path(given: str | None) -> Path | None:
        return Path(given).expanduser() if given else None

    source = Source(Path(cluster_file).expanduser(), path(kubeconfig), path(state_file))
    try:
        made = take_in(context.home(), session, source)
    except OperationError as error:
        if error.code in ("cannot-read", "cannot-make", "cannot-write"):
            raise CallError(error.message) from error
        note(str(error.message))
        return BAD
    note(_("made {session} in {path}").format(session=session, path=made.path))
    return print_report(verified(made), as_json=as_json, strict=strict)
