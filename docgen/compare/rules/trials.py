"""Compares what functions give for sample arguments: calls of both sides in a trial that runs no code of the package.

Only functions whose code has changed, or code that they use, are tried, and only those in which no other breaking
difference was found. A difference names the call that shows it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.context import ClassPair, Context
from docgen.compare.rules.pairing import Pair
from docgen.compare.visibility import is_private_name
from docgen.model import Function, Property
from docgen.sources.trees import last_name
from docgen.trials.arguments import NOTHING_RAISED, Call, Made, calls_of, tested_types
from docgen.trials.gaps import gap, without
from docgen.trials.outcomes import Ending, Target, ending, node_of
from docgen.trials.program import Program

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_FIRST = 5
"""Calls after which a function is given up if none could be followed to its end."""
_MOST_SAMPLES = 2
"""Objects of classes of its module that a function is called with."""
_MOST_OBJECTS = 6
"""Objects of a class for which each method is tried."""
_REFUSAL = ("constant", "NotImplemented")
_NOT_TRIED = frozenset({
    "__del__", "__getattribute__", "__hash__", "__init__", "__new__", "__post_init__", "__repr__", "__setattr__",
})  # fmt: skip
"""Methods that are for debugging, or that the constructor of the class shows."""


@dataclass(frozen=True)
class Tried:
    """A function or class on both sides, and the parameters that calls of it have."""

    place: Place
    old: Target
    new: Target
    taken: ast.arguments
    skips: int
    """Number of first parameters that are given already: 1 for a receiver."""
    is_property: bool
    """It is read, not called."""
    nodes: tuple[ast.AST, ...]
    """Its code on both sides, and the constants that it uses: they show which arguments matter."""
    known: frozenset[str]
    """Attributes of objects of its class whose difference is reported."""
    handled: tuple[Mapping[str, AbstractSet[str]], Mapping[str, AbstractSet[str]]]
    """For both sides: parameter -> types that the code handles as special cases."""


class Trials:
    """Tries the functions of both sides.

    Parameters:
        context: Both sides.
        programs: The sources of both sides.
    """

    def __init__(self, context: Context, programs: tuple[Program, Program]) -> None:
        self.context = context
        self.old, self.new = programs
        self._reported: AbstractSet[str] = frozenset()
        self._made: dict[str, tuple[Made, ...]] = {}
        self._changes: dict[tuple[str, str], frozenset[str]] = {}

    def differences(self, reported: AbstractSet[str]) -> Iterator[Difference]:
        """Yield the difference of each function whose calls end differently.

        Parameters:
            reported: Symbols for which another breaking difference is reported.
        """
        self._reported = reported
        found: set[str] = set()
        for each in self._tried():
            if each.place.symbol not in found:
                for different in self._compared(each):
                    found.add(each.place.symbol)
                    yield different

    # -- which functions are tried

    def _tried(self) -> Iterator[Tried]:
        functions = [
            pair
            for pair in self.context.pairing.pairs
            if isinstance(pair.old, Function) and isinstance(pair.new, Function) and pair.old_path not in self._reported
        ]
        every: list[Pair | ClassPair] = [*functions, *self.context.class_pairs]
        pairs = [each for each in every if self.context.visible(each.old_path)]
        sized = [(self._size(pair.old.path, pair.new.path), pair) for pair in pairs]
        for size, pair in sorted(sized, key=lambda each: each[0]):
            if not size:
                continue
            if isinstance(pair, ClassPair):
                yield from self._of_class(pair)
            else:
                place = Place(symbol=pair.old_path, old=pair.old.location, new=pair.new.location)
                old, new = self._target(self.old, pair.old.path), self._target(self.new, pair.new.path)
                yield from self._changed_function(place, old, new, frozenset())

    def _size(self, old: str, new: str) -> int:
        """Return the length of the module that defines a symbol; 0 if it is unknown or the same on both sides."""
        texts = (self.old.text(self.old.home(old)), self.new.text(self.new.home(new)))
        return len(texts[0]) if all(texts) and texts[0] != texts[1] else 0

    def _changed_function(self, place: Place, old: Target, new: Target, changed: frozenset[str]) -> Iterator[Tried]:
        """Yield a function if its code differs, or code that it uses.

        Parameters:
            place: The symbol.
            old: The function.
            new: The same on the new side.
            changed: Names of the changed private members of its class.
        """
        nodes = node_of(self.old, old), node_of(self.new, new)
        if nodes[0] is None or nodes[1] is None or not self._is_changed(old, new, nodes, changed):
            return
        decorators = {each.id for each in nodes[0].decorator_list if isinstance(each, ast.Name)}
        skips = int(len(old.names) > 1 and "staticmethod" not in decorators)
        yield self._trial(place, old, new, (nodes[0].args, skips), nodes)

    def _trial(
        self, place: Place, old: Target, new: Target, taken: tuple[ast.arguments, int], nodes: Sequence[ast.stmt | None]
    ) -> Tried:
        was, now = (tested_types([each] if each else []) for each in nodes)
        decorators = [
            getattr(each, "attr", getattr(each, "id", "")) for each in getattr(nodes[0], "decorator_list", ())
        ]
        is_property = any(each.endswith("property") for each in decorators)
        above = place.symbol.removesuffix(f".{old.names[-1]}") if len(old.names) > 1 else place.symbol
        known = frozenset(path.removeprefix(f"{above}.") for path in self._reported if path.startswith(f"{above}."))
        return Tried(place, old, new, *taken, is_property, self._read(old, new, nodes), known, (was, now))

    def _is_changed(self, old: Target, new: Target, nodes: Sequence[ast.stmt | None], changed: frozenset[str]) -> bool:
        was, now = nodes
        if was is None or now is None or self._differs(old.module, was, new.module, now):
            return was is not None or now is not None
        return not (self._changed(old.module, new.module) | changed).isdisjoint(_used(was))

    def _differs(self, old: str, was: ast.stmt | ast.alias, new: str, now: ast.stmt | ast.alias) -> bool:
        """Return True if the source of two statements differs."""
        sides = self.old.module(old), self.new.module(new)
        return sides[0] is None or sides[1] is None or sides[0].code(was) != sides[1].code(now)

    def _read(self, old: Target, new: Target, nodes: Iterable[ast.AST | None]) -> tuple[ast.AST, ...]:
        """Return the code of a function on both sides, and the constants of its module that it uses."""
        found: list[ast.AST] = []
        for target, program, node in zip((old, new), (self.old, self.new), nodes, strict=True):
            module = program.module(target.module)
            if node is not None and module is not None:
                used = (module.bindings.get(name) for name in sorted(_used(node)))
                found += [node, *(each for each in used if isinstance(each, ast.Assign | ast.AnnAssign))]
        return tuple(found)

    def _of_class(self, pair: ClassPair) -> Iterator[Tried]:
        old, new = self._target(self.old, pair.old.path), self._target(self.new, pair.new.path)
        if len(old.names) > 1:
            return
        classes = self._class(self.old, old), self._class(self.new, new)
        if classes[0] is None or classes[1] is None:
            return
        changed = self._changed_members(old, new, classes[0], classes[1])
        taken, skips = _constructor(classes[0])
        makers = [each and (_in(each, "__init__") or _in(each, "__post_init__")) for each in classes]
        if pair.old_path not in self._reported and self._is_changed(old, new, makers, changed):
            yield self._trial(pair.place, old, new, (taken, skips), makers)
        objects: Sequence[Call] | None = None
        for name, place in _members(pair):
            if place.symbol in self._reported or name in _NOT_TRIED:
                continue
            members = Target(old.module, (*old.names, name)), Target(new.module, (*new.names, name))
            for each in self._changed_function(place, *members, changed):
                if objects is None:
                    objects = self._objects(old, taken, skips, [each for each in makers[:1] if each])
                for made in objects:
                    sides = (replace(side, made=made) for side in members)
                    yield replace(each, old=next(sides), new=next(sides))

    def _changed_members(self, old: Target, new: Target, was: ast.ClassDef, now: ast.ClassDef) -> frozenset[str]:
        """Return the names of the private members, the constructor and the constants of a class that differ."""
        before, after = _inner(was), _inner(now)
        return frozenset(
            name
            for name in before.keys() & after.keys()
            if self._differs(old.module, before[name], new.module, after[name])
        )

    @staticmethod
    def _class(program: Program, target: Target) -> ast.ClassDef | None:
        module = program.module(target.module)
        node = module.bindings.get(target.names[0]) if module else None
        return node if isinstance(node, ast.ClassDef) else None

    def _samples(self, module: str) -> tuple[Made, ...]:
        """Return objects of the first public classes of a module on the old side, as arguments of its functions."""
        if module not in self._made:
            found = self.old.module(module)
            classes = [each for each in (found.bindings.values() if found else ()) if isinstance(each, ast.ClassDef)]
            made = [
                Made(each.name, objects[0])
                for each in classes
                if not is_private_name(each.name)
                and (objects := self._objects(Target(module, (each.name,)), *_constructor(each), _makers(each)))
            ]
            self._made[module] = tuple(made[:_MOST_SAMPLES])
        return self._made[module]

    def _objects(self, class_: Target, taken: ast.arguments, skips: int, maker: Sequence[ast.AST]) -> tuple[Call, ...]:
        """Return arguments with which objects of a class can be created on the old side."""
        found: list[Call] = []
        for call in calls_of(taken, maker, tested_types(maker), skips=skips):
            end = ending(self.old, class_, call)
            if end is not None and not end.kinds:
                found.append(call)
                if len(found) == _MOST_OBJECTS:
                    break
        return tuple(found)

    @staticmethod
    def _target(program: Program, path: str) -> Target:
        """Return the function or class of a path whose module has a source."""
        module = program.home(path)
        return Target(module, tuple(path[len(module) + 1 :].split(".")))

    def _changed(self, old: str, new: str) -> frozenset[str]:
        """Return the private definitions and the constants of a module that differ, or that use such ones."""
        key = (old, new)
        if key not in self._changes:
            sides = self.old.module(old), self.new.module(new)
            found: set[str] = set()
            if sides[0] is not None and sides[1] is not None:
                before, after = sides[0].bindings, sides[1].bindings
                inner = {name for name, node in before.items() if is_private_name(name) or isinstance(node, ast.Assign)}
                inner -= {path.removeprefix(f"{old}.") for path in self._reported}
                found = {name for name in inner if name in after and self._differs(old, before[name], new, after[name])}
                using = {name: _used(before[name]) for name in inner - found} if found else {}
                for _ in range(3):
                    found |= {name for name, used in using.items() if used & found}
            self._changes[key] = frozenset(found)
        return self._changes[key]

    # -- what differs

    def _compared(self, tried: Tried) -> Iterator[Difference]:
        """Yield the difference that a sample call shows; calls with arguments that are surely accepted count more."""
        ends = self._ends(tried)
        accepted = {kind for call, was, now in ends if not now.kinds for kind in _kinds(call, was)}
        if any(was.result == ("argument",) for _, was, _ in ends):
            ends = [each for each in ends if each[1].asked]  # It takes and returns functions.
        is_ordered = not any(map(_makes_sets, tried.nodes))
        found: Difference | None = None
        for call, was, now in ends:
            is_accepted = accepted.issuperset(_kinds(call, was))
            pair = Endings(tried, call, was, now, is_ordered=is_ordered, is_accepted=is_accepted)
            each = pair.difference()
            if each is not None and self._is_of_release(each):
                continue
            if each is not None and (found is None or not call.kinds()):
                found = each
                if not call.kinds():
                    break
        if found is not None:
            yield found

    def _is_of_release(self, each: Difference) -> bool:
        """Return True if results differ because they contain the version of their side."""
        was, now = self.context.versions
        return bool(was and now) and was != now and was in each.text and now in each.text

    def _ends(self, tried: Tried) -> list[tuple[Call, Ending, Ending]]:
        """Return the sample calls that could be followed to their end on both sides, and how they end."""
        is_exit = tried.old.names[-1] == "__exit__"
        objects = self._samples(tried.old.module)
        calls: Iterable[Call] = (NOTHING_RAISED,)
        if not is_exit:
            calls = calls_of(tried.taken, tried.nodes, tried.handled[0], skips=tried.skips, objects=objects)
        ends: list[tuple[Call, Ending, Ending]] = []
        for count, call in enumerate(calls):
            if not ends and count > _FIRST:
                break  # The code does something that no trial follows.
            was = ending(self.old, tried.old, call)
            now = None if was is None else ending(self.new, tried.new, call)
            if was is not None and now is not None and not self._is_new_kind(tried, call):
                ends.append((call, was, now))
        return ends

    @staticmethod
    def _is_new_kind(tried: Tried, call: Call) -> bool:
        """Return True if an argument is of a type that only the new code handles as a special case."""
        was, now = tried.handled
        return any(type_ in now.get(name, ()) and type_ not in was.get(name, ()) for name, type_ in call.kinds())


def _members(pair: ClassPair) -> Iterator[tuple[str, Place]]:
    """Yield the methods and properties that both sides of a class define."""
    sides: list[list[Function | Property]] = [[*side.methods, *side.properties] for side in (pair.old, pair.new)]
    now = {each.name: each for each in sides[1]}
    for each in sides[0]:
        if each.name in now and type(each) is type(now[each.name]) and not is_private_name(each.name):
            symbol = f"{pair.old_path}.{each.name}"
            yield each.name, Place(symbol=symbol, old=each.location, new=now[each.name].location)


def _in(class_: ast.ClassDef, name: str) -> _FunctionNode | None:
    """Return a method that the body of a class defines."""
    found = (each for each in class_.body if isinstance(each, _FunctionNode) and each.name == name)
    return next(found, None)


def _makers(class_: ast.ClassDef) -> list[_FunctionNode]:
    """Return the method of a class that decides what its constructor accepts."""
    return [each for name in ("__init__", "__post_init__") if (each := _in(class_, name)) is not None][:1]


def _constructor(class_: ast.ClassDef) -> tuple[ast.arguments, int]:
    """Return the parameters of a constructor, and how many of them are given: for a dataclass, those of its fields."""
    made = _in(class_, "__init__")
    if made is not None:
        return made.args, 1
    fields = [
        each
        for each in class_.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and class_.decorator_list
    ]
    args = [
        ast.arg(arg=each.target.id, annotation=each.annotation) for each in fields if isinstance(each.target, ast.Name)
    ]
    defaults = [each.value for each in fields if each.value is not None]
    return ast.arguments(posonlyargs=[], args=args, kwonlyargs=[], kw_defaults=[], defaults=defaults), 0


def _inner(class_: ast.ClassDef) -> dict[str, ast.stmt]:
    """Return the private members, the constructor and the constants in the body of a class."""
    found: dict[str, ast.stmt] = {}
    for each in class_.body:
        if isinstance(each, _FunctionNode) and (is_private_name(each.name) or each.name == "__init__"):
            found[each.name] = each
        elif isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            found[each.targets[0].id] = each
    return found


def _is_property(decorator: ast.expr) -> bool:
    return last_name(decorator).endswith("property")


def _used(node: ast.AST) -> frozenset[str]:
    """Return the names and attributes that code mentions."""
    names = (getattr(each, "id", None) or getattr(each, "attr", None) for each in ast.walk(node))
    return frozenset(name for name in names if name)


def _kinds(call: Call, was: Ending) -> tuple[tuple[str, str], ...]:
    """Return the kinds of arguments that the old code is not known to accept; a function that it calls is."""
    return call.kinds(are_functions_meant=any(was.asked))


def _makes_sets(node: ast.AST) -> bool:
    """Return True if code makes sets, whose order is that of no statement."""
    return any(
        isinstance(each, ast.Set | ast.SetComp) or getattr(each, "id", "") in ("set", "frozenset")
        for each in ast.walk(node)
    )


@dataclass(frozen=True)
class Endings:
    """How one call ends on both sides."""

    tried: Tried
    call: Call
    was: Ending
    now: Ending
    is_ordered: bool
    """The order of items in results is that of the code, not that of a set."""
    is_accepted: bool
    """Other calls with arguments of these kinds succeed on the new side."""

    def difference(self) -> Difference | None:
        """Return the difference, None if there is none that users notice."""
        place, was, now = self.tried.place, self.was, self.now
        shown = self._shown()
        if was.result == _REFUSAL:
            return None
        if was.kinds:
            is_other = bool(now.kinds) and was.result not in now.kinds and was.is_stated
            is_other = is_other and self.is_accepted and not self.call.gives_none
            is_other = is_other and was.result != "AssertionError"  # Nobody handles it.
            text = f"{shown} raises {now.result}, not {was.result}"
            return difference("error-changed", place, text) if is_other else None
        if now.kinds:
            # An argument of another kind may be one that nobody passes.
            is_refused = now.is_stated or self.is_accepted
            if now.result == "AttributeError" and not now.is_stated and self.tried.known:
                return None  # The missing attribute is reported.
            return difference("refused", place, f"{shown} raises {now.result} now") if is_refused else None
        return self._of_calls(shown) or self._of_results(shown)

    def _shown(self) -> str:
        """Return the call as code: `Point(1, 2).length()`, `Point(1, 2).x` for a property."""
        target = self.tried.old
        name = ".".join(target.names)
        if target.made is not None:
            name = f"{target.names[0]}({target.made.shown()}).{target.names[-1]}"
        return f"`{name}`" if self.tried.is_property else f"`{name}({self.call.shown()})`"

    def _of_calls(self, shown: str) -> Difference | None:
        """Return the difference in the calls of the functions among the arguments."""
        was, now = self.was.asked, self.now.asked
        if not any(set(new) - set(old) for old, new in zip(was, now, strict=True) if old):
            return None
        text = f"{shown} calls the function with {_arguments(now)}, not with {_arguments(was)}"
        return difference("argument-handling", self.tried.place, text)

    def _of_results(self, shown: str) -> Difference | None:
        place, known = self.tried.place, self.tried.known | {"args"}  # The text of an error is `str()` of it.
        was, now = (
            replace(each, result=without(each.result, known), state=without(each.state, known))
            for each in (self.was, self.now)
        )
        found, start = gap(was.result, now.result, is_ordered=self.is_ordered), f"{shown} gives"
        if found is None and was.state is not None and now.state is not None:
            found, start = gap(was.state, now.state, is_ordered=self.is_ordered), f"after {shown}, there is"
        if found is not None:
            return difference("result-retyped" if found.is_of_type else "value-changed", place, f"{start} {found.text}")
        if now.again and not was.again:
            return difference("refused", place, f"a second call of {shown} raises {now.again} now")
        return None


def _arguments(asked: Sequence[tuple[tuple[int, tuple[str, ...]], ...]]) -> str:
    """Return the arguments of the first recorded call, in words."""
    count, words = next(each for calls in asked for each in calls)
    named = [f"`{name}=`" for name in words]
    counted = [f"{count} argument{'s' * (count != 1)}"] if count or not named else []
    return " and ".join((*counted, *named))
