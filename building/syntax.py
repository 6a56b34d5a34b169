"""The program as syntax trees: its modules, what can be called in them, and what an expression may stand for.

`Program.values` follows names, tables, loops, calls and parameters as far as the text of the code tells.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEPTH = 12
"""Names and calls that are followed one after another."""
MANY = (ast.Tuple, ast.List, ast.Set)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class Module:
    """One file. `names` are its own constants, `imports` what it takes from where: (module, name there)."""

    name: str
    tree: ast.Module
    names: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.names[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self.names[name] = value
        for below in ast.walk(self.tree):
            if isinstance(below, ast.ImportFrom) and below.module:
                self.imports |= {item.asname or item.name: (below.module, item.name) for item in below.names}


@dataclass(eq=False)
class Callee:
    """A function, a method or a class. `parameters` come in order, without `self`; `defaults` by name."""

    module: Module
    node: Function | ast.ClassDef
    method: bool = False
    outer: Callee | None = None
    parameters: list[str] = field(default_factory=list)
    defaults: dict[str, ast.expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        node: Function | ast.ClassDef = self.node
        if isinstance(node, ast.ClassDef):
            begin = next((item for item in node.body if getattr(item, "name", "") == "__init__"), None)
            if not isinstance(begin, ast.FunctionDef):
                self._fields(node)
                return
            node = begin
        bound = self.method or isinstance(self.node, ast.ClassDef)
        places = node.args.posonlyargs + node.args.args
        self.parameters = [item.arg for item in places][int(bound) :] + [item.arg for item in node.args.kwonlyargs]
        late = places[len(places) - len(node.args.defaults) :]
        self.defaults = {item.arg: value for item, value in zip(late, node.args.defaults, strict=True)}
        for item, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            if value is not None:
                self.defaults[item.arg] = value

    def _fields(self, node: ast.ClassDef) -> None:
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                self.parameters.append(item.target.id)
                if item.value is not None:
                    self.defaults[item.target.id] = item.value


@dataclass(frozen=True)
class Parameter:
    """What a caller gives: a parameter of `callee`."""

    callee: Callee
    name: str


@dataclass(frozen=True)
class Unclear:
    """An expression whose value the code's text does not tell."""

    text: str


Value = str | Parameter | Unclear
Where = tuple[Module, Callee | None]
"""The module an expression stands in, and the function."""


class Program:
    """Every module of a package below `root`, but for those whose names begin with one of `without`."""

    def __init__(self, root: Path, package: str, without: tuple[str, ...] = ()) -> None:
        self.modules: dict[str, Module] = {}
        self.calls: list[tuple[Where, ast.Call]] = []
        self._named: dict[tuple[str, str], Callee] = {}
        self._methods: defaultdict[str, list[Callee]] = defaultdict(list)
        for path in sorted((root / package).rglob("*.py")):
            name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            if not name.startswith(without):
                self.modules[name] = Module(name, ast.parse(path.read_text("utf-8")))
        for module in self.modules.values():
            self._walk(module.tree, (module, None), in_class=False)
        for callee in self._named.values():
            self._inherit(callee)
        self.calls = [(where, self._whole(where[0], call)) for where, call in self.calls]

    @property
    def callees(self) -> list[Callee]:
        return [*self._named.values(), *(item for items in self._methods.values() for item in items)]

    def _walk(self, node: ast.AST, where: Where, *, in_class: bool) -> None:
        module, outer = where
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                self.calls.append((where, child))
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                static = any(getattr(item, "id", "") == "staticmethod" for item in child.decorator_list)
                callee = Callee(module, child, in_class and not static, outer)
                if in_class:
                    self._methods[child.name].append(callee)
                else:
                    self._named[module.name, child.name] = callee
                klass = isinstance(child, ast.ClassDef)
                self._walk(child, (module, outer if klass else callee), in_class=klass)
            else:
                self._walk(child, where, in_class=in_class)

    def _inherit(self, callee: Callee) -> None:
        """A class without fields or `__init__` of its own is made like its base."""
        if isinstance(callee.node, ast.ClassDef) and not callee.parameters:
            for base in callee.node.bases:
                above = self.look(callee.module, base.id) if isinstance(base, ast.Name) else None
                if above is not None and above is not callee:
                    self._inherit(above)
                    callee.parameters, callee.defaults = above.parameters, above.defaults

    @staticmethod
    def _whole(module: Module, call: ast.Call) -> ast.Call:
        """A call of what `partial` made of something, as a call of that something."""
        made = module.names.get(call.func.id) if isinstance(call.func, ast.Name) else None
        match made:
            case ast.Call(func=ast.Name(id="partial"), args=[function, *first], keywords=more):
                return ast.Call(function, [*first, *call.args], [*more, *call.keywords])
        return call

    def look(self, module: Module, name: str) -> Callee | None:
        """What a plain name calls in a module."""
        if (module.name, name) in self._named:
            return self._named[module.name, name]
        place, original = module.imports.get(name, ("", ""))
        return self.look(self.modules[place], original) if place in self.modules else None

    def called(self, where: Where, call: ast.Call) -> list[Callee]:
        """What a call may reach; a method of an unknown object stands for all methods of that name."""
        module, _function = where
        match call.func:
            case ast.Name(id=name):
                found = self.look(module, name)
                return [found] if found else []
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                place, original = module.imports.get(owner, ("", ""))
                if f"{place}.{original}" in self.modules:
                    found = self.look(self.modules[f"{place}.{original}"], name)
                    return [found] if found else []
                own = [item for item in self._methods[name] if item.module is module]
                return own if owner in ("self", "cls") else self._fitting(name, call)
            case ast.Attribute(attr=name):
                return self._fitting(name, call)
        return []

    def _fitting(self, name: str, call: ast.Call) -> list[Callee]:
        """The methods of a name that take so many arguments."""
        named = {item.arg for item in call.keywords}
        if None in named or any(isinstance(item, ast.Starred) for item in call.args):
            return self._methods[name]
        found = []
        for callee in self._methods[name]:
            needed = set(callee.parameters[len(call.args) :]) - callee.defaults.keys()
            if needed <= named and len(call.args) <= len(callee.parameters):
                found.append(callee)
        return found

    @staticmethod
    def given(call: ast.Call, callee: Callee, parameter: str) -> ast.expr | None:
        """What a call gives for a parameter; its default where the call says nothing."""
        for keyword in call.keywords:
            if keyword.arg == parameter:
                return keyword.value
        place = callee.parameters.index(parameter)
        if place < len(call.args) and not any(isinstance(item, ast.Starred) for item in call.args[: place + 1]):
            return call.args[place]
        return callee.defaults.get(parameter)

    def values(self, where: Where, node: ast.expr, depth: int = 0) -> Iterator[Value]:
        """The texts that an expression may be."""
        match node:
            case _ if depth > DEPTH:
                yield Unclear(ast.unparse(node))
            case ast.Constant(value=value):
                if isinstance(value, str):
                    yield value
            case ast.JoinedStr():
                yield from self._joined(where, node, depth)
            case ast.Call(func=ast.Attribute(value=text, attr="lower"), args=[]):
                for found in self.values(where, text, depth + 1):
                    yield found.lower() if isinstance(found, str) else found
            case _:
                for place, nearer in self.stands_for(where, node, depth):
                    if isinstance(nearer, (Parameter, Unclear)):
                        yield nearer
                    elif nearer is node:
                        yield Unclear(ast.unparse(node))
                    else:
                        yield from self.values(place, nearer, depth + 1)

    def _joined(self, where: Where, node: ast.JoinedStr, depth: int) -> Iterator[Value]:
        texts = [""]
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            found = list(self.values(where, inner, depth + 1))
            plain = [item for item in found if isinstance(item, str)]
            if len(plain) < len(found) or not plain:
                yield Unclear(ast.unparse(node))
                return
            texts = [text + item for text in texts for item in plain]
        yield from texts

    def stands_for(
        self, where: Where, node: ast.expr, depth: int
    ) -> Iterator[tuple[Where, ast.expr | Parameter | Unclear]]:
        """What a name, a part of a table or a call leads to: one step nearer; else the node itself."""
        match node:
            case ast.Name(id=name):
                yield from self._named_values(where, name, depth + 1)
            case ast.IfExp(body=body, orelse=other):
                yield from ((where, body), (where, other))
            case ast.BoolOp(values=items):
                yield from ((where, item) for item in items)
            case ast.NamedExpr(value=value) | ast.Await(value=value):
                yield where, value
            case ast.Subscript(value=table, slice=key):
                yield from self._parts(where, table, key, depth + 1)
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *other]):
                yield from self._parts(where, table, None, depth + 1)
                yield from ((where, item) for item in other)
            case ast.Call():
                for callee in self.called(where, node):
                    for inner in ast.walk(callee.node):
                        if isinstance(inner, (ast.Return, ast.Yield)) and inner.value is not None:
                            yield (callee.module, callee), inner.value
            case _:
                yield where, node

    def tables(self, where: Where, node: ast.expr, depth: int) -> Iterator[tuple[Where, ast.expr]]:
        """The displays (dict, tuple, list, set) that an expression may be; itself where none is found."""
        if isinstance(node, ast.Constant):
            return
        if isinstance(node, (ast.Dict, ast.ListComp, *MANY)) or depth > DEPTH:
            yield where, node
            return
        for place, found in self.stands_for(where, node, depth):
            if isinstance(found, ast.expr) and found is not node:
                yield from self.tables(place, found, depth + 1)
            else:
                yield where, node

    def _parts(
        self, where: Where, table: ast.expr, key: ast.expr | None, depth: int
    ) -> Iterator[tuple[Where, ast.expr | Unclear]]:
        for place, found in self.tables(where, table, depth):
            match found, key:
                case ast.Dict(values=values), _:
                    yield from ((place, value) for value in values)
                case ((ast.Tuple() | ast.List()), ast.Constant(value=int(number))):
                    yield place, found.elts[number]
                case ((ast.Tuple() | ast.List() | ast.Set()), _):
                    yield from ((place, value) for value in found.elts)
                case _:
                    yield place, Unclear(ast.unparse(table))

    def _items(self, where: Where, node: ast.expr, depth: int) -> Iterator[tuple[Where, ast.expr]]:
        """What a loop over an expression gives."""
        match node:
            case ast.Call(func=ast.Attribute(value=table, attr="items")):
                for place, found in self.tables(where, table, depth):
                    if isinstance(found, ast.Dict):
                        pairs = zip(found.keys, found.values, strict=True)
                        yield from ((place, ast.Tuple([key, value])) for key, value in pairs if key is not None)
            case ast.Call(func=ast.Name(id="sorted" | "list" | "tuple" | "reversed"), args=[first, *_]):
                yield from self._items(where, first, depth)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                yield where, element
            case ast.Call(func=ast.Name(id="zip"), args=lists):
                columns = [[item for _, item in self._items(where, each, depth)] for each in lists]
                longest = max(map(len, columns))
                for row in range(longest):
                    yield where, ast.Tuple([column[row] if row < len(column) else lists[0] for column in columns])
            case _:
                for place, found in self.tables(where, node, depth):
                    if isinstance(found, MANY):
                        yield from ((place, item) for item in found.elts)
                    elif isinstance(found, ast.Dict):
                        yield from ((place, key) for key in found.keys if key is not None)
                    elif found is not node:
                        yield from self._items(place, found, depth + 1)

    def _named_values(
        self, where: Where, name: str, depth: int
    ) -> Iterator[tuple[Where, ast.expr | Parameter | Unclear]]:
        module, function = where
        found = list(self._local(where, name, depth)) if function is not None else []
        if found:
            yield from found
        elif function is not None and function.outer is not None:
            yield from self._named_values((module, function.outer), name, depth)
        elif name in module.names:
            yield (module, None), module.names[name]
        else:
            place, original = module.imports.get(name, ("", ""))
            there = self.modules[place].names.get(original) if place in self.modules else None
            yield (self.modules[place], None) if there else where, there or Unclear(name)

    def _local(
        self, where: Where, name: str, depth: int
    ) -> Iterator[tuple[Where, ast.expr | Parameter | Unclear]]:
        """What a function itself binds to a name: a parameter, an assignment, a loop."""
        function = where[1]
        assert function is not None
        if isinstance(function.node, ast.ClassDef):
            return
        if name in function.parameters:
            yield where, Parameter(function, name)
        for node in ast.walk(function.node):
            match node:
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        yield from self._bound(where, target, value, name, depth)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    yield from self._bound(where, target, value, name, depth)
                case ast.NamedExpr(target=target, value=value):
                    yield from self._bound(where, target, value, name, depth)
                case ast.For(target=target, iter=many) | ast.comprehension(target=target, iter=many):
                    if _binds(target, name):
                        items = list(self._items(where, many, depth))
                        for place, item in items:
                            yield from self._bound(place, target, item, name, depth)
                        if not items:
                            yield where, Unclear(f"for {ast.unparse(many)}")

    def _bound(
        self, where: Where, target: ast.expr, value: ast.expr, name: str, depth: int
    ) -> Iterator[tuple[Where, ast.expr | Unclear]]:
        if isinstance(target, ast.Name):
            if target.id == name:
                yield where, value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for number, part in enumerate(target.elts):
                if _binds(part, name):
                    for place, found in self.tables(where, value, depth):
                        if isinstance(found, MANY) and number < len(found.elts):
                            yield from self._bound(place, part, found.elts[number], name, depth)
                        else:
                            yield place, Unclear(ast.unparse(value))


def _binds(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))
