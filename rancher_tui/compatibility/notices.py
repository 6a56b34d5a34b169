"""What an operator should know today before he repeats this install, and the images that a set needs."""

from __future__ import annotations

from dataclasses import dataclass

from rancher_tui import facts


@dataclass(frozen=True, slots=True)
class Notice:
    """One plain statement and where it comes from."""

    code: str
    text: str
    source: str


def notices() -> tuple[Notice, ...]:
    """The statements, shown once on the version screen."""
    return tuple(Notice(row["code"], row["text"], row["source"]) for row in facts.rows("notices"))


def images(kubernetes: str, rancher: str = facts.RECOMMENDED_RANCHER, plugin: str = "canal") -> tuple[str, ...]:
    """The images that RKE and Rancher pull for this Kubernetes and network plugin; empty if not known.

    Rancher's own agents use the server's version.
    """
    sets = facts.table("images")
    row = next((item for item in sets["rows"] if kubernetes in item["kubernetes"]), None)
    if row is None:
        return ()
    named = dict(row["images"])
    other = {
        name: prefix
        for prefix in ("canal", "calico", "flannel", "weave")
        for name in named
        if name.startswith(prefix)
    }
    wanted = [image for name, image in named.items() if other.get(name, plugin) == plugin]
    own = [f"rancher/rancher:{rancher}", f"rancher/rancher-agent:{rancher}"]
    return tuple(sorted({*wanted, *own}))
