"""Rules EXT: the extension points and properties that plugins fill in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import ORIGINS, SYNC_CALL, CallRecipe
from conformance.contracts.task_template.strategies.origins import OverrideRecipe, derived
from conformance.contracts.task_template.strategies.recipes import (
    PLAIN_SHAPES,
    CallableObject,
    FunctionRecipe,
    TemplateRecipe,
    can_be_made,
    recipe,
    type_of,
)
from conformance.contracts.task_template.strategies.recipes import made as made_of
from conformance.contracts.task_template.strategies.values import override_calls, templates, words
from conformance.contracts.task_template.suite.acts import build, check_alike, fills_in, receiver_of
from conformance.contracts.task_template.suite.doubles import made_from
from conformance.engine.properties import calling, check, check_equal, check_same, shown
from conformance.engine.rules import rule
from conformance.errors import Gap

FILES = ("/home/user/tasks.py", "tasks.py", "<stdin>", "C:\\tasks\\é.py", "/home/a b/日本.py", "x")
"""File names as code objects hold them: absolute, relative, no file at all, beyond ASCII, with spaces."""


POINTS = ("config", "custom_config", "sql", "data_loading_config")
"""The extension points that return a value of their own."""


TGZ = recipe("CodeBundle", computed_version="v", tgz="code.tgz")
PKL = recipe("CodeBundle", computed_version="v", pkl="task.pkl")


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    """Fields of serialization contexts: with and without code bundles, of any project."""
    return st.fixed_dictionaries({}, optional={"code_bundle": st.sampled_from([TGZ, PKL]), "project": words()})


@rule("EXT-01")
@given(call=override_calls(), fields=contexts())
@example(call=OverrideRecipe(), fields={})
@example(call=OverrideRecipe(template=TemplateRecipe(function=FunctionRecipe(is_async=True))), fields={"project": "p"})
@example(call=OverrideRecipe(origin="subclass"), fields={"code_bundle": TGZ})
@example(call=OverrideRecipe(origin="decorator"), fields={"code_bundle": PKL})
def test_extension_points_are_empty(impl: Adapter, call: OverrideRecipe, fields: dict[str, Any]) -> None:
    """On the function template, config and custom_config return a new empty dictionary, sql and data loading None."""
    made = receiver_of(impl, call)
    context = impl.serialization_context(
        **{name: made_of(impl, value) for name, value in fields.items() if can_be_made(impl, value)}
    )

    left = _left_open(impl)
    for name in sorted(left & {"config", "custom_config"}):
        with calling(f"task.{name}(context)"):
            first, second = getattr(made, name)(context), getattr(made, name)(context)
        is_empty = isinstance(first, dict) and not first
        check(is_empty, f"task.{name}(context): expected an empty dictionary, got {shown(first)}")
        check(first is not second, f"task.{name}(context), called twice, gave one dictionary; expected two")
        first["changed"] = "by the caller"
        with calling(f"task.{name}(context)"):
            check_equal(getattr(made, name)(context), {}, f"task.{name}(context) after its result was changed")
    for name in sorted(left & {"sql", "data_loading_config"}):
        with calling(f"task.{name}(context)"):
            check_same(getattr(made, name)(context), None, f"task.{name}(context)")


def _left_open(impl: Adapter) -> frozenset[str]:
    """Return the extension points that are not for a plugin's class to fill in: all, unless one is under test.

    Raises:
        Gap: None is left.
    """
    left = frozenset(name for name in POINTS if not fills_in(impl, name))
    if not left:
        raise Gap(f"{impl.template.__name__} fills in all extension points")
    return left


@rule("EXT-02")
@given(call=override_calls())
@example(call=OverrideRecipe())
@example(call=OverrideRecipe(origin="decorator"))
@example(call=OverrideRecipe(origin="subclass"))
@example(call=OverrideRecipe(origin="pickle"))
def test_native_interface_is_interface(impl: Adapter, call: OverrideRecipe) -> None:
    """The two names give the same object, each time, on a template of any origin."""
    template = receiver_of(impl, call)

    for _ in range(2):
        with calling("task.native_interface"):
            check_same(template.native_interface, template.interface, "task.native_interface against task.interface")


@rule("EXT-02")
@given(template=templates())
@example(template=TemplateRecipe())
def test_native_interface_is_the_one_given(impl: Adapter, template: TemplateRecipe) -> None:
    """Both names return the interface that the constructor received."""
    interface = impl.interface_of(template.function.define())
    made = build(impl, template, interface=interface)

    check_alike(made.native_interface, interface, "task.native_interface against the interface that was given")
    check_same(made.native_interface, made.interface, "task.native_interface against task.interface")


FORMS = ("def f(): pass", "f = lambda: None", "def f(): yield", "def f(*, x=0): return lambda: x")
"""Sources of a function `f`: plain, a lambda, a generator, one with a function inside."""


def from_file(path: str, *, is_async: bool = False, form: str = FORMS[0]) -> Callable[..., Any]:
    """Return a function whose code object names a file."""
    source = "async def f(): pass" if is_async else form
    names: dict[str, Any] = {}
    exec(compile(source, path, "exec"), names)  # noqa: S102 - a file name of our own needs code of our own
    function: Callable[..., Any] = names["f"]
    return function


def source_file_of(impl: Adapter, function: Callable[..., Any], origin: str = "constructor") -> object:
    """Return `source_file` of a template around a function."""
    interface = impl.interface_of(from_file("any.py"))
    with calling("making a template"):
        template: Any = impl.make(function, name="task", interface=interface)
    template = derived(impl, template, origin, {"retries": 1} if "retries" in impl.fields() else {})
    with calling("task.source_file"):
        return template.source_file


@rule("EXT-03")
@given(
    path=st.sampled_from(FILES) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    is_async=st.booleans(),
    form=st.sampled_from(FORMS),
    origin=st.sampled_from(["constructor", "override", "copy", "deepcopy"]),
)
@example(path="/home/user/tasks.py", is_async=False, form=FORMS[0], origin="constructor")
@example(path="/home/user/tasks.py", is_async=True, form=FORMS[0], origin="override")
@example(path="/home/user/tasks.py", is_async=False, form=FORMS[1], origin="copy")
def test_source_file_is_that_of_the_code(impl: Adapter, path: str, form: str, origin: str, *, is_async: bool) -> None:
    """The source file of a function is the file of its code; that of a method is the file of its function."""
    function = from_file(path, is_async=is_async, form=form)

    check_equal(source_file_of(impl, function, origin), path, "task.source_file of a function")


@rule("EXT-03")
def test_source_file_of_a_method(impl: Adapter) -> None:
    """The source file of a bound method is the file of its function."""
    bound: Any = type("Owner", (), {"f": from_file("methods.py")})().f

    check_equal(source_file_of(impl, bound), "methods.py", "task.source_file of a bound method")


class Bare:
    """A class of callable objects that wrap nothing."""

    __name__ = "bare"

    def __call__(self) -> None:
        """Do nothing."""


@rule("EXT-03")
@given(
    function=st.sampled_from([len, print, functools.partial(from_file("a.py")), CallableObject(len), str.upper, Bare()])
)
@example(function=len)
@example(function=Bare())
@example(function=functools.partial(from_file("a.py")))
def test_no_source_file_without_code(impl: Adapter, function: Callable[..., Any]) -> None:
    """A callable without code (a built-in, a partial, an object) has no source file: None, not an exception."""
    check_same(source_file_of(impl, function), None, f"task.source_file of {shown(function)}")


@rule("EXT-03")
def test_base_template_has_no_source_file(impl: Adapter) -> None:
    """The base template has no function, hence no source file."""
    with calling("TaskTemplate(name=..., interface=...).source_file"):
        base = type_of(impl, "TaskTemplate")(name="base", interface=impl.interface_of(from_file("any.py")))
        check_same(base.source_file, None, "source_file of the base template")


WRAPPERS: Mapping[str, Callable[[Callable[..., Any]], Any]] = {
    "function": lambda function: function,
    "partial": functools.partial,
    "object": CallableObject,
}
"""A wrapper that a decorator may put around a function, made of one from the decorator's own file."""


@rule("EXT-04")
@given(
    path=st.sampled_from(FILES),
    wrappers=st.lists(st.sampled_from(list(WRAPPERS)), min_size=1, max_size=3),
    is_async=st.booleans(),
)
@example(path="user.py", wrappers=["function"], is_async=False)
@example(path="user.py", wrappers=["function", "function"], is_async=True)
@example(path="user.py", wrappers=["partial"], is_async=False)
@example(path="user.py", wrappers=["function", "object"], is_async=False)
def test_source_file_looks_through_wrappers(impl: Adapter, path: str, wrappers: list[str], *, is_async: bool) -> None:
    """However often a function is wrapped by functools.wraps, its source file is where the user wrote it."""
    function = from_file(path, is_async=is_async)
    for level, wrapper in enumerate(wrappers):
        around = WRAPPERS[wrapper](from_file(f"/lib/decorator{level}.py", is_async=is_async))
        function = functools.wraps(function)(around)

    check_equal(source_file_of(impl, function), path, f"task.source_file of a function wrapped in {wrappers}")


@rule("EXT-05")
@given(shape=st.sampled_from(PLAIN_SHAPES), origin=st.sampled_from(ORIGINS))
@example(shape="function", origin="constructor")
def test_one_name_for_the_context_parameter(impl: Adapter, shape: str, origin: str) -> None:
    """The container_args of both template classes take the context by the same name, serialize_context."""
    template = made_from(impl, CallRecipe(function=SYNC_CALL.function, shape=shape, origin=origin))

    classes = {"TaskTemplate": type_of(impl, "TaskTemplate"), "the function template": impl.template}
    for what, owner in {**classes, "a template": type(template)}.items():
        with calling(f"inspect.signature({what}.container_args)"):
            names = list(inspect.signature(owner.container_args).parameters)
        check_equal(names[1:2], ["serialize_context"], f"the parameter of container_args of {what}")
