"""The fields of forms and of the node table (assets/fields.yml): what each is called and how it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assets import FOLDER
from rancher_tui.i18n import N_, _
from rancher_tui.install import paths
from rancher_tui.install.state import InstallState


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its dotted path in the state (in a node for the table), title, kind, hint and choices."""

    path: str
    title: str
    kind: str
    hint: str = ""
    choices: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The title in the operator's language."""
        return _(self.title)

    @property
    def hinted(self) -> str:
        return _(self.hint) if self.hint else ""


@lru_cache(maxsize=1)
def _table() -> dict[str, list[dict[str, Any]]]:
    import yaml

    text = (FOLDER / "fields.yml").read_text("utf-8")
    loaded: dict[str, list[dict[str, Any]]] = yaml.load(
        text,
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506 - a safe loader
    )
    return loaded


@lru_cache(maxsize=32)
def fields_of(place: str) -> tuple[Field, ...]:
    """The fields of a step's form, or of a node for `nodes`."""
    return tuple(
        Field(row["path"], row["title"], row["kind"], row.get("hint", ""), tuple(row.get("choices", ())))
        for row in _table().get(place, ())
    )


def as_text(value: object) -> str:
    """A field's value as it is shown and edited."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def shown_value(field: Field, text: str) -> str:
    """A field's text as it is shown while it is not edited: yes and no in the operator's language."""
    return _(text) if field.kind == "yes" and text in (N_("yes"), N_("no")) else text


def text_at(state: InstallState, path: str) -> str:
    """The text of the field at `path`."""
    return as_text(paths.get(state, path))


def is_chosen(field: Field) -> bool:
    """True for a field with choices, and for a yes or no."""
    return field.kind == "yes" or bool(field.choices)


def next_choice(field: Field, text: str) -> str | None:
    """What Space makes of a field with choices; None for a field that has none."""
    choices = ("yes", "no") if field.kind == "yes" else field.choices
    if not choices:
        return None
    if text not in choices:
        return choices[0]
    return choices[(choices.index(text) + 1) % len(choices)]
