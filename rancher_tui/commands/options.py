"""Arguments and options that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

SessionName = Annotated[str, typer.Argument(metavar="SESSION", help="Name of the session.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, in English; see `rancher-tui schema`.")]
JsonLines = Annotated[
    bool, typer.Option("--json", help="Print JSON, in English, one object a line; see `rancher-tui schema`.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings exit with 4.")]
Yes = Annotated[
    list[str], typer.Option("--yes", metavar="CODE", help="Agree to what the code stands for; may be repeated.")
]
RunId = Annotated[str | None, typer.Option("--run", metavar="ID", help="A run; the newest if left out.")]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="File to write; - for standard output.")
]
