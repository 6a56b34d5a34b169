"""A cluster file taken into a session: its secrets kept apart, its fields in place of what was entered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rancher_tui.install.session import Session
from rancher_tui.install.state import InstallState

if TYPE_CHECKING:
    from rancher_tui.cluster_file.read import ReadFile

REPAIRED: Final = "repaired"
"""The code to agree with where a file was no YAML and its indentation was mended."""
_FIELDS: Final = ("template", "nodes", "fqdn", "rancher_version", "kubernetes_version", "etcd", "options")


def adopt(session: Session, found: ReadFile) -> InstallState:
    """The state that was read, with its secrets in the session's store; SecretError or OSError when that fails."""
    assert found.state is not None
    text = found.state.model_dump_json()
    for name, value in found.secrets.items():
        reference = session.secrets.put(name, value)
        if reference != f"secret:{name}":
            text = re.sub(rf"secret:{re.escape(name)}(?![\w-]|\.\w)", reference, text)
    return InstallState.model_validate_json(text)


def in_place(current: InstallState, taken: InstallState) -> InstallState:
    """`current` with everything that a cluster file says; what it cannot say (balancer, name servers) stays."""
    fields = {field: getattr(taken, field) for field in _FIELDS}
    options = taken.options.model_copy(update={"user": current.options.user})
    certificates = current.certificates.model_copy(update={"ca_text": taken.certificates.ca_text})
    return current.model_copy(
        update={
            **fields,
            "options": options,
            "certificates": certificates,
            "cluster_file_source": taken.cluster_file_source,
        }
    )
