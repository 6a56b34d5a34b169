"""The rke binary of an open session: a release fetched into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rancher_tui.i18n import EMPTY, Message, msg

if TYPE_CHECKING:
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store


@dataclass(frozen=True, slots=True)
class Found:
    """The binary that would be run, and the Kubernetes versions that its release carries."""

    path: str
    default: str
    carried: tuple[str, ...]


@dataclass(slots=True)
class RkeDesk:
    """What step 4 asks for."""

    session: Session
    store: Store

    def proposed(self) -> str:
        """The release to fetch unless another is named: the one that is wanted, else the one that fits best."""
        from rancher_tui import facts

        return self.store.state.rke.version.strip() or facts.RECOMMENDED_RKE

    def found(self, version: str) -> Found | None:
        """The rke that would be run; `version`: what it said of itself, else what it must be, counts."""
        from rancher_tui import facts
        from rancher_tui.rke.binary import find

        path = find(self.store.state.rke.binary, self.session.path)
        if path is None:
            return None
        release = version or self.store.state.rke.version.strip()
        return Found(str(path), facts.default_kubernetes(release), facts.carried_kubernetes(release))

    async def fetch(self, version: str, mirror: str, tell: Callable[[str], None]) -> Message:
        """Fetch a release into the session and use it: why not, or empty. `tell` gets each moment as a line."""
        from rancher_tui.operations.fetching import fetched
        from rancher_tui.rke.fetch import FetchError

        target = self.session.path / "rke"
        facts: dict[str, Any] = {}

        def told(text: str, *, last: bool) -> None:
            tell(text)

        try:
            await fetched(version, target, mirror=mirror, sha256="", facts=facts, tell=told)
        except FetchError as error:
            return error.message
        except OSError as error:
            return msg("{path} cannot be written: {error}", path=str(target), error=error.strerror or str(error))
        self.session.journal("fetch-rke", version=version, sha256=facts.get("sha256"), url=facts.get("url"))
        rke = {"binary": str(target), "version": version}
        self.store.edit(
            "fetched rke", lambda state: state.model_copy(update={"rke": state.rke.model_copy(update=rke)})
        )
        return EMPTY
