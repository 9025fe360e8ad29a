"""What a build reuses from the last one: the units whose facts are still the same.

A unit is a small part of a reference that is found out at one go: what one name of a module is, which names a module
has, what is wrong with one file. With each unit the facts are kept that it rests on: the questions that were asked of
the files on the way to it, with their answers, and the findings. A unit is reused if every question would be
answered alike today; that a file which was not there is there now is another answer too. All others are found anew.

What a unit holds is the business of the builder: `Storage` says how it is stored. Kept as JSON beside the manifest.
What cannot be read, or was left by another version or configuration, is as good as nothing.
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
        shared: The type of what units share.
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
        """Return a stored unit, what is shared left out."""
        return self._units.decode(text)

    def shared(self, text: msgspec.Raw) -> object:
        """Return something stored that units share."""
        return self._shared.decode(text)


@dataclass(frozen=True, kw_only=True)
class _Fact:
    """A question and its answer, or a finding; neither: a fact that no unit rests on any more."""

    question: Question | None = None
    answer: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, kw_only=True)
class _KeptUnit:
    unit: msgspec.Raw
    """Without what it shares with others."""
    shared: tuple[int, ...] = ()
    """Places of that in the list of all that is shared."""
    facts: str
    """The set of facts, as `packed` writes it."""


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """Everything that a build stores for the next one."""

    key: str
    """What the units rest on beside the facts."""
    folders: dict[str, int] = field(default_factory=dict)
    """Folder -> time of change of each that was looked into; as long as none has changed, no file came or went."""
    texts: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    """File -> time of change, size and digest as it was read."""
    facts: tuple[_Fact, ...] = ()
    shared: tuple[msgspec.Raw, ...] = ()
    units: dict[str, _KeptUnit] = field(default_factory=dict)


class Units(Generic[T]):
    """The units of a build: reused if their facts still hold, worked out again if not.

    Parameters:
        library: What was not asked anything yet.
        key: What the units rest on beside the files: configuration, versions. Units of another key do not count.
        last: What `dump` returned in the last build.
        storage: How units are stored.
    """

    def __init__(self, library: Library, key: str, last: bytes | None, storage: Storage[T]) -> None:
        self.has_kept = False
        """Whether any unit of the last build was reused."""
        self._library = library
        self._key = key
        self._storage = storage
        self._used = 0
        self._units: dict[str, tuple[T, int]] = {}
        self._answers: dict[Question, str] = {}
        self._holding: dict[str, tuple[T, int]] = {}
        kept = _decoded(last)
        if kept is not None and kept.key == key:
            self._take_over(kept)

    def get(self, key: str, find: Callable[[], T]) -> T:
        """Return a unit: the one that was kept, if it still holds, else what `find` returns.

        A unit that asks for another one while it is found rests on what that one rests on.
        """
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = self._found(key, find)
        self._used |= found[1]
        self._library.trace.current |= found[1]
        return found[0]

    def _found(self, key: str, find: Callable[[], T]) -> tuple[T, int]:
        """Return a unit that this build did not ask for yet, and what it rests on."""
        kept = self._holding.get(key)
        if kept is not None:
            self.has_kept = True
            return kept
        trace = self._library.trace
        outer = trace.begin()
        unit = find()
        return unit, trace.end(outer)

    @property
    def depends_on_order(self) -> bool:
        """Return True if an answer was needed while it was being found, so that it depends on the order."""
        return any(isinstance(fact, Cycle) for fact in self._facts())

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings of all units, in no particular order."""
        return tuple(fact for fact in self._facts() if isinstance(fact, Finding))

    def modules(self) -> tuple[str, ...]:
        """Return the modules that were read on the way to the units, in alphabetical order."""
        questions = [fact for fact in self._facts() if isinstance(fact, Question)]
        return tuple(sorted(question.name for question in questions if question.kind == "read"))

    def dump(self) -> bytes | None:
        """Return what the next build can reuse, None if nothing can be."""
        if self.depends_on_order:
            return None
        shared: dict[int, tuple[int, object]] = {}
        units = {name: self._stored(unit, facts, shared) for name, (unit, facts) in self._units.items()}
        facts = self._library.trace.facts
        kept = _Kept(
            key=self._key,
            folders=self._library.looked_in,
            texts=self._library.texts,
            facts=tuple(self._fact(fact) if self._used >> number & 1 else _Fact() for number, fact in enumerate(facts)),
            shared=tuple(_raw(each) for _, each in shared.values()),
            units=units,
        )
        try:
            return _encoded(kept)
        except UnicodeEncodeError:  # the path of a file cannot be decoded in the locale of the user
            return None

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
        """Number the facts as the last build did, and reuse the units all of whose facts hold."""
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
        shared: dict[int, object] = {}
        for name, each in kept.units.items():
            facts = unpacked(each.facts)
            if not facts & changed:
                for place in each.shared:
                    if place not in shared:
                        shared[place] = self._storage.shared(kept.shared[place])
                whole = self._storage.join(self._storage.unit(each.unit), tuple(shared[place] for place in each.shared))
                self._holding[name] = (whole, facts)

    def _stored(self, unit: T, facts: int, shared: dict[int, tuple[int, object]]) -> _KeptUnit:
        rest, parts = self._storage.split(unit)
        # By identity: equality would look into everything.
        places = tuple(shared.setdefault(id(each), (len(shared), each))[0] for each in parts)
        return _KeptUnit(unit=_raw(rest), shared=places, facts=packed(facts))


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
    # Numbers are never reused; once most of them mean nothing, the next build starts from nothing.
    return kept if unused <= len(kept.facts) // 2 else None


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
