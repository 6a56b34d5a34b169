"""Which module holds which screen: imported when the screen is first shown."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from screens.frame import Frame

_SCREENS: Final = {
    "sessions": ("screens.sessions", "SessionsScreen"),
    "overview": ("screens.overview", "OverviewScreen"),
    "hosts": ("screens.hosts", "HostsScreen"),
    "balancer": ("screens.balancer", "BalancerScreen"),
    "dns": ("screens.dns", "DnsScreen"),
    "rke": ("screens.rke", "RkeScreen"),
    "template": ("screens.template", "TemplateScreen"),
    "nodes": ("screens.nodes", "NodesScreen"),
    "certificates": ("screens.certificates", "CertificatesScreen"),
    "fqdn": ("screens.fqdn", "FqdnScreen"),
    "version": ("screens.version", "VersionScreen"),
    "backup-config": ("screens.review", "ReviewScreen"),
    "run": ("screens.run", "RunScreen"),
    "backup-result": ("screens.backup_result", "BackupResultScreen"),
    "options": ("screens.options", "OptionsScreen"),
}

PLACES: Final = tuple(_SCREENS)


def screen(place: str) -> Frame:
    """A new screen for a place; the overview for a name that is none."""
    module, name = _SCREENS.get(place, _SCREENS["overview"])
    made: Frame = getattr(import_module(module), name)()
    return made
