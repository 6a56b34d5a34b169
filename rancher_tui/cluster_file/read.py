"""Any cluster file taken into an install state: from another guide, hand-edited, in another encoding.

The text goes into the state, so that comments, order and keys that we do not know survive an export. Secrets in it
are taken out: the state holds references only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from rancher_tui.cluster_file import roundtrip, schema
from rancher_tui.cluster_file.addons import parse
from rancher_tui.cluster_file.context import CHECK, STEP
from rancher_tui.cluster_file.decode import Problem, decode
from rancher_tui.cluster_file.diff import unified
from rancher_tui.cluster_file.hiding import hide
from rancher_tui.cluster_file.repair import repair
from rancher_tui.cluster_file.state_of import state_of
from rancher_tui.cluster_file.tree import SyntaxProblem, TooLarge, documents, file_text
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.install.state import InstallState

MAX_BYTES: Final = 2_000_000
"""Larger files are not taken in for editing; a file of 1,000 hosts has about 200,000 bytes."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was read. `state` is None where nothing could be; `secrets` is for the session's store, by name.

    `repaired` is the text that was read where the file's own is no YAML, `diff` what the repair changed: both for
    the operator to confirm. They are empty where nothing had to be repaired.
    """

    state: InstallState | None
    findings: tuple[Finding, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)
    repaired: str = ""
    diff: str = ""


def read(data: bytes, name: str) -> ReadFile:
    """A cluster file's bytes as an install state; what cannot be read is a finding at its line, never an error."""
    if len(data) > MAX_BYTES:
        title = msg("larger than {size} bytes: too large to be edited", size=MAX_BYTES)
        return ReadFile(None, (_finding(Status.FAIL, "yaml.too-large", name, (1, 1), title),))
    text = "\n".join(file_text(data).splitlines()) + "\n"
    try:
        problem = _no_text(data)
        return _refused(name, problem) if problem is not None else _read(text, name)
    except TooLarge as problem:
        title = msg("too many values to be read")
        return ReadFile(None, (_finding(Status.FAIL, "yaml.too-large", name, (problem.line, 1), title),))
    except RecursionError:
        return ReadFile(
            None, (_finding(Status.FAIL, "yaml.too-deep", name, (1, 1), msg("nested too deep to be read")),)
        )
    except SyntaxProblem as problem:
        return _mended(text, name, problem)


def _no_text(data: bytes) -> SyntaxProblem | None:
    """What the YAML reader says of a file with bytes that are no characters; None where there are none such."""
    try:
        data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError:
        try:
            next(documents(data), None)
        except SyntaxProblem as problem:
            return problem
    return None


def _refused(name: str, problem: SyntaxProblem) -> ReadFile:
    title = msg("this is no YAML: {words}", words=problem.problem)
    place = (problem.line, problem.column)
    return ReadFile(None, (_finding(Status.FAIL, f"yaml.{problem.code}", name, place, title),))


def _mended(text: str, name: str, problem: SyntaxProblem) -> ReadFile:
    """The file after a repair of its indentation, with the diff; refused where that does not help."""
    place = (problem.line, problem.column)
    better = repair(text)
    try:
        again = _read(better, name) if better != text else None
    except (SyntaxProblem, TooLarge, RecursionError):
        again = None
    if again is None or again.state is None:
        return _refused(name, problem)
    return _repaired(again, name, place, problem, text, better)


def _repaired(
    again: ReadFile, name: str, place: tuple[int, int], problem: SyntaxProblem, text: str, better: str
) -> ReadFile:
    """What the mended text gave, with the finding and the difference that ask for a confirmation."""
    title = msg("this is no YAML: {words}", words=problem.problem)
    remedy = msg("its indentation was mended: look at the difference and confirm it")
    findings = (_finding(Status.WARN, "yaml.repaired", name, place, title, remedy), *again.findings)
    return ReadFile(again.state, findings, again.secrets, better, unified(text, better, name, f"{name} (mended)"))


def _mended_addons(text: str, inner: str) -> str:
    """The file with its add-ons' indentation mended; empty where that does not help."""
    better = repair(inner)
    if better == inner or parse(better).problem is not None:
        return ""
    try:
        tree = roundtrip.load(text)
        tree["addons"] = LiteralScalarString(better)
        return roundtrip.dump(tree, text)
    except (YAMLError, ValueError, AttributeError, KeyError, TypeError, NotImplementedError):
        return ""


def _read(text: str, name: str, mended: bool = False) -> ReadFile:
    document = next(documents(text), None)
    decoded = decode(document.root if document else None, schema.cluster(None))
    findings = [*(_not_taken(problem, name) for problem in decoded.problems), *_later(text, name)]
    if not decoded.values:
        title = msg("no cluster in this file: none of its keys is one of RKE's")
        return ReadFile(None, (*findings, _finding(Status.FAIL, "yaml.no-cluster", name, (1, 1), title)))
    inner = str(decoded.values.get("addons") or "")
    addons = parse(inner)
    mend = addons.problem is not None and not mended
    better = _mended_addons(text, inner) if mend else ""
    if addons.problem is not None and better:
        again = _read(better, name, mended=True)
        place = (decoded.places[("addons",)].line, decoded.places[("addons",)].column)
        return _repaired(again, name, place, addons.problem, text, better)
    if addons.problem is not None:
        node = decoded.places[("addons",)]
        title = msg("the add-ons are no YAML: {words}", words=addons.problem.problem)
        findings.append(
            _finding(Status.WARN, "addons.syntax", name, (node.line, node.column), title, path="addons")
        )
    try:
        roundtrip.load(text)
        hidden = hide(text, document.root if document else None, decoded, addons)
        tree = roundtrip.load(hidden.text) if hidden.secrets else None
    except (YAMLError, ValueError, AttributeError, KeyError, TypeError, NotImplementedError) as error:
        title = msg("RKE reads this file, but it cannot be edited here with its comments")
        findings.append(
            _finding(Status.FAIL, "yaml.not-editable", name, (1, 1), title, words=roundtrip.trouble(error))
        )
        return ReadFile(None, tuple(findings))
    values, items = decoded.values, addons.values
    if tree is not None:
        again_document = next(documents(hidden.text), None)
        values = decode(again_document.root if again_document else None, schema.cluster(None)).values
        items = parse(str(values.get("addons") or "")).values
    state = state_of(values, items)
    return ReadFile(state.model_copy(update={"cluster_file_source": hidden.text}), tuple(findings), hidden.secrets)


def _later(text: str, name: str) -> list[Finding]:
    """What stands behind the document that RKE reads: kept in its place, not taken in."""
    found: list[Finding] = []
    stream = documents(text)
    try:
        next(stream, None)
        for document in stream:
            if document.root is not None and (document.root.items or document.root.text.strip()):
                title = msg("not taken in: RKE reads only the first document of the file")
                remedy = msg("what belongs to the add-ons is indented below addons: |-")
                place = (document.line, 1)
                found.append(_finding(Status.WARN, "yaml.more-documents", name, place, title, remedy))
    except (SyntaxProblem, TooLarge):
        pass
    return found


def _not_taken(problem: Problem, name: str) -> Finding:
    title = msg("not taken in: {words}", words=problem.text)
    place = (problem.node.line, problem.node.column)
    code = f"yaml.{problem.code.removeprefix('yaml.')}"
    return _finding(Status.WARN, code, name, place, title, path=".".join(problem.path))


def _finding(
    status: Status, code: str, name: str, place: tuple[int, int], title: Message, remedy: Message = EMPTY,
    path: str = "", **evidence: Any,
) -> Finding:  # fmt: skip
    subject = f"{name}:{place[0]}:{place[1]} {path}".rstrip()
    return Finding(status, code, subject, title, remedy=remedy, evidence=evidence, check=CHECK, step=STEP)
