"""Catalogues: collects every text for people, brings it into each language's .po, compiles the .mo.

`python -m building.catalogues` renews them all and says what is not translated. `--take FILE LANGUAGE` puts
translations of a YAML file (English: translation) into a language's .po first.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from building import texts
from rancher_tui import __version__
from rancher_tui.i18n import DOMAIN, LANGUAGES

DAY = datetime(2026, 11, 23, tzinfo=UTC)
"""Dates in the headers stand still, so that a renewed catalogue differs only in its texts."""


def template() -> Catalog:
    """A catalogue of all texts without translations."""
    found = Catalog(project="rancher-tui", version=__version__, charset="utf-8", creation_date=DAY, fuzzy=False)
    places: dict[str | tuple[str, str], set[str]] = {}
    for text, place in texts.every():
        places.setdefault(text, set()).add(place)
    singulars = {text[0] for text in places if isinstance(text, tuple)}
    for text, where in places.items():
        if text not in singulars:
            found.add(text, locations=[(place, 0) for place in sorted(where)])
    return found


def read(language: str) -> Catalog:
    """A language's catalogue as it lies there; an empty one where there is none."""
    path = texts.folder_of(language) / f"{DOMAIN}.po"
    if not path.is_file():
        return Catalog(locale=language, domain=DOMAIN, charset="utf-8", creation_date=DAY)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, charset="utf-8")


def renewed(language: str, translations: dict[str, str] | None = None) -> Catalog:
    """A language's catalogue with the texts as they are now; translations of texts that are gone stay, apart."""
    catalogue = read(language)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.project, catalogue.version, catalogue.fuzzy = "rancher-tui", __version__, False
    catalogue.creation_date = catalogue.revision_date = DAY
    catalogue.last_translator = "rancher-tui"
    for message in catalogue:
        if message.id and (taken := (translations or {}).get(singular(message))) is not None:
            message.string = (taken,) if message.pluralizable else taken
    return catalogue


def singular(message: Message) -> str:
    """The English text of a message; of a counted one the singular."""
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def translation(message: Message) -> str:
    """The translation of a message; empty when there is none."""
    found = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
    return found or ""


def untranslated(catalogue: Catalog) -> list[str]:
    """English texts of a catalogue that have no translation."""
    return [singular(message) for message in catalogue if message.id and not translation(message)]


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """A catalogue as .po and as .mo."""
    source, compiled = BytesIO(), BytesIO()
    write_po(source, catalogue, width=115, sort_by_file=True, include_lineno=False)
    write_mo(compiled, catalogue)
    return source.getvalue(), compiled.getvalue()


def save(catalogue: Catalog, language: str) -> None:
    """Write a language's .po and .mo."""
    folder = texts.folder_of(language)
    folder.mkdir(parents=True, exist_ok=True)
    source, compiled = written(catalogue)
    (folder / f"{DOMAIN}.po").write_bytes(source)
    (folder / f"{DOMAIN}.mo").write_bytes(compiled)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--take", nargs=2, metavar=("FILE", "LANGUAGE"))
    asked = parser.parse_args(arguments)
    lacking = 0
    for language in LANGUAGES[1:]:
        taken = None
        if asked.take and asked.take[1] == language:
            taken = yaml.safe_load(Path(asked.take[0]).read_text("utf-8"))
        catalogue = renewed(language, taken)
        save(catalogue, language)
        open_ = untranslated(catalogue)
        lacking += len(open_)
        print(f"{language}: {len(catalogue)} texts, {len(open_)} not translated")
        for text in open_[:20]:
            print(f"  {text!r}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
