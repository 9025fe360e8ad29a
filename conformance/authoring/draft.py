"""Drafts rules from an API model: the names, signatures and kinds of methods of a class.

The prose of its docstrings does not become rules. It is noted beside them, for the author to turn into rules.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from conformance.authoring.api import ASYNC_GENERATOR, COROUTINE, PLAIN
from conformance.errors import UsageError
from docgen.findings import enumerated
from docgen.model import Class, ClassKind, Docstring, Function, Parameter, ParameterKind, Property, Unknown
from docgen.prose.sections import SectionKind
from docgen.settings import nearest
from docgen.symbols import Index, Symbol


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A rule, the check of its property and its mutant, as source text."""

    id: str
    name: str
    level: str
    statement: str
    hint: str
    check: str
    """A call of `conformance.authoring.api`, whose first argument is `impl`."""
    member: str
    """The member that the rule is about."""
    fault: str = ""
    """The function of `conformance.authoring.wrong` that breaks the rule; empty if there can be no mutant."""
    no_mutant: str = ""

    @property
    def mutant(self) -> str:
        """The call that makes the mutant; empty if there can be none."""
        return f'wrong.{self.fault}(Model, "{self.member}", "{self.id}")' if self.fault else ""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of the model class."""

    name: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """The draft of a contract for a class."""

    source: str
    """The public path of the class."""
    rules: tuple[Draft, ...]
    members: tuple[Member, ...]
    exceptions: tuple[str, ...]
    """Exceptions that are not built in, and that the model therefore defines."""
    to_write: tuple[str, ...]
    """What the docstrings promise and no rule says yet: a line for each."""


def chosen_class(index: Index, symbol: str) -> tuple[str, Class]:
    """Return the class to draft a contract from, with its public path.

    Parameters:
        index: The index of sources or of published pages.
        symbol: Any path of it, or the end of its public path. If empty, the only class, or the only protocol.

    Raises:
        UsageError: There is none, or there are several.
    """
    every = {f"{module.name}.{one.name}": one for module in index.reference.modules for one in module.classes}
    ending = {path: one for path, one in every.items() if not symbol or f".{path}".endswith(f".{symbol}")}
    protocols = {path: one for path, one in every.items() if one.kind is ClassKind.PROTOCOL}
    named = index.public_path(symbol)
    for candidates in ({named: every[named]} if named in every else {}, ending if symbol else protocols, ending):
        if len(candidates) == 1:
            return next(iter(candidates.items()))
    names = sorted(ending if symbol else protocols or every)
    if not names and symbol:
        raise UsageError(f"--symbol {symbol}: there is no such class. {nearest(symbol, every)}".rstrip())
    if not names:
        raise UsageError("it has no public class. Name a target that has one.")
    kind, other = ("protocols", " or another class") if protocols and not symbol else ("classes", "")
    raise UsageError(f"there are {len(names)} {kind}. Name one{other} with --symbol: {enumerated(names)}")


def drafts_from(path: str, found: Class, index: Index, prefix: str) -> Drafts:
    """Return the rules that a class promises by its API, inherited members included.

    Parameters:
        path: Its public path.
        found: The class.
        index: The index of its reference.
        prefix: Three letters that each id begins with.

    Raises:
        UsageError: It has no public member.
    """
    rules: list[Draft] = []
    members: list[Member] = []
    held = [one for one in index.held(found).values() if not hasattr(builtins, one.definer.path)]
    every = [one.member for one in held if is_promised(one.member.name)]
    methods = [one for one in every if isinstance(one, Function)]
    attributes = [one for one in every if not isinstance(one, Function | Class)]

    def add(name: str, code: str, parts: Iterator[dict[str, str]]) -> None:
        rules.extend(
            Draft(id=f"{prefix}-{number:02}", member=name, **part) for number, part in enumerate(parts, len(rules) + 1)
        )
        members.append(Member(name=name, code=code))

    for attribute in attributes:
        add(attribute.name, f"{attribute.name}: Any = None", _of_attribute(attribute.name))
    for method in methods:
        add(method.name, _stub(method), _of_method(method))
    if not rules:
        raise UsageError(f"{path}: has no public method or attribute to draft a rule from.")
    named = [name.rpartition(".")[2] for method in methods for name in exceptions_of(method.docstring)]
    return Drafts(
        source=path,
        rules=tuple(rules),
        members=tuple(members),
        exceptions=tuple(dict.fromkeys(name for name in named if not hasattr(builtins, name))),
        to_write=tuple(_promises(found, every)),
    )


def _promises(found: Class, every: Sequence[Symbol]) -> Iterator[str]:
    """Yield what the docstrings of a class and its members say that the class, a member, or a failing call does."""
    subjects = [(f"what {found.name} promises", found.docstring)]
    subjects += [(f"what {one.name} is", one.docstring) for one in every if isinstance(one, Property)]
    subjects += [(f"what {one.name}() does", one.docstring) for one in every if isinstance(one, Function)]
    for subject, docstring in subjects:
        if sentence := first_sentence(_description(docstring)):
            yield f"{subject}. Its docstring begins: {sentence}"
        for name, condition in _conditions(docstring):
            yield f"{subject.removesuffix(' does').removeprefix('what ')} raises {name}: {condition}"


PROTOCOL_METHODS = frozenset(
    {"__call__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__iter__", "__next__", "__aiter__", "__anext__"}
    | {"__len__", "__contains__", "__getitem__", "__setitem__", "__delitem__"}
)
"""Special methods that callers use, and that a class therefore promises."""


def is_public(name: str) -> bool:
    """Return True if a name is intended for users."""
    return not name.startswith("_")


def is_promised(name: str) -> bool:
    """Return True if users rely on a member of this name."""
    return is_public(name) or name in PROTOCOL_METHODS


def first_sentence(text: str) -> str:
    r"""Return the first sentence of a description on one line, empty if there is none.

    >>> first_sentence("Return what is kept,\nor None. Do not change it.")
    'Return what is kept, or None.'
    """
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    found = re.match(r".*?[.!?](?= |$)", paragraph)
    return found[0] if found else paragraph


def _description(docstring: Docstring | None) -> str:
    """Return the text of a docstring, empty if there is none. Docstrings from pages have only sections."""
    if docstring is None:
        return ""
    return docstring.raw or next((section.text for section in docstring.sections if section.text), "")


def _of_attribute(name: str) -> Iterator[dict[str, str]]:
    """Yield the rules about an attribute or a property."""
    yield {
        "name": f"has-{slug(name)}",
        "level": "MUST",
        "statement": f"There is an attribute {name}.",
        "hint": f"Add the attribute {name}.",
        "check": f'api.has(impl, "{name}")',
        "fault": "missing",
    }


def _of_method(method: Function) -> Iterator[dict[str, str]]:
    """Yield the rules about a method."""
    name = method.name
    yield {
        "name": f"has-{slug(name)}",
        "level": "MUST",
        "statement": f"There is a method {name}().",
        "hint": f"Add the method {name}().",
        "check": f'api.has(impl, "{name}")',
        "fault": "missing",
    }
    signature = signature_of(method)
    if signature is not None:
        yield {
            "name": f"{slug(name)}-takes-its-parameters",
            "level": "MUST",
            "statement": f"{name}() takes every call that {name}{signature} takes.",
            "hint": "Keep the names, order and kinds of the parameters, and their defaults.",
            "check": f'api.takes(impl, "{name}", "{signature}")',
            "fault": "needing_more",
        }
    kind = kind_of(method)
    if kind:
        yield {
            "name": f"{slug(name)}-is-{slug(kind.split(' ', 1)[1])}",
            "level": "MUST",
            "statement": f"{name}() is {kind}.",
            "hint": "Write it as `def`." if kind == PLAIN else "Write it as `async def`.",
            "check": f'api.is_kind(impl, "{name}", "{kind}")',
            "fault": "of_other_kind",
        }
    for exception in exceptions_of(method.docstring):
        yield {
            "name": f"{slug(name)}-knows-{slug(exception)}",
            "level": "SHOULD",
            "statement": f"There is the exception class {exception}, which {name}() is documented to raise.",
            "hint": f"Define {exception} beside the implementation, or take it from where it is defined.",
            "check": f'api.knows_exception(impl, "{exception}")',
            "no_mutant": "it is built in, or the model defines it",
        }


def slug(text: str) -> str:
    """Return words joined by hyphens: `not-found-error` for `NotFoundError`, `special-call` for `__call__`."""
    plain = re.sub(r"^__(\w+)__$", r"special_\1", text)
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", plain)
    return re.sub(r"[^a-z0-9]+", "-", apart.lower()).strip("-")


def kind_of(method: Function) -> str:
    """Return which kind of function a method is, as a phrase; empty if that is unknown."""
    if isinstance(method.is_async, Unknown) or isinstance(method.is_generator, Unknown):
        return ""
    if not method.is_async:
        return PLAIN
    return ASYNC_GENERATOR if method.is_generator else COROUTINE


def exceptions_of(docstring: Docstring | None) -> list[str]:
    """Return the exceptions that a docstring names, each once."""
    sections = docstring.sections if docstring is not None else ()
    written = (one.annotation for section in sections if section.kind is SectionKind.RAISES for one in section.items)
    names = (name.strip().strip("`") for text in written for name in re.split(r"[,|]| or ", text))
    return list(dict.fromkeys(name for name in names if re.fullmatch(r"[A-Za-z_][\w.]*", name)))


def _conditions(docstring: Docstring | None) -> Iterator[tuple[str, str]]:
    """Yield each exception that a docstring describes, with the first sentence of the description."""
    for section in docstring.sections if docstring is not None else ():
        for one in section.items if section.kind is SectionKind.RAISES else ():
            if one.text:
                yield one.annotation, first_sentence(one.text)


def signature_of(method: Function) -> str | None:
    """Return the signature of a method without its receiver, with `...` for each default; None if it is unknown."""
    parameters = method.signature.parameters
    if isinstance(parameters, Unknown) or not method.is_signature_known:
        return None
    parameters = tuple(one for one in parameters if not one.is_from_keywords)
    if not is_public(method.name):
        # The arguments of special methods are passed by position.
        kinds = {ParameterKind.POSITIONAL_OR_KEYWORD: ParameterKind.POSITIONAL_ONLY}
        parameters = tuple(msgspec.structs.replace(one, kind=kinds.get(one.kind, one.kind)) for one in parameters)
    return f"({', '.join(_parts(parameters))})"


def _parts(parameters: Sequence[Parameter]) -> Iterator[str]:
    """Yield parameters as they are written, with the marks between their kinds."""
    before: ParameterKind | None = None
    is_by_name = all(one.kind is not ParameterKind.VAR_POSITIONAL for one in parameters)
    for one in parameters:
        if before is ParameterKind.POSITIONAL_ONLY and one.kind is not before:
            yield "/"
        # A page that does not show the kind of a parameter promises at least its name, unless `*args` follows it.
        by_name = ParameterKind.KEYWORD_ONLY if is_by_name else ParameterKind.POSITIONAL_OR_KEYWORD
        kind = by_name if one.kind is ParameterKind.UNKNOWN else one.kind
        if kind is ParameterKind.KEYWORD_ONLY and before not in {kind, ParameterKind.VAR_POSITIONAL}:
            yield "*"
        stars = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}.get(kind, "")
        yield f"{stars}{one.name}{'' if one.default is None else '=...'}"
        before = kind
    if before is ParameterKind.POSITIONAL_ONLY:
        yield "/"


def _stub(method: Function) -> str:
    """Return a method of the model, which has the API and does nothing."""
    inner = (signature_of(method) or "(*args, **kwargs)")[1:-1]
    typed = re.sub(r"(\*{0,2}[A-Za-z_]\w*)(=\.\.\.)?", lambda found: _typed(found[1], found[2]), inner)
    receiver = ", ".join(filter(None, ["self", typed]))
    kind = kind_of(method)
    head = "def" if kind in {PLAIN, ""} else "async def"
    body = ["raise NotImplementedError", *(["yield"] if kind == ASYNC_GENERATOR else [])]
    returns = {ASYNC_GENERATOR: "AsyncIterator[Any]"}.get(kind, "Any")
    return "\n".join(
        [f"{head} {method.name}({receiver}) -> {returns}:", '    """Not written."""', *(f"    {one}" for one in body)]
    )


def _typed(name: str, default: str | None) -> str:
    """Return a parameter with the annotation `Any`."""
    return f"{name}: Any{' = ...' if default else ''}"
