"""The engine of rancher-tui: everything but the screens. It never imports textual."""

__version__ = "0.1.0"
