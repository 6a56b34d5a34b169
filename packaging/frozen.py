"""The entry of the frozen program: rancher-tui, or, called as a Python interpreter is, what it is told to run.

The engine starts its own small processes with `sys.executable`; here that is this program.
"""

from __future__ import annotations

import runpy
import sys

FLAGS = {"-I", "-S", "-P", "-E", "-s", "-u", "-B"}


def main() -> None:
    words = sys.argv[1:]
    taken = [word for word in words if word in FLAGS]
    if not taken or words[0] not in FLAGS:
        from rancher_tui.cli import entry

        entry()
        return
    while words and words[0] in FLAGS:
        words = words[1:]
    interpret(words)


def interpret(words: list[str]) -> None:
    """Run `-m MODULE …`, `-c CODE …`, a file, or what comes on standard input."""
    if not words or words[0] == "-":
        sys.argv = ["-", *words[1:]]
        exec(compile(sys.stdin.read(), "<stdin>", "exec"), {"__name__": "__main__"})
    elif words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        exec(compile(words[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main()
