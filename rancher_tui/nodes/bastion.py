"""The one login on the bastion that all nodes of an install share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rancher_tui.transport.ssh import ConnectSettings, connect
from rancher_tui.transport.ssh_login import Login


@asynccontextmanager
async def bastion_login(settings: ConnectSettings) -> AsyncIterator[Login | None]:
    """The bastion's login, None where the install has no bastion; SshError when it cannot be made."""
    target = settings.bastion_target()
    if target is None:
        yield None
        return
    async with connect(target, settings) as login:
        yield login
