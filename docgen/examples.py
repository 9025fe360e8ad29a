"""Checks the examples in docstrings and pages against a reference: they parse, and their names and keywords exist.

Nothing is run here. Only the parts of an example that concern the reference are checked: its imports from it, instances
of its classes, and calls of its functions. Expressions that cannot be followed are ignored.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import re
import sys
import textwrap
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docgen.findings import Finding, shortened
from docgen.model import Class, Docstring, Function, Module, Parameter, ParameterKind, Reference, Variable
from docgen.settings import nearest
from docgen.symbols import Index, Symbol

_FENCE = re.compile(
    r"^(?P<margin>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[\w.+-]*)[^\n]*\n(?P<code>.*?)^[ \t]*(?P=mark)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)
_LANGUAGES = frozenset({"python", "py", "python3", "pycon"})
_PROMPT = re.compile(r"^[ \t]*>>> ", re.MULTILINE)
_UNREAD = 'Correct it. If a backslash in it is meant for the reader, the docstring must be raw: r"""..."""'
_SIGNATURE = re.compile(
    r"(?:@[^\n]*\n)*(?:async[ ]+)?(?:def|class)[ ]+\w+[ ]*(?:\[[^\n]*\])?\(.*\)[ ]*(?:->[^\n:]*)?", re.DOTALL
)
"""A definition without its body, as references print it."""
_AWAITABLE = re.compile(r"Awaitable|Coroutine|Future|Task\b|Any\b|object\b")
"""Return annotations of coroutine functions whose result may have to be awaited."""
_FUTURES = frozenset({"gather", "shield", "ensure_future", "wrap_future", "run_coroutine_threadsafe"})
"""Functions of asyncio that return a future and are not coroutine functions."""
_EITHER = "sync or async"
"""Effect of decorators whose functions can be called with and without `await`."""
_BY_NAME = frozenset({ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY})


@dataclass(frozen=True, kw_only=True)
class Example:
    """A piece of code that readers are shown."""

    file: str
    line: int
    """Number of its first line, from 1."""
    owner: str = ""
    """Public path of the symbol whose docstring contains it; empty in a page."""
    code: str
    """The code without prompts."""
    session: str = ""
    """The session with prompts and output, if it is written as one."""


def examples_in(reference: Reference) -> Iterator[Example]:
    """Yield the examples in the docstrings of a reference, each with its location."""
    for path, symbol in Index(reference).public.items():
        docstring = None if isinstance(symbol, Variable) else getattr(symbol, "docstring", None)
        location = getattr(symbol, "location", None)
        if isinstance(docstring, Docstring) and location and not docstring.inherited_from:
            texts = [text for each in docstring.sections for text in (each.text, *(item.text for item in each.items))]
            for found in _in_text("\n\n".join(texts)):
                line = docstring.line + _line_of(found.code, docstring.raw)
                yield Example(file=location.file, line=line, owner=path, code=found.code, session=found.session)


def examples_in_page(text: str, file: str) -> Iterator[Example]:
    """Yield the examples in a page of Markdown."""
    for found in _in_text(text):
        line = 1 + _line_of(found.code, text)
        yield Example(file=file, line=line, code=found.code, session=found.session)


def _in_text(text: str) -> Iterator[Example]:
    """Yield the examples in Markdown: fences that are marked as Python, and sessions with prompts."""
    rest = []
    end = 0
    for fence in _FENCE.finditer(text):
        rest.append(text[end : fence.start()])
        end = fence.end()
        code = textwrap.dedent(fence["code"])
        if _PROMPT.search(code):
            yield from _session(code)
        elif fence["language"].lower() in _LANGUAGES and not _is_signature(code):
            yield Example(file="", line=0, code=code)
    rest.append(text[end:])
    yield from _session("\n".join(rest))


def _is_signature(code: str) -> bool:
    """Return True for a definition without a body, which a reference prints, and which cannot be run."""
    text = code.strip()
    inner = [line for line in text.split("\n") if not line.startswith("@")][1:]
    is_one = all(line.startswith((" ", "\t", ")")) for line in inner if line)
    return is_one and _SIGNATURE.fullmatch(text) is not None


def _session(text: str) -> Iterator[Example]:
    if not _PROMPT.search(text):
        return
    try:
        code = "".join(each.source for each in doctest.DocTestParser().get_examples(text))
    except ValueError:  # its lines do not line up: not even a session
        code = "".join(re.findall(r"^[ \t]*(?:>>>|\.\.\.) ?(.*\n?)", text, re.MULTILINE))
    yield Example(file="", line=0, code=code, session=text)


def _line_of(code: str, text: str) -> int:
    """Return the line, counted from 0, that an example begins on."""
    first = next((line.strip() for line in code.split("\n") if line.strip()), "")
    return next((number for number, line in enumerate(text.split("\n")) if first and first in line), 0)


def check_examples(examples: Iterable[Example], reference: Reference) -> Iterator[Finding]:
    """Yield the errors in examples: syntax, names, keywords, calls that are not awaited."""
    index = Index(reference)
    for example in examples:
        try:
            tree = _parsed(example.code)
        except (SyntaxError, ValueError) as error:
            line = example.line + (getattr(error, "lineno", None) or 1) - 1
            text = f"the example cannot be read as Python: {getattr(error, 'msg', error)}"
            yield Finding(path=example.file, line=line, code="DG801", text=text, hint=_UNREAD)
            continue
        yield from _Checker(example, index, tree).findings()


def _parsed(code: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = compile(code, "<example>", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)  # noqa: S101 - for the type checker: that is what the flag asks for
    return tree


def parsed_or_none(code: str) -> ast.Module | None:
    """Return the tree of an example, None if it is not Python."""
    try:
        return _parsed(code)
    except (SyntaxError, ValueError):
        return None


@dataclass(frozen=True)
class _Meaning:
    """The meaning of an expression in an example: a symbol, or an instance of a class."""

    path: str
    symbol: Symbol
    is_object: bool = False


class _Checker:
    """Checks one example.

    Parameters:
        example: The example.
        index: The index of the reference.
        tree: The syntax tree of its code.
    """

    def __init__(self, example: Example, index: Index, tree: ast.Module) -> None:
        self._example = example
        self._index = index
        self._tree = tree
        self._tops = {name for name in index.modules if "." not in name}
        self._found: list[Finding] = []
        self._names: dict[str, _Meaning | None] = {}
        """Name -> its meaning; None if it is bound to something else, or more than once."""
        self._coroutines: set[str] = set()
        """Names that only a coroutine function of the example itself is bound to."""

    def findings(self) -> list[Finding]:
        """Return the errors, in the order of the lines."""
        self._bind()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Attribute):
                self._meaning(node, reports=True)
            elif isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                self._statement(node.value)
            elif isinstance(node, ast.AsyncFunctionDef) and node.returns is not None:
                self._results(node, ast.unparse(node.returns))
        return sorted(set(self._found))

    # -- names

    def _bind(self) -> None:
        nodes = list(ast.walk(self._tree))
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._imported(node)
        for node in nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._made(node.targets[0], node.value)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._made(node.optional_vars, node.context_expr)
        bindings = {
            (name, ast.dump(node) if isinstance(node, ast.alias) else id(node))
            for node in nodes
            for name in bound_names(node)
        }
        counts = Counter(name for name, _ in bindings)
        for name in (name for name, times in counts.items() if times > 1 or name not in self._names):
            self._names[name] = None
        own = (node for node in nodes if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list)
        self._coroutines = {node.name for node in own if counts[node.name] == 1 and not _yields(node)}

    def _imported(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in self._tops and self._exists(alias.name, node):
                    path = alias.name if alias.asname else alias.name.partition(".")[0]
                    self._names[alias.asname or path] = self._symbol(path)
        elif node.module and not node.level and node.module.partition(".")[0] in self._tops:
            for alias in node.names:
                path = f"{node.module}.{alias.name}"
                if alias.name != "*" and self._exists(path, node):
                    self._names[alias.asname or alias.name] = self._symbol(path)

    def _made(self, target: ast.expr, value: ast.expr) -> None:
        """Bind a name to an instance of a class of the reference."""
        call = value.value if isinstance(value, ast.Await) else value
        if isinstance(target, ast.Name) and isinstance(call, ast.Call):
            made = self._meaning(call.func)
            if made is not None and isinstance(made.symbol, Class) and not made.is_object:
                self._names[target.id] = _Meaning(made.path, made.symbol, is_object=True)

    def _symbol(self, path: str) -> _Meaning | None:
        public = path if path in self._index.public else self._index.public_path(path)
        symbol = self._index.public.get(public)
        return _Meaning(public, symbol) if symbol is not None else None

    def _exists(self, path: str, node: ast.AST) -> bool:
        """Report a path that is not a public symbol, unless it may exist nevertheless.

        A module may create names at run time, a package may bind a module from deeper inside it, and private names are
        unknown here.
        """
        if path in self._index.aliases or self._symbol(path) is not None:
            return True
        package, _, name = path.rpartition(".")
        owner = self._index.modules.get(package)
        is_inside = any(each.startswith(f"{package}.") and each.endswith(f".{name}") for each in self._index.modules)
        if name.startswith("_") or is_inside or (owner is not None and owner.makes_names):
            return True
        near = nearest(path, self._index.public)
        self._report(node, "DG802", f"{path} is not a public symbol", f"{near}Name one that is.")
        return False

    def _meaning(self, node: ast.expr, *, reports: bool = False) -> _Meaning | None:
        """Return the meaning of an expression, None if it is unknown or unrelated to the reference."""
        if isinstance(node, ast.Name):
            if node.id in self._names:
                return self._names[node.id]
            return self._symbol(node.id) if node.id in self._tops else None
        if not isinstance(node, ast.Attribute):
            return None
        owner = self._meaning(node.value)
        if owner is None:
            return None
        if isinstance(owner.symbol, Module):
            path = f"{owner.path}.{node.attr}"
            found = self._symbol(path)
            if found is None and reports and not node.attr.startswith("_"):
                self._exists(path, node)
            return found
        return self._member(owner, owner.symbol, node, reports=reports) if isinstance(owner.symbol, Class) else None

    def _member(self, owner: _Meaning, class_: Class, node: ast.Attribute, *, reports: bool) -> _Meaning | None:
        held = self._index.find(class_, node.attr)
        if held is not None:
            return _Meaning(f"{owner.path}.{node.attr}", held.member)
        methods = self._index.held(class_)
        is_whole = not (class_.unknown_bases or {"__getattr__", "__getattribute__"} & set(methods) or class_.metaclass)
        if reports and is_whole and isinstance(class_.mro, tuple) and not node.attr.startswith("_"):
            near = nearest(node.attr, methods)
            self._report(node, "DG802", f"{owner.path} has no member {node.attr}", f"{near}Name one that it has.")
        return None

    # -- calls

    def _call(self, node: ast.Call) -> None:
        function = self._called(node)
        if function is None or not function.is_signature_known:
            return
        signatures = [function.signature, *(each.signature for each in function.overloads)]
        parameters: list[Parameter] = []
        for signature in signatures:
            if not isinstance(signature.parameters, tuple):
                return
            parameters += signature.parameters
        if any(each.kind == ParameterKind.VAR_KEYWORD for each in parameters):
            return
        names = {each.name for each in parameters if each.kind in _BY_NAME}
        for keyword in node.keywords:
            if keyword.arg is not None and keyword.arg not in names:
                near = nearest(keyword.arg, names)
                text = f"{shortened(ast.unparse(node.func))} takes no keyword {keyword.arg}"
                self._report(keyword, "DG803", text, f"{near}It takes {', '.join(sorted(names)) or 'none'}.")

    def _statement(self, node: ast.Call) -> None:
        """Report the call of a coroutine function whose result is not awaited."""
        if self._gives_awaitable(node):
            text = f"the call of {shortened(ast.unparse(node.func))} is not awaited, so nothing happens"
            self._report(node, "DG804", text, "Write `await` before it.")

    def _results(self, function: ast.AsyncFunctionDef, returns: str) -> None:
        """Report that a coroutine function returns an awaitable although it is annotated to return a value."""
        nodes = list(_of_body(function))
        if _AWAITABLE.search(returns) or any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes):
            return
        for node in nodes:
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Call) and self._gives_awaitable(node.value):
                call = shortened(ast.unparse(node.value.func))
                text = f"{function.name} returns what {call} returns, without awaiting it; {returns} is annotated"
                self._report(node, "DG804", text, "Write `await` after `return`.")

    def _gives_awaitable(self, node: ast.Call) -> bool:
        """Return True if the result of a call is known to be an awaitable."""
        callee = node.func
        if isinstance(callee, ast.Name) and callee.id in self._coroutines:
            return True
        if isinstance(callee, ast.Attribute) and isinstance(callee.value, ast.Name) and callee.value.id == "asyncio":
            return _is_async_of_asyncio(callee.attr)
        function = self._called(node)
        return (
            function is not None
            and function.is_async is True
            and function.is_generator is False
            and _EITHER not in function.effects
            and _calls_through(function)
        )

    def _called(self, node: ast.Call) -> Function | None:
        meaning = self._meaning(node.func)
        if meaning is None or meaning.is_object:
            return None
        symbol = meaning.symbol
        if isinstance(symbol, Class):
            return symbol.constructor if isinstance(symbol.constructor, Function) else None
        if isinstance(symbol, Variable):
            return symbol.function
        return symbol if isinstance(symbol, Function) else None

    def _report(self, node: ast.AST, code: str, text: str, hint: str) -> None:
        line = self._example.line + getattr(node, "lineno", 1) - 1
        self._found.append(Finding(path=self._example.file, line=line, code=code, text=text, hint=hint))


def _of_body(function: ast.AST) -> Iterator[ast.AST]:
    """Yield every node of a function but those of the functions and classes in it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _of_body(child)


def _yields(function: ast.AsyncFunctionDef) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _of_body(function))


def _calls_through(function: Function) -> bool:
    """Return True if calling a function runs it, because a decorator from elsewhere may await the result itself."""
    decorators = function.decorators if isinstance(function.decorators, tuple) else None
    return decorators is not None and all(
        each.path.partition(".")[0] in sys.stdlib_module_names or each.path in dir(builtins) for each in decorators
    )


def _is_async_of_asyncio(name: str) -> bool:
    import asyncio  # noqa: PLC0415 - it takes as long to import as all the rest, and few examples call it
    import inspect  # noqa: PLC0415 - the same

    return name in _FUTURES or inspect.iscoroutinefunction(getattr(asyncio, name, None))


def bound_names(node: ast.AST) -> tuple[str, ...]:
    """Return the names that a node binds."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return (node.id,)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return (node.asname or node.name.partition(".")[0],)
    return ()
