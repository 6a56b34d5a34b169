"""Commands about files: nodes, export, diff, lint, versions, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rancher_tui.commands import context
from rancher_tui.commands.options import Json, SessionName, Strict
from rancher_tui.commands.output import (
    CallError,
    exit_code,
    finding_line,
    note,
    print_finding,
    print_json,
    say,
    table,
)
from rancher_tui.i18n import _, msg

if TYPE_CHECKING:
    from rancher_tui.finding import Finding


def nodes(
    session: SessionName,
    paste: Annotated[
        str | None, typer.Option("--paste", metavar="FILE|-", help="Add hosts from any pasteable form.")
    ] = None,
    delete: Annotated[
        list[str],
        typer.Option(
            "--delete", metavar="NODE", help="Take a node (address, name or number) out; may be repeated."
        ),
    ] = [],  # noqa: B006 - typer reads the default
    as_json: Json = False,
    strict: Strict = False,
) -> int:
    """Show the node table, or add pasted hosts (lines, CSV, /etc/hosts, Ansible inventory, a nodes: block).

    Example: rancher-tui nodes prod --paste hosts.txt
    """
    from rancher_tui.install import node_rules

    if delete:
        _delete(session, delete)
    not_understood = _paste(session, paste) if paste is not None else []
    _held, state = context.look_on(session)
    found = [*not_understood, *node_rules.cells(state), *node_rules.table(state)]
    if as_json:
        print_json(
            {
                "session": session,
                "nodes": [node.model_dump(mode="json") for node in state.nodes],
                "findings": [finding.to_json() for finding in found],
            }
        )
        return exit_code(found, strict=strict)
    rows = [
        [
            str(number),
            node.address,
            node.user or "-",
            ",".join(node.roles),
            node.port or "22",
            node.ssh_key_path or "-",
        ]
        for number, node in enumerate(state.nodes, 1)
    ]
    for line in table(rows, ["#", _("address"), _("user"), _("roles"), _("port"), _("ssh key")]):
        say(line)
    for finding in found:
        print_finding(finding)
    return exit_code(found, strict=strict)


def _delete(session: str, names: list[str]) -> None:
    from rancher_tui.commands.fleet import chosen
    from rancher_tui.install.state import InstallState

    with context.hold(session) as (_held, store):
        out = set(chosen(store.state, names))

        def without(state: InstallState) -> InstallState:
            kept = tuple(node for number, node in enumerate(state.nodes, 1) if number not in out)
            return state.model_copy(update={"nodes": kept})

        edit = f"deleted node {min(out)}" if len(out) == 1 else "deleted nodes"
        store.edit(edit, without)


def _paste(session: str, source: str) -> list[Finding]:
    """Add the hosts of a text; a warning for each line of which something was not understood, or guessed."""
    from rancher_tui.finding import Finding, Status
    from rancher_tui.install.state import Node
    from rancher_tui.nodes.paste import LARGEST_TEXT, parse

    limit = 4 * LARGEST_TEXT
    data = context.read_stdin(limit) if source == "-" else context.read_file(source, limit)
    text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
    if "\0" in text or 10 * text.count("\ufffd") > len(text):
        raise CallError(msg("{source} is no text", source=source))
    with context.hold(session) as (_held, store):
        like = store.state.nodes[-1] if store.state.nodes else Node(user=store.state.options.user)
        pasted = parse(text, like)
        if not pasted.nodes:
            for problem in pasted.problems:
                note(str(problem.told()))
            raise CallError(msg("no host found in {source}", source=source))
        store.edit("pasted hosts", lambda state: state.model_copy(update={"nodes": (*state.nodes, *pasted.nodes)}))
    return [
        Finding(
            Status.WARN,
            "paste-line",
            f"line {problem.line}" if problem.line else source,
            problem.text,
            evidence={"line": problem.line},
            check="inputs",
            step=6,
        )
        for problem in pasted.problems
    ]


def keys(
    write_settings: Annotated[
        bool, typer.Option("--write-settings", help="Write a commented settings file, if there is none yet.")
    ] = False,
    as_json: Json = False,
) -> int:
    """List every key of the screens: what it does and where, and what is wrong in the settings file.

    Example: rancher-tui keys
    """
    from rancher_tui import settings
    from rancher_tui.actions import table as action_table

    if write_settings:
        _write_settings()
    wrong = settings.wrong()
    for finding in wrong:
        note(finding_line(finding))
    if as_json:
        print_json(
            [
                {"action": item.id, "keys": list(item.keys), "title": item.title, "help": item.help}
                for item in action_table().actions
            ]
        )
        return exit_code(wrong)
    rows = [[" ".join(item.keys), item.shown(), item.explained] for item in action_table().actions]
    for line in table(rows, [_("keys"), _("action"), ""]):
        say(line)
    return exit_code(wrong)


def _write_settings() -> None:
    from rancher_tui import settings
    from rancher_tui.files import make_folder
    from rancher_tui.settings_file import commented

    path = settings.file()
    make_folder(path.parent)
    context.write_new(path, commented().encode())
    note(_("{path} is written").format(path=path))
