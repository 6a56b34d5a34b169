"""The cluster file of an open session: reviewed, compared, exported, taken in; its template and its versions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rancher_tui.desks.operate import operate
from rancher_tui.finding import Finding
from rancher_tui.i18n import EMPTY, Message, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rancher_tui.cluster_file.proposal import Proposal
    from rancher_tui.cluster_file.read import ReadFile
    from rancher_tui.compatibility.notices import Chosen, Notice
    from rancher_tui.finding import Report
    from rancher_tui.install.session import Session
    from rancher_tui.install.store import Store
    from rancher_tui.operations.reviewing import Compared, Review


@dataclass(slots=True)
class ClusterDesk:
    """What the template, version and review screens ask for."""

    session: Session
    store: Store

    def review(self) -> Review | Message:
        """What an export would write, judged; or what is still missing. Safe in a thread."""
        from rancher_tui.install import rules
        from rancher_tui.operations.reviewing import review
        from rancher_tui.proofs.inputs import OperationError

        state = self.store.state
        if lacking := rules.missing(state, 10):
            return lacking
        try:
            return review(self.session, state)
        except OperationError as error:
            return error.message

    def compared(self, file: str = "", *, applied: bool = False) -> Compared | Message:
        """What an export would change in the exported file, the last applied one, or `file`."""
        from rancher_tui.install import rules
        from rancher_tui.operations.reviewing import compared
        from rancher_tui.proofs.inputs import OperationError

        if lacking := rules.missing(self.store.state, 10):
            return lacking
        path = Path(file.strip()).expanduser() if file.strip() else None
        try:
            return compared(self.session, self.store.state, path, applied=applied)
        except OperationError as error:
            return error.message

    def export(self) -> Sequence[Finding]:
        """Write the cluster file; an existing one is kept."""
        from rancher_tui.operations.exporting import export

        def told() -> Message:
            exported = export(self.session, self.store.state)
            if exported.kept is None:
                return msg("written: {path}", path=str(exported.path))
            return msg(
                "written, the one before kept as {kept}: {path}", path=str(exported.path), kept=exported.kept.name
            )

        return operate("export", told)

    def proposal(self, certificate: Any) -> Proposal:
        """The template that fits balancer and certificate; `certificate` are the facts of its last report."""
        from rancher_tui.cluster_file.proposal import propose

        return propose(self.store.state, certificate)

    def versions(self) -> Report:
        """Which versions go together with what is chosen and known now."""
        from rancher_tui.checks import known_versions
        from rancher_tui.compatibility.solve import judge
        from rancher_tui.proofs.inputs import rke_version

        state = self.store.state
        return judge(known_versions(self.session, state, rke_version(self.session, state)))

    def pin(self) -> Message:
        """Enter the versions that go together, as one edit; what was pinned."""
        facts = self.versions().facts
        chosen = facts if facts["works"] else facts["instead"]
        if chosen is None:
            return msg("no set goes together with what is known")
        rke, kubernetes, rancher = (str(chosen[key]) for key in ("rke", "kubernetes_version", "rancher"))
        self.store.edit(
            "pinned the versions that go together",
            lambda state: state.model_copy(
                update={
                    "rancher_version": rancher,
                    "kubernetes_version": kubernetes,
                    "rke": state.rke.model_copy(update={"version": rke}),
                }
            ),
        )
        return msg(
            "pinned: Rancher {rancher}, RKE {rke}, {kubernetes}", rancher=rancher, rke=rke, kubernetes=kubernetes
        )

    def notices(self) -> tuple[Notice, ...]:
        """What an operator should know today."""
        from rancher_tui.compatibility.notices import notices

        return notices()

    def chosen(self) -> Chosen:
        """The versions whose images are needed."""
        from rancher_tui.compatibility.notices import Chosen
        from rancher_tui.proofs.images import chosen_by

        return chosen_by(self.session, self.store.state, Chosen())

    def look_for_images(self) -> AsyncIterator[Finding]:
        """Ask every node's Docker whether the images can still be pulled."""
        from rancher_tui.proofs.images import check

        return check(self.session, self.store.state, self.chosen(), {})

    def write_images(self) -> Message:
        """Write the list of images beside the cluster file, one a line; where it is, or why not."""
        from rancher_tui.files import make_folder, write_atomic

        path = self.session.cluster_folder / "images.txt"
        images = self.chosen().images()
        try:
            make_folder(path.parent)
            write_atomic(path, "".join(f"{image}\n" for image in images).encode())
        except OSError as error:
            return msg("{path} cannot be written: {error}", path=str(path), error=error.strerror or str(error))
        return msg("written: {path}", path=str(path))

    def build_no_proxy(self) -> int:
        """Enter the list of what must not go through the proxy; how many entries it has."""
        from rancher_tui.cluster_file.no_proxy import no_proxy
        from rancher_tui.install import paths

        text = no_proxy(self.store.state)
        self.store.edit("built the NO_PROXY list", lambda state: paths.put(state, "options.proxy.no_proxy", text))
        return len(text.split(","))

    def read(self, file: str) -> ReadFile | Message:
        """A cluster file of any hand, read but not taken in."""
        return read_file(file)

    def take_in(self, found: ReadFile, file: str) -> Message:
        """Put what was read in place of what was entered, as one edit."""
        from rancher_tui.install.secrets import SecretError
        from rancher_tui.operations.taking_in import adopt, in_place

        try:
            taken = adopt(self.session, found)
        except (SecretError, OSError) as error:
            return msg("{file} cannot be taken in: {error}", file=file, error=str(error))
        self.store.edit(f"read {Path(file).name}", lambda state: in_place(state, taken))
        return EMPTY

    def keep_defaults(self) -> Message:
        """Keep login, key, registry and balancer of this session for new ones."""
        from rancher_tui.install import own_defaults
        from rancher_tui.install.session import Home

        home = Home(self.session.path.parent.parent)
        try:
            kept = own_defaults.save(home, self.store.state)
        except OSError as error:
            return msg("{path} cannot be written: {error}", path=str(own_defaults.file_of(home)), error=str(error))
        names = ", ".join(path.rpartition(".")[2] for path in kept) or "-"
        return msg("new sessions begin with these: {names}", names=names)


def read_file(file: str) -> ReadFile | Message:
    """A cluster file read, or why it cannot be opened."""
    from rancher_tui.cluster_file.read import MAX_BYTES, read
    from rancher_tui.files import read_named

    path = Path(file.strip()).expanduser()
    try:
        return read(read_named(path, MAX_BYTES), path.name)
    except (OSError, ValueError) as error:
        return msg(
            "{path} cannot be read: {error}", path=str(path), error=getattr(error, "strerror", None) or str(error)
        )
