"""Rules EXT: the extension points and properties that plugins fill in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.calls import ORIGINS, SHAPES, SYNC_CALL, CallRecipe
from conformance.errors import Gap
from conformance.recipes import CallableObject, FunctionRecipe, OverrideRecipe, TemplateRecipe, type_of
from conformance.rules import rule
from conformance.strategies import full_templates, override_calls, templates
from conformance.suite.acts import build, receiver_of
from conformance.suite.doubles import made_from
from conformance.suite.support import calling, check, check_equal, check_same, shown
from conformance.target import Adapter

FILES = ("/home/user/tasks.py", "tasks.py", "<stdin>", "C:\\tasks\\é.py", "/home/a b/日本.py", "x")
"""File names as code objects hold them: absolute, relative, no file at all, beyond ASCII, with spaces."""


POINTS = ("config", "custom_config", "sql", "data_loading_config")
"""The extension points that return a value of their own."""


@rule("EXT-01")
@given(template=templates() | full_templates())
@example(template=TemplateRecipe())
@example(template=TemplateRecipe(function=FunctionRecipe(is_async=True)))
def test_extension_points_are_empty(impl: Adapter, template: TemplateRecipe) -> None:
    """On the function template, config and custom_config give a new empty dictionary, sql and data loading None."""
    made = build(impl, template)
    context = impl.serialization_context()

    left = _left_open(impl)
    for name in sorted(left & {"config", "custom_config"}):
        with calling(f"task.{name}(context)"):
            first, second = getattr(made, name)(context), getattr(made, name)(context)
        check(type(first) is dict and not first, f"task.{name}(context): came {shown(first)}, due an empty dictionary")
        check(first is not second, f"task.{name}(context), called twice, gave one dictionary; due are two")
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
    if not _is_plugin(impl):
        return frozenset(POINTS)
    plain = type_of(impl, "AsyncFunctionTaskTemplate")
    left = frozenset(name for name in POINTS if getattr(impl.template, name) is getattr(plain, name))
    if not left:
        raise Gap(f"{impl.template.__name__} fills in all extension points")
    return left


def _is_plugin(impl: Adapter) -> bool:
    """Return whether the class under test is registered as a plugin's."""
    registry = impl.types.get("TaskPluginRegistry")
    return registry is not None and any(registry.find(one) is impl.template for one in registry.list_plugins())


@rule("EXT-02")
@given(call=override_calls())
@example(call=OverrideRecipe())
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
    """What the constructor got as interface is what both names give."""
    interface = impl.interface_of(template.function.define())
    made = build(impl, template, interface=interface)

    check_equal(made.native_interface, interface, "task.native_interface against the interface that was given")
    check_same(made.native_interface, made.interface, "task.native_interface against task.interface")


def from_file(path: str, *, is_async: bool = False) -> Callable[..., Any]:
    """Return a function whose code says that it was read from a file."""
    source = "async def f(): pass" if is_async else "def f(): pass"
    names: dict[str, Any] = {}
    exec(compile(source, path, "exec"), names)  # noqa: S102 - a file name of our own needs code of our own
    function: Callable[..., Any] = names["f"]
    return function


def source_file_of(impl: Adapter, function: Callable[..., Any], origin: str = "constructor") -> object:
    """Return `source_file` of a template around a function."""
    interface = impl.interface_of(from_file("any.py"))
    with calling("making a template"):
        template: Any = impl.make(function, name="task", interface=interface)
        template = template.override(retries=1) if origin == "override" else template
    with calling("task.source_file"):
        return template.source_file


@rule("EXT-03")
@given(
    path=st.sampled_from(FILES) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    is_async=st.booleans(),
    origin=st.sampled_from(["constructor", "override"]),
)
@example(path="/home/user/tasks.py", is_async=False, origin="constructor")
@example(path="/home/user/tasks.py", is_async=True, origin="override")
def test_source_file_is_that_of_the_code(impl: Adapter, path: str, origin: str, *, is_async: bool) -> None:
    """The source file of a function is the file that its code came from; a method's is its function's."""
    function = from_file(path, is_async=is_async)

    check_equal(source_file_of(impl, function, origin), path, "task.source_file of a function")


@rule("EXT-03")
def test_source_file_of_a_method(impl: Adapter) -> None:
    """The source file of a bound method is the file of its function."""
    bound: Any = type("Owner", (), {"f": from_file("methods.py")})().f

    check_equal(source_file_of(impl, bound), "methods.py", "task.source_file of a bound method")


@rule("EXT-03")
@given(function=st.sampled_from([len, print, functools.partial(from_file("a.py")), CallableObject(len), str.upper]))
@example(function=len)
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


@rule("EXT-04")
@given(path=st.sampled_from(FILES), depth=st.integers(1, 3), is_async=st.booleans())
@example(path="user.py", depth=1, is_async=False)
@example(path="user.py", depth=2, is_async=True)
def test_source_file_looks_through_wrappers(impl: Adapter, path: str, depth: int, *, is_async: bool) -> None:
    """However often a function is wrapped by functools.wraps, its source file is where the user wrote it."""
    function = from_file(path, is_async=is_async)
    for level in range(depth):
        function = functools.wraps(function)(from_file(f"/lib/decorator{level}.py", is_async=is_async))

    check_equal(source_file_of(impl, function), path, f"task.source_file of a function under {depth} decorators")


@rule("EXT-05")
@given(shape=st.sampled_from(list(SHAPES)), origin=st.sampled_from(ORIGINS))
@example(shape="function", origin="constructor")
def test_one_name_for_the_context_parameter(impl: Adapter, shape: str, origin: str) -> None:
    """The container_args of both template classes take the context by the same name, serialize_context."""
    template = made_from(impl, CallRecipe(function=SYNC_CALL.function, shape=shape, origin=origin))

    classes = {"TaskTemplate": type_of(impl, "TaskTemplate"), "the function template": impl.template}
    for what, owner in {**classes, "a template": type(template)}.items():
        with calling(f"inspect.signature({what}.container_args)"):
            names = list(inspect.signature(owner.container_args).parameters)
        check_equal(names[1:2], ["serialize_context"], f"the parameter of container_args of {what}")
