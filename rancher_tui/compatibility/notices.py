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


@dataclass(frozen=True, slots=True)
class Chosen:
    """A set of versions whose images are asked for; what is open is chosen as `solve` does."""

    rancher: str | None = None
    rke: str | None = None
    kubernetes: str | None = None
    plugin: str | None = None
    registry: str | None = None

    def complete(self) -> Chosen:
        """With every version named: the Kubernetes that this RKE would really install."""
        from rancher_tui.compatibility.solve import Known, solve

        found = solve(Known(rke=self.rke, kubernetes=self.kubernetes))
        used = facts.used_kubernetes(found.rke, found.kubernetes)
        return Chosen(
            self.rancher or facts.RECOMMENDED_RANCHER, found.rke, used, self.plugin or "canal", self.registry
        )

    def images(self) -> tuple[str, ...]:
        """Their names, with the private registry in front; empty where the table does not know them."""
        whole = self.complete()
        found = images(whole.kubernetes or "", whole.rancher or "", whole.plugin or "")
        prefix = f"{whole.registry.rstrip('/')}/" if whole.registry else ""
        return tuple(f"{prefix}{image}" for image in found)

    def as_json(self) -> dict[str, str | None]:
        """The versions as the commands print them."""
        whole = self.complete()
        return {
            "rancher": whole.rancher,
            "rke": whole.rke,
            "kubernetes_version": whole.kubernetes,
            "plugin": whole.plugin,
            "registry": whole.registry,
        }


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
