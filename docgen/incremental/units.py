"""What a build takes over from the last one: the units whose facts are still the same.

A unit is a small part of a reference that is found out at one go: what one name of a module is, which names a module
has, what is wrong with one file. With each unit the facts are kept that it rests on: the questions that were asked of
the files on the way to it, with their answers, and the findings. A unit is taken over if every question would be
answered alike today; that a file which was not there is there now is another answer too. All others are found anew.

Kept as JSON beside the manifest. What cannot be read, or was left by another version or configuration, is as good as
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import msgspec

from docgen.findings import Finding
from docgen.formats.flyte.page_model import Class, Docstring, Function, Variable
from docgen.sources.library import Library, Question
from docgen.trace import Cycle


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A part of a reference; what it does not say is empty."""

    names: tuple[str, ...] = ()
    docstring: Docstring | None = None
    class_: Class | None = None
    function: Function | None = None
    variable: Variable | None = None


@dataclass(frozen=True, kw_only=True)
class _Fact:
    """A question and its answer, or a finding; neither: a fact that no unit rests on any more."""

    question: Question | None = None
    answer: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, kw_only=True)
class _KeptUnit:
    unit: Unit
    """Of a class without its methods: most are inherited, and kept once."""
    methods: tuple[int, ...] = ()
    """Their places among the functions."""
    facts: str
    """The set of facts as a number in base 16: a bit for each."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """All that one build leaves to the next."""

    key: str
    """What the units rest on beside the facts."""
    folders: dict[str, int] = field(default_factory=dict)
    """Folder -> time of change of each that was looked into; as long as none has changed, no file came or went."""
    texts: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """File -> time of change, size and digest as it was read."""
    facts: tuple[_Fact, ...] = ()
    functions: tuple[Function, ...] = ()
    units: dict[str, _KeptUnit] = field(default_factory=dict)


class Units:
    """The units of a build: taken over where they hold, found anew where they do not.

    Parameters:
        library: What was not asked anything yet.
        key: What the units rest on beside the files: configuration, versions. Units of another key do not count.
        last: What `dump` returned in the last build.
    """

    def __init__(self, library: Library, key: str, last: bytes | None) -> None:
        self.has_kept = False
        """Something was taken over."""
        self._library = library
        self._key = key
        self._used = 0
        self._units: dict[str, tuple[Unit, int]] = {}
        self._answers: dict[Question, str] = {}
        self._holding: dict[str, tuple[Unit, int]] = {}
        kept = _decoded(last)
        if kept is not None and kept.key == key:
            self._take_over(kept)

    def get(self, key: str, find: Callable[[], Unit]) -> Unit:
        """Return a unit: the one that was kept, if it still holds, else what `find` returns.

        A unit that asks for another one while it is found rests on what that one rests on.
        """
        found = self._units.get(key) or self._holding.get(key)
        if found is None:
            trace = self._library.trace
            outer = trace.begin()
            unit = find()
            found = (unit, trace.end(outer))
        else:
            self.has_kept = True
        self._units[key] = found
        self._used |= found[1]
        self._library.trace.current |= found[1]
        return found[0]

    @property
    def depends_on_order(self) -> bool:
        """Say whether an answer was asked for while it was being found: it could be another one in another order."""
        return any(isinstance(fact, Cycle) for fact in self._facts())

    def findings(self) -> tuple[Finding, ...]:
        """Return what was noticed on the way to the units, in no particular order."""
        return tuple(fact for fact in self._facts() if isinstance(fact, Finding))

    def modules(self) -> tuple[str, ...]:
        """Return the modules that were read on the way to the units, in alphabetical order."""
        questions = [fact for fact in self._facts() if isinstance(fact, Question)]
        return tuple(sorted(question.name for question in questions if question.kind == "read"))

    def dump(self) -> bytes | None:
        """Return what the next build can take over, None if nothing can be."""
        if self.depends_on_order:
            return None
        functions: dict[int, tuple[int, Function]] = {}
        units = {name: _stored(unit, facts, functions) for name, (unit, facts) in self._units.items()}
        facts = self._library.trace.facts
        return _encoded(
            _Kept(
                key=self._key,
                folders=self._library.looked_in,
                texts=self._library.texts,
                facts=tuple(
                    self._fact(fact) if self._used >> number & 1 else _Fact() for number, fact in enumerate(facts)
                ),
                functions=tuple(function for _, function in functions.values()),
                units=units,
            )
        )

    def _facts(self) -> Iterator[object]:
        return self._library.trace.among(self._used)

    def _fact(self, fact: object) -> _Fact:
        if isinstance(fact, Question):
            return _Fact(question=fact, answer=self._answer(fact))
        return _Fact(finding=fact) if isinstance(fact, Finding) else _Fact()

    def _answer(self, question: Question) -> str:
        """Return the answer that this build rests on, which may be older than that of today."""
        if question.kind == "text":
            return self._library.texts.get(question.name, (0, 0, ""))[2]
        known = self._answers.get(question)
        return self._library.answer(question) if known is None else known

    def _take_over(self, kept: _Kept) -> None:
        """Number the facts as the last build did, and take over the units all of whose facts hold."""
        trace = self._library.trace
        for number, fact in enumerate(kept.facts):
            trace.bit(fact.question or fact.finding or number)
        has_same_files = self._library.resume(kept.folders, kept.texts)
        changed = 0
        for number, fact in enumerate(kept.facts):
            if fact.question is None:
                continue
            is_text = fact.question.kind == "text"
            if (has_same_files and not is_text) or self._library.answer(fact.question) == fact.answer:
                self._answers[fact.question] = fact.answer
            else:
                changed |= 1 << number
        for name, each in kept.units.items():
            facts = int(each.facts, 16)
            if not facts & changed:
                self._holding[name] = (_restored(each, kept.functions), facts)


def _stored(unit: Unit, facts: int, functions: dict[int, tuple[int, Function]]) -> _KeptUnit:
    methods: tuple[int, ...] = ()
    if unit.class_ is not None:
        # By identity: equality would look into everything.
        methods = tuple(functions.setdefault(id(each), (len(functions), each))[0] for each in unit.class_.methods)
        unit = replace(unit, class_=replace(unit.class_, methods=()))
    return _KeptUnit(unit=unit, methods=methods, facts=f"{facts:x}")


def _restored(kept: _KeptUnit, functions: tuple[Function, ...]) -> Unit:
    if kept.unit.class_ is None:
        return kept.unit
    methods = tuple(functions[place] for place in kept.methods)
    return replace(kept.unit, class_=replace(kept.unit.class_, methods=methods))


def _encoded(kept: _Kept) -> bytes:
    """Return JSON after a line with its digest."""
    text = msgspec.json.encode(kept)
    return f"{_digest(text)}\n".encode() + text + b"\n"


def _decoded(data: bytes | None) -> _Kept | None:
    digest, _, text = (data or b"").partition(b"\n")
    if digest.decode(errors="replace") != _digest(text[:-1]):
        return None
    try:
        kept = msgspec.json.decode(text, type=_Kept)
    except msgspec.DecodeError:  # of another version
        return None
    unused = sum(1 for fact in kept.facts if fact.question is None and fact.finding is None)
    # Numbers are never given again; once most of them mean nothing, it is time to begin anew.
    return kept if unused <= len(kept.facts) // 2 else None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
