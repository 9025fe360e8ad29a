"""Reuses the units of the last build whose facts are still the same.

A unit is a small part of a reference that is computed in one step: the value of one name of a module, the names of a
module, the problems of one file. Each unit is stored with the facts that it depends on: the questions about files that
were asked while it was computed, with their answers, and the findings. A unit is reused if every question still has the
same answer; a file that now exists and did not before is a different answer. All other units are computed again.

The builder defines the contents of a unit, and `Storage` how it is stored: as JSON beside the manifest. Records that
cannot be read, or are of another version or configuration, are ignored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from docgen.findings import Finding
from docgen.sources.store import Library, Question
from docgen.trace import Cycle

T = TypeVar("T")


class Storage(Generic[T]):
    """How units of one type are stored: unchanged.

    A subclass may separate a part that many units share, so that it is stored once.

    Parameters:
        of: The type of a unit.
        shared: The type of the parts that units share.
    """

    def __init__(self, of: type[T], shared: Any = None) -> None:  # noqa: ANN401 - any type that msgspec knows
        self._units = msgspec.json.Decoder(of)
        self._shared = msgspec.json.Decoder(shared)

    def split(self, unit: T) -> tuple[T, tuple[object, ...]]:
        """Return a unit without its shared part, and the shared part."""
        return unit, ()

    def join(self, unit: T, shared: tuple[object, ...]) -> T:  # noqa: ARG002 - for subclasses
        """Return the unit that `split` took apart."""
        return unit

    def unit(self, text: msgspec.Raw) -> T:
        """Return a stored unit, without shared parts."""
        return self._units.decode(text)

    def shared(self, text: msgspec.Raw) -> object:
        """Return a stored part that units share."""
        return self._shared.decode(text)


@dataclass(frozen=True, kw_only=True)
class _Fact:
    """A question and its answer, or a finding; or neither, if no unit depends on the fact any more."""

    question: Question | None = None
    answer: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, kw_only=True)
class _StoredUnit:
    unit: msgspec.Raw
    """The unit without the parts that it shares with others."""
    shared: tuple[int, ...] = ()
    """Indexes of these in the list of all shared parts."""
    facts: str
    """The set of facts, as `packed` writes it."""


@dataclass(frozen=True, kw_only=True)
class _Records:
    """Everything that a build stores for the next one."""

    key: str
    """What the units depend on besides the facts."""
    folders: dict[str, int] = field(default_factory=dict)
    """Folder -> modification time; as long as none has changed, no file in them was added or removed."""
    texts: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """File -> modification time, size and digest at the time of reading."""
    facts: tuple[_Fact, ...] = ()
    shared: tuple[msgspec.Raw, ...] = ()
    units: dict[str, _StoredUnit] = field(default_factory=dict)


class Units(Generic[T]):
    """The units of a build, which are reused if their facts still hold, and computed again if not.

    Parameters:
        library: The library, before the first question.
        key: What the units depend on besides the files: configuration, versions. Units of another key are ignored.
        last: The result of `dump` in the last build.
        storage: Stores units.
    """

    def __init__(self, library: Library, key: str, last: bytes | None, storage: Storage[T]) -> None:
        self.has_reused = False
        """Whether any unit of the last build was reused."""
        self._library = library
        self._key = key
        self._storage = storage
        self._used = 0
        self._units: dict[str, tuple[T, int]] = {}
        self._answers: dict[Question, str] = {}
        self._reusable: dict[str, tuple[T, int]] = {}
        records = _decoded(last)
        if records is not None and records.key == key:
            self._reuse(records)

    def get(self, key: str, find: Callable[[], T]) -> T:
        """Return a unit: the stored one, if it is still valid, else the result of `find`.

        A unit that requests another one while it is computed depends on everything that the other depends on.
        """
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = self._found(key, find)
        self._used |= found[1]
        self._library.trace.current |= found[1]
        return found[0]

    def _found(self, key: str, find: Callable[[], T]) -> tuple[T, int]:
        """Return a unit that this build requests for the first time, and the facts that it depends on."""
        reusable = self._reusable.get(key)
        if reusable is not None:
            self.has_reused = True
            return reusable
        trace = self._library.trace
        outer = trace.begin()
        unit = find()
        return unit, trace.end(outer)

    @property
    def depends_on_order(self) -> bool:
        """Return True if an answer was needed while it was being computed, so that it depends on the order."""
        return any(isinstance(fact, Cycle) for fact in self._facts())

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings of all units, in no particular order."""
        return tuple(fact for fact in self._facts() if isinstance(fact, Finding))

    def modules(self) -> tuple[str, ...]:
        """Return the modules that were read on the way to the units, in alphabetical order."""
        questions = [fact for fact in self._facts() if isinstance(fact, Question)]
        return tuple(sorted(question.name for question in questions if question.kind == "read"))

    def dump(self) -> bytes | None:
        """Return the records that the next build can reuse, None if there are none."""
        if self.depends_on_order:
            return None
        shared: dict[int, tuple[int, object]] = {}
        units = {name: self._stored(unit, facts, shared) for name, (unit, facts) in self._units.items()}
        facts = self._library.trace.facts
        records = _Records(
            key=self._key,
            folders=self._library.looked_in,
            texts=self._library.texts,
            facts=tuple(self._fact(fact) if self._used >> number & 1 else _Fact() for number, fact in enumerate(facts)),
            shared=tuple(_raw(each) for _, each in shared.values()),
            units=units,
        )
        try:
            return _encoded(records)
        except UnicodeEncodeError:  # the path of a file cannot be decoded in the locale of the user
            return None

    def _facts(self) -> Iterator[object]:
        return self._library.trace.among(self._used)

    def _fact(self, fact: object) -> _Fact:
        if isinstance(fact, Question):
            return _Fact(question=fact, answer=self._answer(fact))
        return _Fact(finding=fact) if isinstance(fact, Finding) else _Fact()

    def _answer(self, question: Question) -> str:
        """Return the answer that this build depends on, which may be older than the current one."""
        if question.kind == "text":
            return self._library.texts.get(question.name, (0, 0, ""))[2]
        known = self._answers.get(question)
        return self._library.answer(question) if known is None else known

    def _reuse(self, records: _Records) -> None:
        """Number the facts as in the last build, and reuse the units whose facts all hold."""
        trace = self._library.trace
        for number, fact in enumerate(records.facts):
            trace.bit(fact.question or fact.finding or number)
        has_same_files = self._library.resume(records.folders, records.texts)
        changed = 0
        for number, fact in enumerate(records.facts):
            if fact.question is None:
                continue
            is_text = fact.question.kind == "text"
            if (has_same_files and not is_text) or self._library.answer(fact.question) == fact.answer:
                self._answers[fact.question] = fact.answer
            else:
                changed |= 1 << number
        shared: dict[int, object] = {}
        for name, each in records.units.items():
            facts = unpacked(each.facts)
            if not facts & changed:
                for place in each.shared:
                    if place not in shared:
                        shared[place] = self._storage.shared(records.shared[place])
                whole = self._storage.join(self._storage.unit(each.unit), tuple(shared[place] for place in each.shared))
                self._reusable[name] = (whole, facts)

    def _stored(self, unit: T, facts: int, shared: dict[int, tuple[int, object]]) -> _StoredUnit:
        rest, parts = self._storage.split(unit)
        # By identity, because equality would compare everything.
        places = tuple(shared.setdefault(id(each), (len(shared), each))[0] for each in parts)
        return _StoredUnit(unit=_raw(rest), shared=places, facts=packed(facts))


def packed(facts: int) -> str:
    """Return a set of facts as text: their numbers if they are few, else one number in base 16 with a bit for each.

    A fact of thousands alone would have as many digits before it as all of them, and there are thousands of units.
    """
    highest = facts.bit_length()
    digits = len(str(highest)) + 1
    if facts.bit_count() * digits * 4 > highest:
        return hex(facts)
    numbers = []
    while facts:
        lowest = facts & -facts
        numbers.append(str(lowest.bit_length() - 1))
        facts ^= lowest
    return " ".join(numbers)


def unpacked(text: str) -> int:
    """Return the set of facts that `packed` wrote."""
    if text.startswith("0x"):
        return int(text, 16)
    facts = 0
    for number in text.split():
        facts |= 1 << int(number)
    return facts


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _encoded(records: _Records) -> bytes:
    """Return JSON after a line with its digest."""
    text = msgspec.json.encode(records)
    return f"{_digest(text)}\n".encode() + text + b"\n"


def _decoded(data: bytes | None) -> _Records | None:
    digest, _, text = (data or b"").partition(b"\n")
    if digest.decode(errors="replace") != _digest(text[:-1]):
        return None
    try:
        records = msgspec.json.decode(text, type=_Records)
    except msgspec.DecodeError:  # of another version
        return None
    unused = sum(1 for fact in records.facts if fact.question is None and fact.finding is None)
    # Numbers are never reused; once most of them are unused, the next build starts from scratch.
    return records if unused <= len(records.facts) // 2 else None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
