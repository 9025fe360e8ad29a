"""Classes and objects of a trial: how a class is created, and how attributes are found and assigned."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from docgen.trials import natives
from docgen.trials.things import (
    MISSING,
    Accessor,
    BeyondError,
    Bound,
    Closure,
    Frame,
    Ignored,
    Klass,
    Named,
    RaisedError,
    Recorder,
    Super,
    Thing,
)


class Machine(Protocol):
    """What classes need from the rest of a trial."""

    def call(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], frame: Frame) -> Any:  # noqa: ANN401 - any
        """Return the result of a call."""

    def attribute(self, owner: Any, name: str) -> Any:  # noqa: ANN401 - any value
        """Return an attribute of a value."""

    def evaluate(self, node: ast.expr, frame: Frame) -> Any:  # noqa: ANN401 - any value
        """Return the value of an expression."""

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame, owner: Klass | None = None) -> Any:  # noqa: ANN401 - any
        """Return the object that a definition binds to its name."""


class Classes:
    """Creates classes and their objects.

    Parameters:
        machine: The rest of the trial.
    """

    BASES: ClassVar = frozenset({
        "abc.ABC", "typing.Generic", "typing.Protocol", "contextlib.AbstractContextManager",
        "contextlib.ContextDecorator",
    })  # fmt: skip
    """Bases of the standard library that have no part in what a trial observes."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def define(self, node: ast.ClassDef, frame: Frame) -> Klass:
        """Return the class that a definition binds to its name.

        Raises:
            BeyondError: A metaclass, a decorator or a base does something that a trial does not follow.
        """
        if node.keywords:
            raise BeyondError
        bases = [self._base(each, frame) for each in node.bases]
        natives_ = [each for each in bases if isinstance(each, type)]
        own = tuple(each for each in bases if isinstance(each, Klass))
        native = next((each for each in (*natives_, *(each.native for each in own)) if each is not object), object)
        class_ = Klass(name=node.name, bases=own, native=native, names={}, make=self.make)
        if class_.find("__init_subclass__") is not MISSING:
            raise BeyondError
        self._body(node, class_, frame)
        for each in node.decorator_list:
            self._decorate(class_, node, each, frame)
        return class_

    def _base(self, node: ast.expr, frame: Frame) -> Any:  # noqa: ANN401 - a class, or None if it does not matter
        base = self.machine.evaluate(node.value if isinstance(node, ast.Subscript) else node, frame)
        if isinstance(base, Named) and base.path in self.BASES:
            return None
        is_known = isinstance(base, Klass) or (isinstance(base, type) and issubclass(base, BaseException | object))
        if not is_known or (isinstance(base, type) and base is not object and not issubclass(base, BaseException)):
            raise BeyondError
        return base

    def _body(self, node: ast.ClassDef, class_: Klass, frame: Frame) -> None:
        inner = Frame(frame.module, frame, class_.names)
        for each in node.body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                made = self.machine.function(each, inner, class_)
                _released(made, frame)
                class_.names[each.name] = made
            elif isinstance(each, ast.Assign) and all(isinstance(target, ast.Name) for target in each.targets):
                value = self.machine.evaluate(each.value, inner)
                class_.names.update({target.id: value for target in each.targets if isinstance(target, ast.Name)})
            elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                if each.value is not None:
                    class_.names[each.target.id] = self.machine.evaluate(each.value, inner)
            elif not isinstance(each, ast.Pass) and not isinstance(getattr(each, "value", None), ast.Constant):
                raise BeyondError
        for name, value in class_.names.items():
            if isinstance(value, Thing) and value.has("__set_name__"):
                value.special("__set_name__", class_, name)

    def _decorate(self, class_: Klass, node: ast.ClassDef, decorator: ast.expr, frame: Frame) -> None:
        function = self.machine.evaluate(decorator.func if isinstance(decorator, ast.Call) else decorator, frame)
        if not isinstance(function, Named) or function.path not in ("dataclasses.dataclass", "typing.final"):
            raise BeyondError
        if function.path == "typing.final":
            return
        words = decorator.keywords if isinstance(decorator, ast.Call) else []
        options = {each.arg: getattr(each.value, "value", None) for each in words}
        if not options.keys() <= {"frozen", "slots", "repr", "unsafe_hash"}:
            raise BeyondError
        fields = dict(class_.bases[0].fields or {}) if class_.bases else {}
        for each in node.body:
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                if "ClassVar" in ast.dump(each.annotation) or "InitVar" in ast.dump(each.annotation):
                    raise BeyondError
                fields[each.target.id] = class_.names.get(each.target.id, MISSING)
        class_.fields, class_.is_frozen = fields, options.get("frozen") is True

    def make(self, class_: Klass, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value
        """Return a new object of a class.

        Raises:
            BeyondError: Creating it does something that a trial does not follow.
            RaisedError: The constructor raises an error.
        """
        if class_.find("__new__") is not MISSING:
            raise BeyondError
        made = Thing(class_)
        frame = Frame("")
        init = class_.find("__init__")
        if issubclass(class_.native, BaseException):
            made.attributes["args"] = args
        if init is not MISSING:
            self.machine.call(init, (made, *args), dict(keywords), frame)
        elif class_.fields is not None:
            self._fill(class_, made, args, keywords)
        elif (args or keywords) and not issubclass(class_.native, BaseException):
            raise RaisedError(TypeError("it takes no arguments"))
        return made

    def _fill(self, class_: Klass, made: Thing, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> None:
        """Set the fields of an object of a dataclass."""
        fields = class_.fields or {}
        if len(args) > len(fields) or not keywords.keys() <= set(list(fields)[len(args) :]):
            raise RaisedError(TypeError("unexpected arguments"))
        given = dict(zip(fields, args, strict=False)) | dict(keywords)
        for name, default in fields.items():
            if name not in given and default is MISSING:
                raise RaisedError(TypeError(f"missing {name}"))
            made.attributes[name] = given.get(name, default)
        later = class_.find("__post_init__")
        if later is not MISSING:
            self.machine.call(later, (made,), {}, Frame(""))


def _released(made: Any, frame: Frame) -> None:  # noqa: ANN401 - any value
    """Let a method look names up outside its class."""
    for each in (made, getattr(made, "function", None), getattr(made, "setter", None)):
        if isinstance(each, Closure):
            each.frame = frame


class Attributes:
    """Finds and assigns attributes.

    Parameters:
        machine: The rest of the trial.
    """

    ACCESSORS: ClassVar = {
        "property": "property",
        "staticmethod": "staticmethod",
        "classmethod": "classmethod",
        "functools.cached_property": "property",
    }
    """Decorators of methods, and the kind of accessor that they create."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def accessor(self, name: str, made: Any) -> Accessor:  # noqa: ANN401 - any value
        """Return what a decorator of the language makes of a method."""
        kind = self.ACCESSORS.get(name)
        if kind is None:
            raise BeyondError
        return Accessor(kind=kind, function=made)

    @staticmethod
    def with_setter(accessor: Any, made: Any) -> Accessor:  # noqa: ANN401 - any value
        """Return a property with a setter."""
        if not isinstance(accessor, Accessor):
            raise BeyondError
        return Accessor(kind=accessor.kind, function=accessor.function, setter=made)

    @staticmethod
    def check_printable(value: Any) -> None:  # noqa: ANN401 - any value
        """Refuse a value whose text depends on the run."""
        if not natives.is_plain(value) and not isinstance(value, Thing | BaseException):
            raise BeyondError

    # -- reading

    def get(self, owner: Any, name: str) -> Any:  # noqa: ANN401, PLR0911 - any value; one return a kind of owner
        """Return an attribute of a value that is no plain data."""
        if isinstance(owner, Thing):
            return self._of_thing(owner, name)
        if isinstance(owner, Klass):
            return self._of_class(owner, name)
        if isinstance(owner, Super):
            return self._of_super(owner, name)
        if isinstance(owner, Ignored):
            return owner
        if isinstance(owner, Closure):
            if name in ("__name__", "__qualname__"):
                return owner.name
            return owner.attributes[name] if name in owner.attributes else self._missing(name)
        if isinstance(owner, type) and name == "__name__":
            return owner.__name__
        if isinstance(owner, type) and owner is dict and name == "fromkeys":
            return dict.fromkeys
        if isinstance(owner, BaseException) and name == "args":
            return owner.args
        raise BeyondError

    def _of_thing(self, owner: Thing, name: str) -> Any:  # noqa: ANN401 - any value
        if name == "__class__":
            return owner.class_
        if name == "__dict__":
            return owner.attributes
        if owner.has("__getattribute__"):
            raise BeyondError
        found = owner.class_.find(name)
        is_data = isinstance(found, Accessor) or (isinstance(found, Thing) and found.has("__get__"))
        if name in owner.attributes and not (is_data and not isinstance(found, Closure)):
            return owner.attributes[name]
        if found is not MISSING:
            return self._bound(found, owner, owner.class_)
        if owner.has("__getattr__"):
            return owner.special("__getattr__", name)
        if issubclass(owner.class_.native, BaseException) and hasattr(owner.class_.native, name):
            raise BeyondError
        if name.startswith("__"):
            raise BeyondError
        return self._missing(name)

    def _bound(self, found: Any, owner: Any, class_: Klass) -> Any:  # noqa: ANN401 - any value
        """Return the value of an attribute of a class, read from an object."""
        if isinstance(found, Closure):
            return Bound(found, owner)
        if isinstance(found, Accessor):
            if found.kind == "property":
                return self.machine.call(found.function, (owner,), {}, Frame(""))
            return found.function if found.kind == "staticmethod" else Bound(found.function, class_)
        if isinstance(found, Thing) and found.has("__get__"):
            return found.special("__get__", owner, class_)
        return found

    def _of_class(self, owner: Klass, name: str) -> Any:  # noqa: ANN401 - any value
        if name in ("__name__", "__qualname__"):
            return owner.name
        found = owner.find(name)
        if found is MISSING:
            return self._missing(name) if not name.startswith("__") else _beyond()
        if isinstance(found, Accessor) and found.kind != "property":
            return self._bound(found, None, owner)
        return found.special("__get__", None, owner) if isinstance(found, Thing) and found.has("__get__") else found

    def _of_super(self, owner: Super, name: str) -> Any:  # noqa: ANN401 - any value
        receiver = owner.receiver
        class_ = receiver if isinstance(receiver, Klass) else receiver.class_ if isinstance(receiver, Thing) else None
        if class_ is None:
            raise BeyondError
        order = class_.order
        rest = order[order.index(owner.owner) + 1 :] if owner.owner in order else _beyond()
        found = next((each.names[name] for each in rest if name in each.names), MISSING)
        if found is not MISSING:
            return self._bound(found, receiver, class_)
        if name == "__init__" and isinstance(receiver, Thing):
            is_error = issubclass(class_.native, BaseException)
            return lambda *args: receiver.attributes.update(args=args) if is_error else None
        if name == "__setattr__" and isinstance(receiver, Thing):
            return receiver.attributes.__setitem__
        raise BeyondError

    @staticmethod
    def _missing(name: str) -> Any:  # noqa: ANN401 - it never returns
        raise RaisedError(AttributeError(name))

    # -- assigning

    def assign(self, owner: Any, name: str, value: Any) -> None:  # noqa: ANN401 - any value
        """Assign an attribute."""
        if isinstance(owner, Thing):
            self._assign_to_thing(owner, name, value)
        elif isinstance(owner, Closure):
            owner.attributes[name] = value
        elif not isinstance(owner, Ignored):
            raise BeyondError

    def _assign_to_thing(self, owner: Thing, name: str, value: Any) -> None:  # noqa: ANN401 - any value
        found = owner.class_.find(name)
        if owner.has("__setattr__"):
            owner.special("__setattr__", name, value)
        elif owner.class_.is_frozen:
            raise RaisedError(AttributeError(name))
        elif isinstance(found, Accessor) and found.kind == "property":
            if found.setter is None:
                raise RaisedError(AttributeError(name))
            self.machine.call(found.setter, (owner, value), {}, Frame(""))
        elif isinstance(found, Thing) and found.has("__set__"):
            found.special("__set__", owner, value)
        else:
            owner.attributes[name] = value

    # -- functions that look into objects

    def own(self, function: Any, args: tuple[Any, ...]) -> Any:  # noqa: ANN401, PLR0911, C901 - any value; one return a function
        """Return the result of a builtin function that looks into objects of the package, `MISSING` for others."""
        match function, args:
            case _ if function is isinstance and len(args) == 2:  # noqa: PLR2004 - value and types
                return natives.is_instance(args[0], args[1])
            case _ if function is hasattr:
                return self._find(args[0], args[1]) is not MISSING
            case _ if function is getattr:
                found = self._find(args[0], args[1])
                if found is MISSING:
                    return args[2] if len(args) > 2 else self._missing(args[1])  # noqa: PLR2004 - the default
                return found
            case _ if function is setattr:
                self.assign(*args)
                return None
            case _ if function is callable:
                return self._is_callable(args[0])
            case _ if function is type and len(args) == 1:
                return self._type_of(args[0])
            case _ if function is vars and len(args) == 1 and isinstance(args[0], Thing):
                return args[0].attributes
            case _ if function is print:
                return None
            case _ if function in (issubclass, vars, id):
                raise BeyondError
        return MISSING

    def _find(self, owner: Any, name: Any) -> Any:  # noqa: ANN401 - any value
        if not isinstance(name, str):
            raise BeyondError
        try:
            return self.machine.attribute(owner, name)
        except RaisedError as raised:
            if natives.is_instance(raised.error, AttributeError):
                return MISSING
            raise

    @staticmethod
    def _type_of(value: Any) -> Any:  # noqa: ANN401 - any value
        if isinstance(value, Thing):
            return value.class_
        return type(value) if natives.is_plain(value) else _beyond()

    @staticmethod
    def _is_callable(value: Any) -> bool:  # noqa: ANN401 - any value
        if isinstance(value, Thing):
            return value.has("__call__")
        if isinstance(value, Recorder | Closure | Bound | Klass):
            return True
        if isinstance(value, Ignored | Named):
            raise BeyondError
        return callable(value)


def _beyond() -> Any:  # noqa: ANN401 - it never returns
    raise BeyondError
