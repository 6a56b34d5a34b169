"""The names of all commands, so that a session is never named like one. Imports nothing."""

COMMANDS = frozenset(
    {
        *("lab", "sessions", "new", "adopt", "copy", "rename", "archive", "delete", "show", "set", "undo", "redo"),
        *(
            "take-over",
            "nodes",
            "export",
            "diff",
            "lint",
            "versions",
            "images",
            "defaults",
            "check",
            "cert",
            "cert-make",
            "cert-replace",
            "dns",
        ),
        *("preflight", "trust", "ports", "cleanup", "balancer", "balancer-lint", "rehearse", "probe", "rke"),
        *("plan", "up", "remove", "attach", "status", "stop", "log", "explain", "verdict", "shell"),
        *("backup", "restore", "bundle", "report", "keys", "schema", "completion", "why"),
    }
)
