"""A load balancer's configuration from the install's state, by the templates in assets/balancer."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from rancher_tui.balancer.values import RefusedError, Values, values
from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import BALANCER_KINDS, InstallState

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Part", "RefusedError", "Written", "write"]

FILES: Final = {
    "nginx": ("nginx.conf",),
    "haproxy": ("haproxy.cfg",),
    "alb": ("checklist.txt", "rancher-alb.sh", "rancher-alb.tf"),
    "traefik": ("traefik.yml", "rancher.yml"),
    "caddy": ("Caddyfile",),
    "envoy": ("envoy.yaml",),
}
"""The files that each kind of load balancer takes."""

_NOTES: Final = {
    "nginx": (msg("test it on the balancer with: nginx -t"),),
    "haproxy": (
        msg("HAProxy wants chain and key in one file; the head of the text has the command"),
        msg("test it on the balancer with: haproxy -c -f FILE"),
    ),
    "alb": (
        msg("not validated: Amazon judges these requests itself; prove the result with a probe"),
        msg("an ALB has a name, not an address: enter its name as the load balancer's address"),
    ),
    "traefik": (msg("not validated: Traefik has no dry run; watch its log at the first start"),),
    "caddy": (msg("test it on the balancer with: caddy validate --adapter caddyfile --config FILE"),),
    "envoy": (msg("not validated here; test it on the balancer with: envoy --mode validate -c FILE"),),
}


_LAYER_7: Final = msg(
    "TLS ends here, but the chosen template ends it at the ingress: take an external one, or pass both ports on"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a configuration."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A configuration: its files, and what the operator must know beside them."""

    kind: str
    parts: tuple[Part, ...]
    notes: tuple[Message, ...]

    @property
    def text(self) -> str:
        """The whole as one text; several files are told apart by a comment line with their names."""
        return joined(self.parts)


def joined(parts: Sequence[Part]) -> str:
    """The files of a configuration as one text."""
    if len(parts) == 1:
        return parts[0].text
    return "\n".join(f"# ----- {part.name} -----\n{part.text}" for part in parts)


def write(state: InstallState, kind: str) -> Written:
    """The configuration of a load balancer of `kind` for this install.

    RefusedError names what is missing or must not get into a configuration; ValueError: no such kind.
    """
    if kind not in BALANCER_KINDS:
        raise ValueError(f"{kind!r} is no kind of load balancer: {', '.join(BALANCER_KINDS)}")
    filled = values(state)
    parts = tuple(Part(name, _rendered(f"{name}.j2", filled)) for name in FILES[kind])
    notes = (_LAYER_7, *_NOTES[kind]) if state.template.startswith("ingress") else _NOTES[kind]
    return Written(kind, parts, notes)


def _rendered(template: str, filled: Values) -> str:
    known = asdict(filled) | {"redirect_port": filled.redirect_port, "combined_path": filled.combined_path}
    return _environment().get_template(template).render(known)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folder = resources.files("assets") / "balancer"
    environment = Environment(  # noqa: S701 - plain text; `values` lets only safe texts in
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["shell"] = shlex.quote
    return environment
