"""Runs of rke: the binary, the detached runner, the log, its phases and causes, the plan, the verdict.

`binary.judge` judges an rke; `runs.start`, `runs.newest` and `Run.status` own a run, `stop.stop` ends one;
`log.LogFile` follows its log, `lines.parse_line` reads a line, `progress.Progress` its phases; `causes` names what
went wrong; `explain` judges any log; `plan` says what a run will do; `witnesses` and `verdict` say whether it did.
"""
