"""`make bench`: every figure, one area after another, each beside its peers."""

from __future__ import annotations

import importlib
import pkgutil

import benchmarks


def main() -> None:
    """Run the `main` of every module here that has one."""
    for found in pkgutil.iter_modules(benchmarks.__path__):
        if found.name.startswith("_"):
            continue
        module = importlib.import_module(f"benchmarks.{found.name}")
        if hasattr(module, "main"):
            print(f"== {found.name}")
            module.main()


main()
