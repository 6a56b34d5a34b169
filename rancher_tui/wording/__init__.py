"""Wording: stable names as people read them: edits, subjects of findings, statuses, and why a finding matters."""
