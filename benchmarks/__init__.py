"""Figures beside their peers: `python -m benchmarks` (`make bench`). Rows: `catalogue`; the table: `table`."""
