"""Pictures of the screens for the README and the docs: `make screenshots` writes SVGs to docs/images/."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from rancher_tui.engine import LocalEngine
from screens.app import RancherApp
from tests.screens.sample import save_sample

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PICTURES = {
    "overview": ("g", "0", "enter"),
    "nodes": ("g", "6", "enter", "n"),
    "certificates": ("g", "7", "enter"),
    "dns": ("g", "3", "enter"),
    "hosts": ("g", "1", "enter"),
}
SIZE = (100, 30)


async def take(folder: Path, size: tuple[int, int] = SIZE) -> list[Path]:
    """One SVG a picture, of a session made for it."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    with tempfile.TemporaryDirectory() as home:
        save_sample(Path(home))
        app = RancherApp(lambda: LocalEngine.of(Path(home)))
        async with app.run_test(size=size, notifications=True) as pilot:
            for name, keys in PICTURES.items():
                await pilot.press(*keys)
                await pilot.pause()
                path = folder / f"{name}.svg"
                path.write_text(app.export_screenshot(title="rancher-tui"), encoding="utf-8")
                made.append(path)
            app.save_and_close()
    return made


if __name__ == "__main__":
    for picture in asyncio.run(take(IMAGES)):
        print(picture)
