"""The command `why`: what the code of a finding means for the install."""

from __future__ import annotations

from typing import Annotated

import typer

from rancher_tui.commands.output import OK, CallError, say
from rancher_tui.i18n import msg


def why(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="A finding's code; all of them if left out.")
    ] = None,
) -> int:
    """Tell why a finding matters: what goes wrong when it is left as it is.

    Example: rancher-tui why wrong-order
    """
    from rancher_tui.wording.why import table
    from rancher_tui.wording.why import why as text_of

    if code is not None and code not in table():
        raise CallError(msg("nothing is written of {code}; `rancher-tui why` lists what there is", code=code))
    for name in [code] if code else table():
        say(f"{name}: {text_of(name)}")
    return OK
