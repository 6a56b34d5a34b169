"""The command dns: a name looked up from every vantage, once or until all agree."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rancher_tui.commands.options import Json, Strict
from rancher_tui.commands.output import (
    OK,
    CallError,
    exit_code,
    print_finding,
    print_line,
    print_report,
    say,
    table,
)
from rancher_tui.commands.waiting import wait_for
from rancher_tui.i18n import _, msg
from rancher_tui.text import clean

if TYPE_CHECKING:
    from rancher_tui.dns.watch import Round
    from rancher_tui.finding import Finding, Report


def dns(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name to look up.")],
    expect: Annotated[
        list[str] | None,
        typer.Option("--expect", metavar="ADDR|NAME", help="What it should lead to; may be repeated."),
    ] = None,
    server: Annotated[
        list[str] | None, typer.Option("--server", metavar="ADDR[:PORT]", help="Ask only these; may be repeated.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="S", help="Seconds for one question to one server.")
    ] = 5.0,
    watch: Annotated[
        bool, typer.Option("--watch", help="Ask again until all agree, for an hour at most.")
    ] = False,
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Look a name up from every vantage and compare the answers.

    Example: rancher-tui dns rancher.example.com --expect 203.0.113.10
    """
    from rancher_tui.dns.check import check as look_up
    from rancher_tui.dns.verdict import verdict
    from rancher_tui.finding import Report
    from rancher_tui.transport.name_servers import BadServerError, parse_server

    expected, servers = _each(expect), _each(server)
    for text in servers:
        try:
            parse_server(text)
        except BadServerError as error:
            raise CallError(error.message) from error
    if not 0 < timeout <= 3600:
        raise CallError(msg("--timeout takes a number of seconds above 0"))
    if watch:
        return wait_for(_watch(name, expected, servers, timeout, as_json=as_json, strict=strict))

    async def collect() -> Report:
        facts: dict[str, Any] = {}
        found = look_up(name, expected=expected, servers=servers, timeout=timeout, facts=facts)
        return Report("dns", tuple([finding async for finding in found]), facts, step=3)

    report = wait_for(collect())
    if not as_json:
        _say_vantages(report)
    code = print_report(report, as_json=as_json, strict=strict)
    if not as_json:
        say(f"{clean(name)}: {verdict(report.findings, report.facts)}")
    if not as_json and {"nxdomain", "no-address", "wrong-address", "partly-wrong-address"} & set(report.codes()):
        _say_record(name, expected)
    return code


def _each(texts: list[str] | None) -> list[str]:
    """Every value given; several in one text are told apart by commas and blanks."""
    return [part for text in texts or [] for part in text.replace(",", " ").split()]


def _say_vantages(report: Report) -> None:
    """What each vantage answered; the whole answer where there is but one."""
    vantages = report.facts.get("vantages") or []
    if len(vantages) == 1 and vantages[0].get("nslookup"):
        say("\n".join(clean(line) for line in str(vantages[0]["nslookup"]).splitlines()))
        return
    rows = [
        [
            str(vantage["vantage"]),
            str(vantage["rcode"]),
            " -> ".join([*vantage["chain"], ", ".join(vantage["addresses"]) or "-"]),
            "-" if vantage["ttl"] is None else str(vantage["ttl"]),
            "-" if vantage["rtt_ms"] is None else f"{vantage['rtt_ms']:g}",
        ]
        for vantage in vantages
    ]
    if rows:
        say("\n".join(table(rows, [_("vantage"), _("answer"), _("addresses"), _("TTL"), _("ms")])))
        say()


def _say_record(name: str, expected: list[str]) -> None:
    """The record to create, where it is known what it should hold."""
    from rancher_tui.dns.names import BadNameError
    from rancher_tui.dns.records import creation

    if not expected:
        return
    with suppress(BadNameError, ValueError):
        made = creation(name, " ".join(expected))
        say(_("The record to create:"))
        say(clean(made.bind.rstrip("\n").replace("\t", " ")))


async def _watch(
    name: str, expected: list[str], servers: list[str], patience: float, *, as_json: bool, strict: bool
) -> int:
    """Findings where they are new or other than before; the report of the last round at the end."""
    import asyncio

    from rancher_tui.dns.watch import Round
    from rancher_tui.dns.watch import watch as rounds

    before: set[tuple[str, str, str]] = set()
    now: set[tuple[str, str, str]] = set()
    counting: asyncio.Task[None] | None = None
    code = OK
    try:
        async for told in rounds(name, expected=expected, servers=servers, timeout=patience):
            if counting is not None:
                counting.cancel()
                counting = None
                _status_line("")
            if not isinstance(told, Round):
                key = (told.code, told.subject, told.title.english)
                now.add(key)
                if key not in before:
                    _print_new(told, as_json)
                continue
            before, now = now, set()
            code = exit_code(told.report.findings, strict=strict)
            if told.next_in is not None and not as_json:
                counting = asyncio.create_task(_count_down(told))
            elif told.next_in is None and as_json:
                print_line(told.report.to_json())
            elif told.next_in is None:
                say(str(told.report.summary))
    finally:
        if counting is not None:
            counting.cancel()
    return code


def _print_new(finding: Finding, as_json: bool) -> None:
    if as_json:
        print_line(finding.to_json())
    else:
        print_finding(finding)


async def _count_down(turn: Round) -> None:
    """One line that counts down on a terminal; elsewhere it is said once a round."""
    import asyncio

    text = _("round {number}: {summary}; asks again in {seconds} s")
    left = int(turn.next_in or 0)
    if not sys.stderr.isatty():
        say(text.format(number=turn.number, summary=turn.report.summary, seconds=left))
        return
    while left > 0:
        _status_line(text.format(number=turn.number, summary=turn.report.summary, seconds=left))
        await asyncio.sleep(1)
        left -= 1


def _status_line(text: str) -> None:
    """Draw the line in place; nothing where standard error is no terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{clean(text)}\x1b[K")
        sys.stderr.flush()
