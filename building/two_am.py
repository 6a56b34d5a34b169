"""docs/2am.md, made from the catalogue of causes (assets/rke/causes.yml)."""

from __future__ import annotations

import re
from typing import Any

import yaml

from assets import FOLDER

_HEAD = """# 2 a.m.

Something is wrong and it is late. In this order:

1. `rancher-tui attach prod` or `rancher-tui status prod`: does the run go on, for how long has it been quiet?
2. `rancher-tui log prod` and `rancher-tui explain rke.log`: every line that is no information, with its cause and
   remedy, of any rke log, also of one that this program did not start.
3. `rancher-tui verdict prod`: every witness, asked again.
4. `rancher-tui probe rancher.example.com --ca ca.pem`: which hop between a browser and Rancher is to blame.
5. Nothing is lost by running again: rke keeps etcd's data and the certificates, and starts what is missing.

What destroys is asked for by a typed word. If a plan asks for one and you are not sure, do not type it.

## What rke says, what is true, what to do

This list is the catalogue by which `explain` judges. "Usual" lines decide nothing; a consequence has its cause
in an earlier line.
"""


def page() -> str:
    """The catalogue as a page: an entry a cause, the words it is known by, what helps."""
    causes = yaml.safe_load((FOLDER / "rke" / "causes.yml").read_text("utf-8"))["causes"]
    return _HEAD + "\n" + "\n".join(_entry(cause) for cause in causes)


def _entry(cause: dict[str, Any]) -> str:
    kind = "usual" if cause.get("harmless") else "consequence" if cause.get("consequence") == "always" else ""
    lines = [f"### {cause['code']}", ""]
    lines += [f"- `{_readable(pattern)}`" for pattern in cause["match"][:3]]
    lines += ["", _sentence(cause["title"]) + (f" ({kind})" if kind else "")]
    if cause.get("detail"):
        lines += ["", _sentence(cause["detail"])]
    if cause.get("remedy"):
        lines += ["", f"**Do:** {cause['remedy']}"]
    return "\n".join([*lines, ""])


def _sentence(text: str) -> str:
    begin = text if text.startswith(("rke", "etcd", "kubectl")) else text[0].upper() + text[1:]
    return begin.removesuffix(".") + "."


def _readable(pattern: str) -> str:
    """A regular expression as the words it looks for."""
    text = re.sub(r"\(\?[:!=<][^)]*\)", "…", re.sub(r"\[(\w)(\w)\]", r"\2", pattern))
    text = re.sub(r"\[\^[^\]]*\][*+]?|\.[*+]\??|\\[dwsS][*+]?|\[[^\]]{2,}\][*+]?", "…", text)
    text = re.sub(r"\\(.)", r"\1", text).replace("?", "").replace("|", " / ").strip("^$")
    return re.sub(r"…+", "…", text).replace("`", "'")
