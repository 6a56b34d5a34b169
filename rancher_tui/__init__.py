"""The engine of rancher-tui: everything but the screens. It never imports textual."""

import os

__version__ = "0.1.0"

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Plugins of pydantic are looked for in every installed distribution: that takes longer than reading a state."""
