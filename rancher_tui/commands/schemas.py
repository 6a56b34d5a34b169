"""The JSON Schemas behind every `--json`: one file a command in assets/schemas, shared parts in defs.json."""

from __future__ import annotations

import json
from importlib import resources
from typing import Annotated, Any

import typer

from rancher_tui.commands.output import OK, CallError, print_json
from rancher_tui.i18n import msg


def names() -> list[str]:
    """The commands that have a schema."""
    folder = resources.files("assets") / "schemas"
    return sorted(
        entry.name.removesuffix(".json")
        for entry in folder.iterdir()
        if entry.name.endswith(".json") and entry.name != "defs.json"
    )


def load(command: str) -> dict[str, Any]:
    """The schema of a command's JSON with the shared definitions in it; KeyError when it has none."""
    if command not in names():
        raise KeyError(command)
    folder = resources.files("assets") / "schemas"
    schema: dict[str, Any] = json.loads((folder / f"{command}.json").read_text(encoding="utf-8"))
    shared: dict[str, Any] = json.loads((folder / "defs.json").read_text(encoding="utf-8"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"rancher-tui {command} --json",
        **schema,
        "$defs": {**shared, **schema.get("$defs", {})},
    }


def schema(
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="The command whose JSON is asked about.")],
) -> int:
    """Print the JSON Schema of what a command prints with --json.

    Where a command prints one object a line, the schema is that of a line.
    Example: rancher-tui schema cert
    """
    try:
        print_json(load(command))
    except KeyError:
        raise CallError(
            msg("{command} has no --json; these have: {names}", command=command, names=", ".join(names()))
        ) from None
    return OK
