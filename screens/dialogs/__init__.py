"""Dialogs: boxes over a screen that ask, tell or let read."""
