"""What is not code: templates, tables, texts, styles."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the assets lie. Read at start-up by path: `importlib.resources` would load half of zipfile first."""
