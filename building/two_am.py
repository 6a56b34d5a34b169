"""docs/2am.md and its twins, made from the catalogue of causes (assets/rke/causes.yml) and why each matters."""

from __future__ import annotations

import re
from typing import Any

import yaml

from assets import FOLDER
from building.texts import head, speaking, words
from rancher_tui.i18n import _
from rancher_tui.wording.why import why


def page(language: str = "en") -> str:
    """The catalogue as a page: an entry a cause, the words it is known by, what it comes to, what helps."""
    causes = yaml.safe_load((FOLDER / "rke" / "causes.yml").read_text("utf-8"))["causes"]
    with speaking(language):
        return head("2am", language) + "\n" + "\n".join(_entry(cause, words(language)) for cause in causes)


def _entry(cause: dict[str, Any], said: dict[str, str]) -> str:
    kind = "usual" if cause.get("harmless") else "consequence" if cause.get("consequence") == "always" else ""
    lines = [f"### {cause['code']}", ""]
    lines += [f"- `{_readable(pattern)}`" for pattern in cause["match"][:3]]
    lines += ["", _sentence(_told(cause["title"]), said["end"]) + (said[kind] if kind else "")]
    if cause.get("detail"):
        lines += ["", _sentence(_told(cause["detail"]), said["end"])]
    if reason := "" if cause.get("harmless") else why(cause["code"]):
        lines += ["", reason]
    if cause.get("remedy"):
        lines += ["", f"{said['do']}{_told(cause['remedy'])}"]
    return "\n".join([*lines, ""])


def _told(text: str) -> str:
    """A text of the catalogue in the page's language; braces stand twice where it is translated."""
    return _(text.replace("{", "{{").replace("}", "}}")).replace("{{", "{").replace("}}", "}")


def _sentence(text: str, end: str) -> str:
    begin = text if text.startswith(("rke", "etcd", "kube")) else text[0].upper() + text[1:]
    return begin.removesuffix(end) + end


def _readable(pattern: str) -> str:
    """A regular expression as the words it looks for."""
    text = re.sub(r"\(\?[:!=<][^)]*\)", "…", re.sub(r"\[(\w)(\w)\]", r"\2", pattern))
    text = re.sub(r"\[\^[^\]]*\][*+]?|\.[*+]\??|\\[dwsS][*+]?|\[[^\]]{2,}\][*+]?", "…", text)
    text = re.sub(r"\\(.)", r"\1", text).replace("?", "").replace("|", " / ").strip("^$")
    return re.sub(r"…+", "…", text).replace("`", "'")
