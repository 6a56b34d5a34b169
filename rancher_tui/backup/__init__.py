"""Copies with a manifest: made, verified, judged for age and completeness, read back.

`copies.make`, `copies.verify`, `copies.newest`, `judge.of_files`.
"""
