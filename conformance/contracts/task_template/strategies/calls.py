"""Describes calls before the implementation is known: a template around some callable, and fitting arguments.

Properties of execution draw these. A fault may affect only one shape of callable (a partial, a method), one origin of a
template (a copy, a result of override) or one way of passing arguments, so all of them vary.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.doubtful import (
    Everything,
    FalsyError,
    Later,
    Nested,
    Undecided,
    counting,
)
from conformance.contracts.task_template.strategies.origins import (
    BASES,
    OF_DECORATORS,
    STEPS,
    base_of,
    decorated,
    derived,
    pairwise,
)
from conformance.contracts.task_template.strategies.origins import ORIGINS as EVERY_ORIGIN
from conformance.contracts.task_template.strategies.recipes import (
    KEYWORD_ONLY,
    NOTHING,
    PLAIN,
    PLAIN_SHAPES,
    POSITIONAL_ONLY,
    SHAPES,
    FunctionRecipe,
    ParameterRecipe,
    derived_class,
    is_of_contract,
    made,
    makes_own_class,
    needed_values,
    needs_constructor,
    recipe,
    supported,
)
from conformance.contracts.task_template.strategies.values import (
    EVERY_CHANGE,
    EVERY_SETTING,
    FALSY_CHANGE,
    exceptions,
    texts,
)

ORIGINS = tuple(one for one in EVERY_ORIGIN if "pickle" not in one)
"""Origins of a template. Pickle is not among them, because the objects in a body's closure would be replaced."""

_EVERYTHING: Mapping[str, Any] = {**EVERY_SETTING, **EVERY_CHANGE}

SETTINGS_OF: Mapping[str, Mapping[str, Any]] = {
    "no settings": {},
    "every setting": _EVERYTHING,
    "one half of the settings": dict(list(_EVERYTHING.items())[::2]),
    "the other half": dict(list(_EVERYTHING.items())[1::2]),
    "falsy settings": FALSY_CHANGE,
    "reuse": {"reusable": recipe("ReusePolicy", replicas=2), "interruptible": True, "report": True, "cache": "auto"},
}
"""Constructor parameters by description; those that the implementation does not offer are left out."""


@dataclass(frozen=True, kw_only=True)
class CallRecipe:
    """A call of a template: the callable, the origin of the template, and the arguments."""

    function: FunctionRecipe = field(default_factory=FunctionRecipe)
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    shape: str = "function"
    origin: str = "constructor"
    """One of ORIGINS, or another way of making a template and the steps since."""
    settings: str = "no settings"
    """One of SETTINGS_OF."""

    def __repr__(self) -> str:
        """Return the call as a reader would write it, with a description of the template."""
        return f"{self.text} with task = {self.origin} of {self.shape} {self.function!r} with {self.settings}"

    @property
    def text(self) -> str:
        """The call alone: `task(1, y='')`."""
        given = [repr(value) for value in self.args] + [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return f"task({', '.join(given)})"

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of the parameters in this call, in order."""
        passed = {parameter.name: value for parameter, value in zip(self.function.parameters, self.args, strict=False)}
        passed |= self.kwargs
        return tuple(passed.get(parameter.name, parameter.default) for parameter in self.function.parameters)

    def make(
        self,
        impl: Adapter,
        body: Callable[..., Any] | None = None,
        *,
        template_class: type[Any] | None = None,
        **fields: Any,
    ) -> Any:
        """Return a new template.

        Parameters:
            impl: The implementation under test.
            body: Called with the values of the function's parameters; see `FunctionRecipe.define`.
            template_class: A subclass of the implementation's template, in place of the template itself.
            fields: Further constructor parameters.
        """
        is_asleep = [True]
        function = self.function.define(_asleep(body, is_asleep) if "used" in self.origin else body)
        base = base_of(self.origin)
        # A plugin's class decides what it can be combined with.
        settings = SETTINGS_OF[self.settings] if is_of_contract(impl) else {}
        if base in OF_DECORATORS and template_class is None and makes_own_class(impl) and not fields:
            template = decorated(impl, function, settings, base)
        else:
            template = self._constructed(
                impl, function, template_class, {**made(impl, supported(impl, settings)), **fields}
            )
        # A field that does not change the behaviour, if the implementation has it.
        other = {"short_name": "other"} if "short_name" in impl.fields() else {}
        template = derived(impl, template, self.origin, other)
        is_asleep.clear()
        return template

    def _constructed(
        self,
        impl: Adapter,
        function: Callable[..., Any],
        template_class: type[Any] | None,
        fields: Mapping[str, Any],
    ) -> Any:
        """Return a new template by the constructor of its class."""
        named = {"name": "task", "interface": impl.interface_of(function), **fields}
        wanted = template_class or impl.template
        is_subclass = base_of(self.origin) == "subclass"
        if wanted is not impl.template or is_subclass:
            needs_constructor(impl)
        if is_subclass:
            wanted = derived_class(wanted, "Subclass")
        shaped = SHAPES[self.shape](function)
        # Created even if a subclass is requested, because the adapter knows which functions the template accepts.
        template = impl.make(shaped, **named)
        if wanted is not impl.template:
            template = wanted(func=shaped, **{**needed_values(impl, wanted), **named})
        return template


def _asleep(body: Callable[..., Any] | None, is_asleep: list[bool]) -> Callable[..., Any]:
    """Return a body that does nothing while the list has an item, to ignore calls that only use a template."""

    def run(*values: Any) -> Any:
        if is_asleep:
            return None
        return values if body is None else body(*values)

    async def run_async(*values: Any) -> Any:
        result = run(*values)
        return await result if result is not None else None

    return run_async if inspect.iscoroutinefunction(body) else run


FALSY_OF: Mapping[Any, Any] = {
    int: 0,
    str: "",
    bool: False,
    float: 0.0,
    list[int]: [],
    dict[str, str]: {},
    int | None: None,
    type(None): None,
    NOTHING: None,
}
"""Types of parameters, each with a falsy value, which serves as default and as half of the arguments."""

_ARGUMENTS = st.sampled_from(list(FALSY_OF.items())) | st.one_of(
    st.tuples(st.just(int), st.integers()),
    st.tuples(st.just(str), texts()),
    st.sampled_from([(bool, True), (float, -0.5), (list[int], [1, 2]), (dict[str, str], {"a": "b"}), (int | None, 1)]),
    st.tuples(st.just(NOTHING), st.builds(Later) | st.builds(Everything) | st.builds(Undecided) | st.builds(counting)),
    st.sampled_from([(NOTHING, value) for value in (ValueError("a value"), float("nan"), ValueError, b"a", {1}, ...)]),
)
"""A type and a value of it, or no type and a value that is mistaken for something else. Each has to arrive."""

# Without `self` and `func`, which as keywords clash with parameters of the published methods: no rule covers that.
_NAMES = st.sampled_from([
    *("x", "y", "z", "cls", "args", "kwargs", "name", "interface", "type", "_", "__x", "é", "X"),
    *("task", "fn", "ctx", "data", "loop", "timeout", "value", "result"),
])  # fmt: skip


@functools.cache
@st.composite
def task_calls(draw: st.DrawFn, *, is_async: bool | None = None) -> CallRecipe:
    """Calls that fit: arguments by position and by keyword, with and without those that have a default.

    Parameters:
        draw: Given by hypothesis.
        is_async: Whether the function is async; both if it is left out.
    """
    wanted = draw(st.booleans()) if is_async is None else is_async
    flags = st.tuples(st.booleans(), st.booleans(), st.booleans())
    drawn = draw(st.lists(st.tuples(_NAMES, _ARGUMENTS, flags), unique_by=lambda one: one[0], max_size=4))
    # Python requires keyword-only parameters last, and among the others those without default first.
    drawn.sort(key=lambda one: (one[2][0], one[2][1] and not one[2][0]))
    parameters, args, kwargs = [], [], {}
    position_count = draw(st.integers(0, len(drawn)))
    for index, (name, (annotation, value), (is_keyword_only, has_default, is_left_out)) in enumerate(drawn):
        default = FALSY_OF[annotation] if has_default else NOTHING
        kind = KEYWORD_ONLY if is_keyword_only else PLAIN
        parameters.append(ParameterRecipe(name=name, annotation=annotation, default=default, kind=kind))
        if not is_keyword_only and index < position_count:
            args.append(value)
        elif not (has_default and is_left_out):
            kwargs[name] = value
    return CallRecipe(
        function=FunctionRecipe(parameters=tuple(parameters), is_async=wanted),
        args=tuple(args),
        kwargs=kwargs,
        **draw(st.sampled_from(companies(is_async=wanted))),
    )


@functools.cache
def companies(*, is_async: bool) -> tuple[Mapping[str, Any], ...]:
    """Return shapes, origins and settings of calls, few enough to try all, such that any two occur together."""
    dimensions = {
        "shape": PLAIN_SHAPES if is_async else (*PLAIN_SHAPES, "object"),
        "base": BASES,
        "step": STEPS,
        "settings": tuple(SETTINGS_OF),
    }
    return tuple(
        {
            "shape": row["shape"],
            "origin": row["base"] if row["step"] == STEPS[0] else f"{row['base']}+{row['step']}",
            "settings": row["settings"],
        }
        for row in pairwise(dimensions)
    )


@functools.cache
def bare_calls(*, is_async: bool | None = None) -> st.SearchStrategy[CallRecipe]:
    """Calls without arguments: callables of every shape, templates of every origin."""
    wanted = st.booleans() if is_async is None else st.just(is_async)
    return wanted.flatmap(
        lambda chosen: st.sampled_from(
            [CallRecipe(function=FunctionRecipe(is_async=chosen), **company) for company in companies(is_async=chosen)]
        )
    )


SYNC_CALL = CallRecipe()
"""`task()` of a plain sync function."""

ASYNC_CALL = CallRecipe(function=FunctionRecipe(is_async=True))
"""`task()` of a plain async function."""

FULL_CALL = CallRecipe(settings="every setting")
"""`task()` of a sync function, on a template with every setting."""

FULL_ASYNC_CALL = CallRecipe(function=FunctionRecipe(is_async=True), settings="every setting")
"""The same of an async function."""

REUSED_CALL = CallRecipe(settings="reuse")
"""`task()` of a sync function, on a template with a reuse policy."""

TWO_PARAMETERS = (
    ParameterRecipe(name="x", annotation=int),
    ParameterRecipe(name="y", annotation=str, default="", kind=KEYWORD_ONLY),
)
"""One parameter by position, one keyword-only with a falsy default."""

SYNC_KWARGS_CALL = CallRecipe(function=FunctionRecipe(parameters=TWO_PARAMETERS), args=(0,), kwargs={"y": "a"})
"""`task(0, y='a')` of a sync function: a positional argument that is falsy, and a keyword."""

TIMED_CALL = CallRecipe(
    function=FunctionRecipe(parameters=(ParameterRecipe(name="timeout", kind=KEYWORD_ONLY),)), kwargs={"timeout": 3}
)
"""`task(timeout=3)` of a sync function: an input whose name an implementation may use itself."""

ASYNC_TIMED_CALL = CallRecipe(
    function=FunctionRecipe(parameters=(ParameterRecipe(name="timeout", kind=KEYWORD_ONLY),), is_async=True),
    kwargs={"timeout": 3},
)
"""The same of an async function."""

ASYNC_KWARGS_CALL = CallRecipe(
    function=FunctionRecipe(parameters=TWO_PARAMETERS, is_async=True), args=(0,), kwargs={"y": "a"}
)
"""`task(0, y='a')` of an async function."""

BY_POSITION = (
    ParameterRecipe(name="x", kind=POSITIONAL_ONLY),
    ParameterRecipe(name="y", kind=POSITIONAL_ONLY, default=1),
    ParameterRecipe(name="z", default=""),
)
"""Parameters two of which cannot be passed by name, one of them with a default."""

POSITIONAL_CALL = CallRecipe(function=FunctionRecipe(parameters=BY_POSITION), args=(0, None))
"""`task(0, None)` of a sync function that takes both by position only."""

ASYNC_POSITIONAL_CALL = CallRecipe(function=FunctionRecipe(parameters=BY_POSITION, is_async=True), args=(0,))
"""`task(0)` of such an async function."""

MANY_PARAMETERS = tuple(
    ParameterRecipe(name=f"{kind[0]}{number}{'_' * (default == 0)}", kind=kind, default=default)
    for kind in (PLAIN, KEYWORD_ONLY)
    for default in (NOTHING, 0)
    for number in range(10)
)
"""Forty parameters: half of them by name only, and half of each kind with a default."""


def _many(*, is_async: bool) -> CallRecipe:
    """Return a call with a value for each of many parameters, half of them by position."""
    values = [f"value {number}" for number in range(len(MANY_PARAMETERS))]
    named = dict(zip([one.name for one in MANY_PARAMETERS], values, strict=True))
    by_position = [one.name for one in MANY_PARAMETERS if one.kind == PLAIN][:15]
    return CallRecipe(
        function=FunctionRecipe(parameters=MANY_PARAMETERS, is_async=is_async),
        args=tuple(named.pop(name) for name in by_position),
        kwargs=named,
    )


MANY_CALL = _many(is_async=False)
"""A call of a sync function with forty arguments, fifteen of them by position."""

ASYNC_MANY_CALL = _many(is_async=True)
"""The same of an async function."""

MUTABLE_CALL = CallRecipe(
    function=FunctionRecipe(
        parameters=(ParameterRecipe(name="x"), ParameterRecipe(name="z"), ParameterRecipe(name="y", kind=KEYWORD_ONLY))
    ),
    args=([1], None),
    kwargs={"y": {"a": [1]}},
)
"""`task([1], None, y={'a': [1]})` of a sync function: arguments that an implementation may copy or fill in."""

FALSY: tuple[Any, ...] = (None, 0, "", (), {}, [], False)
"""Values that a careless truth test treats as missing."""


@functools.cache
def results() -> st.SearchStrategy[Any]:
    """Values that a body may return: falsy ones, strings, new objects, exceptions and classes as plain values."""
    made = st.builds(object) | st.builds(ValueError, texts()) | st.lists(st.integers(), max_size=2)
    made |= st.builds(iter, st.lists(st.integers(), max_size=2)) | st.builds(counting)
    made |= st.builds(Everything) | st.builds(Undecided)
    return st.sampled_from([*FALSY, float("nan"), NotImplemented, ..., ValueError]) | st.integers() | texts() | made


@functools.cache
def context_data() -> st.SearchStrategy[dict[str, Any]]:
    """Data of a task context: few keys, so that two dictionaries often share some; values of any kind."""
    return st.dictionaries(
        st.sampled_from(["a", "b", "c", ""]) | texts(), st.sampled_from(FALSY) | results(), max_size=3
    )


@functools.cache
def body_errors() -> st.SearchStrategy[Exception]:
    """Exceptions that a body may raise, StopIteration excepted (in a coroutine it cannot be raised: PEP 479)."""
    classes = (StopAsyncIteration, RecursionError, Nested.InnerError, LookupError, NotImplementedError, FalsyError)
    special = st.sampled_from(classes)
    groups = st.builds(lambda inner: ExceptionGroup("several", [inner]), exceptions())
    chained = st.builds(_with_cause, exceptions(), exceptions())
    return exceptions() | st.builds(lambda cls, text: cls(text), special, texts()) | groups | chained


def _with_cause(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = error.__context__ = cause
    error.add_note("a note of the user's own")
    return error


GROUP = ExceptionGroup("several", [ValueError("one"), KeyError("two")])
"""Several exceptions in one, which is also an Exception."""

CHAINED = _with_cause(ValueError("m"), KeyError("cause"))
"""An exception with a cause, a context and a note."""

INNER = Nested.InnerError("m")
"""An exception whose class has a qualified name that differs from its name."""


BASE_EXCEPTIONS = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""Exceptions by which Python ends a program or a generator; `asyncio.CancelledError` is the fourth of the contract."""
