"""Writes what is made from tables: pages of docs/, the manual page, completions. `python -m building.pages`."""

from __future__ import annotations

from pathlib import Path

from building import commands, completion, keys_page, manual, two_am
from building.texts import HEADS, ROOT
from rancher_tui.i18n import LANGUAGES


def made() -> dict[Path, str]:
    """Every file with what it must hold."""
    every = commands.every()
    translated = [language for language in LANGUAGES[1:] if (HEADS / f"2am.{language}.md").is_file()]
    return {
        ROOT / "docs" / "keys.md": keys_page.page(),
        ROOT / "docs" / "2am.md": two_am.page(),
        **{ROOT / "docs" / language / "keys.md": keys_page.page(language) for language in translated},
        **{ROOT / "docs" / language / "2am.md": two_am.page(language) for language in translated},
        ROOT / "assets" / "rancher-tui.1": manual.page(every),
        ROOT / "assets" / "completion" / "rancher-tui.bash": completion.bash(every),
        ROOT / "assets" / "completion" / "rancher-tui.zsh": completion.zsh(every),
        ROOT / "assets" / "completion" / "rancher-tui.fish": completion.fish(every),
    }


def main() -> None:
    for path, text in made().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
