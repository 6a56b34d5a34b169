"""Fields of the state by dotted path, as `rancher-tui set` and the screens name them.

`fqdn`, `nodes.0.address`, `options.registry.url`. An index one past the end of a list adds an item
(`nodes.3.address` when there are three nodes). Lists of texts take comma-separated text.
"""

from __future__ import annotations

from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

from rancher_tui.i18n import Message, msg
from rancher_tui.install.state import META_FIELDS, InstallState

_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "0"})


class PathError(Exception):
    """A path that leads to no field, or a value of the wrong shape for it. `message` says what would be right."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.english)
        self.message = message


class ValueRefusedError(PathError):
    """A value of the wrong shape. `reason` says it without the path, for whoever sees the field's title."""

    def __init__(self, message: Message, reason: Message) -> None:
        super().__init__(message)
        self.reason = reason


def get(state: InstallState, path: str) -> Any:
    """The value at `path`; PathError when there is no such field."""
    value: Any = state
    for key in _keys(path):
        value = _child(value, key, path)
    return value


def put(state: InstallState, path: str, text: str) -> InstallState:
    """The state with the field at `path` set from text; PathError leaves everything as it was."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PathError(msg("{path}: the value is no Unicode text", path=path)) from error
    return _put(state, _keys(path), text, path)  # type: ignore[no-any-return]


def replace(state: InstallState, path: str, value: Any) -> InstallState:
    """The state with the field at `path` replaced by a value that already has the field's type."""
    return _replace(state, _keys(path), value, path)  # type: ignore[no-any-return]


def leaves(state: InstallState) -> list[str]:
    """The paths of all fields that take text, in the order of the state."""
    found: list[str] = []
    for name in InstallState.model_fields:
        if name not in META_FIELDS:
            _walk(getattr(state, name), name, found)
    return found


def _walk(value: Any, path: str, found: list[str]) -> None:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _walk(getattr(value, name), f"{path}.{name}", found)
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for index, item in enumerate(value):
            _walk(item, f"{path}.{index}", found)
    else:
        found.append(path)


def _keys(path: str) -> list[str]:
    keys = path.split(".")
    if keys[0] in META_FIELDS or "" in keys:
        raise _unknown(path)
    return keys


def _unknown(path: str, allowed: list[str] | None = None) -> PathError:
    if allowed:
        return PathError(msg("{path}: no such field; there are {allowed}", path=path, allowed=", ".join(allowed)))
    return PathError(msg("{path}: no such field", path=path))


def _child(value: Any, key: str, path: str) -> Any:
    if isinstance(value, BaseModel):
        if key not in type(value).model_fields:
            raise _unknown(path, [name for name in type(value).model_fields if name not in META_FIELDS])
        return getattr(value, key)
    if isinstance(value, tuple) and (index := _index(key)) is not None and index < len(value):
        return value[index]
    raise _unknown(path)


def _put(value: Any, keys: list[str], text: str, path: str) -> Any:
    if isinstance(value, BaseModel):
        return _put_in_model(value, keys, text, path)
    raise _unknown(path)


def _put_in_model(model: BaseModel, keys: list[str], text: str, path: str) -> BaseModel:
    key, *rest = keys
    current = _child(model, key, path)
    if isinstance(current, BaseModel):
        if not rest:
            raise PathError(msg("{path} is a group of fields; name one of them", path=path))
        return model.model_copy(update={key: _put_in_model(current, rest, text, path)})
    kind = type(model).model_fields[key].annotation
    if get_origin(kind) is tuple:
        return model.model_copy(update={key: _put_in_tuple(current, get_args(kind)[0], rest, text, path)})
    if rest:
        raise _unknown(path)
    return model.model_copy(update={key: _boolean(text, path) if kind is bool else text})


def _put_in_tuple(items: tuple[Any, ...], kind: Any, rest: list[str], text: str, path: str) -> tuple[Any, ...]:
    if not rest:
        if kind is not str:
            raise PathError(msg("{path} is a table; name a row and a field, such as {path}.0.address", path=path))
        return tuple(part.strip() for part in text.split(",") if part.strip())
    index_text, *inner = rest
    index = _index(index_text)
    if index is None or index > len(items):
        raise PathError(msg("{path}: rows go from 0 to {last}", path=path, last=len(items)))
    if kind is str:
        if inner:
            raise _unknown(path)
        return (*items[:index], text, *items[index + 1 :])
    if not inner:
        raise PathError(msg("{path} is a row; name one of its fields", path=path))
    item = items[index] if index < len(items) else kind()
    return (*items[:index], _put_in_model(item, inner, text, path), *items[index + 1 :])


def _index(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _boolean(text: str, path: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    told = msg("{path} takes true or false, not {text}", path=path, text=repr(text))
    raise ValueRefusedError(told, msg("yes or no, not {text}", text=repr(text)))


def _replace(value: Any, keys: list[str], new: Any, path: str) -> Any:
    key, *rest = keys
    child = _child(value, key, path)
    replaced = _replace(child, rest, new, path) if rest else new
    if isinstance(value, BaseModel):
        return value.model_copy(update={key: replaced})
    index = int(key)
    return (*value[:index], replaced, *value[index + 1 :])
