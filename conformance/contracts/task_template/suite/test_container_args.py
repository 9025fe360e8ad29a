"""Rules ARG: the command line that a container is started with."""

from __future__ import annotations

import contextlib
import copy
import importlib
import itertools
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import ORIGINS, CallRecipe
from conformance.contracts.task_template.strategies.origins import OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, Recipe, TemplateRecipe, made, recipe
from conformance.contracts.task_template.strategies.values import EVERY_CHANGE, override_calls, templates, texts, words
from conformance.contracts.task_template.suite.acts import build, call_text, fills_in, receiver_of
from conformance.contracts.task_template.suite.doubles import made_from
from conformance.contracts.task_template.suite.observe import snapshot, view
from conformance.contracts.task_template.suite.offers import offered
from conformance.contracts.task_template.suite.samples import DECORATED_MODULE
from conformance.engine.properties import (
    calling,
    check,
    check_equal,
    check_instance,
    check_same,
    expect_raises,
    shown,
)
from conformance.engine.rules import rule

FIRST_OPTIONS = (
    "--inputs",
    "--outputs-path",
    "--version",
    "--raw-data-path",
    "--checkpoint-path",
    "--prev-checkpoint",
    "--run-name",
    "--name",
)
"""The options that always come first, in this order, each with one value."""

ROOT = pathlib.Path(__file__).parent
"""A root directory under which the functions of this module can be found."""


def body() -> None:
    """Do nothing: a function that a resolver can find by module and name."""


async def async_body() -> None:
    """Do nothing, later."""


@dataclass(frozen=True, kw_only=True)
class FindableRecipe(FunctionRecipe):
    """A function of this module: a resolver finds it by module and name."""

    def define(self, _: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """Return the same function."""
        return async_body if self.is_async else body


def findable(call: OverrideRecipe) -> OverrideRecipe:
    """Return a recipe of a template around a function of this module, sync or async as it was, without resolver."""
    fields = {name: value for name, value in call.template.fields.items() if name != "task_resolver"}
    function = FindableRecipe(is_async=call.template.function.is_async)
    return replace(call, template=replace(call.template, function=function, fields=fields, shape="function"))


def findable_calls() -> st.SearchStrategy[OverrideRecipe]:
    """Templates of every origin and with any fields, around functions of this module."""
    return override_calls().map(findable)


PLAIN = findable(OverrideRecipe())
"""A template with nothing but its defaults."""

ASYNC = findable(OverrideRecipe(template=TemplateRecipe(function=FunctionRecipe(is_async=True)), origin="decorator"))

NAMED = findable(OverrideRecipe(template=TemplateRecipe(fields={"short_name": "other", "queue": "q"})))
"""One that has another short name than its function."""


class LoaderArguments(list[str]):
    """Arguments of a resolver, as attribute and method, because the contract says that they are used, not how."""

    def __init__(self, given_ones: list[str], asked: list[tuple[tuple[Any, ...], Mapping[str, Any]]] | None) -> None:
        super().__init__(given_ones)
        self.asked = asked

    def __call__(self, *args: Any, **kwargs: Any) -> list[str]:
        """Return the arguments, and record the request."""
        if self.asked is not None:
            self.asked.append((args, kwargs))
        return list(self)


class Resolver:
    """A resolver of the user, which records requests."""

    def __init__(self, import_path: str, loader_args: list[str], *, is_truthy: bool = True) -> None:
        self.import_path = import_path
        self.arguments = loader_args
        self.is_truthy = is_truthy
        self.asked: list[tuple[tuple[Any, ...], Mapping[str, Any]]] = []

    def __bool__(self) -> bool:
        return self.is_truthy

    def __repr__(self) -> str:
        """Return the resolver by what matters of it."""
        kind = "" if self.is_truthy else ", whose bool() is False"
        return f"<a resolver of import_path {self.import_path!r} and loader_args {self.arguments!r}{kind}>"

    @property
    def loader_args(self) -> LoaderArguments:
        """The arguments that were given to the resolver at first."""
        return LoaderArguments(self.arguments, self.asked)


class SilentResolver(Resolver):
    """A resolver that does not change when it is used."""

    @property
    def loader_args(self) -> LoaderArguments:
        """The arguments that were given to the resolver at first."""
        return LoaderArguments(self.arguments, None)


RESOLVED = TemplateRecipe(fields={"task_resolver": SilentResolver("my.Resolver", ["a"])})
"""A template whose resolver accepts any root directory."""


def pkl_bundles() -> st.SearchStrategy[Recipe]:
    """Code bundles that hold the pickled task."""
    return st.builds(
        lambda path, dest: recipe("CodeBundle", computed_version="v", pkl=path, destination=dest),
        texts(min_size=1),
        texts(min_size=1),
    )


def tgz_bundles() -> st.SearchStrategy[Recipe]:
    """Code bundles that hold an archive of sources."""
    return st.builds(
        lambda path, dest: recipe("CodeBundle", computed_version="v", tgz=path, destination=dest),
        texts(min_size=1),
        texts(min_size=1),
    )


PKL = recipe("CodeBundle", computed_version="v", pkl="task.pkl", destination="/root")
OTHER_PKL = recipe("CodeBundle", computed_version="v", pkl="other.pkl", destination="/root")
TGZ = recipe("CodeBundle", computed_version="v", tgz="code.tgz", destination="/root")


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    """Fields of serialization contexts with a pickled bundle. Paths and versions may be any string, even an option."""
    paths = texts(min_size=1) | st.sampled_from(["--version", "{{.input}}", "s3://bucket/in/", "/a/../b//"])
    return st.fixed_dictionaries(
        {"code_bundle": pkl_bundles()},
        optional={"version": paths, "input_path": paths, "output_path": paths, "project": words(), "org": words()},
    )


def arguments_of(impl: Adapter, template: Any, fields: Mapping[str, Any]) -> list[str]:
    """Return the container arguments in a context of these fields; an exception is a deviation."""
    context = impl.serialization_context(**made(impl, dict(fields)))
    with calling(call_text("task.container_args of a context", fields)):
        actual: list[str] = template.container_args(context)
    return actual


def beside_first(arguments: list[str]) -> list[str]:
    """Return the arguments without the options that always come first, and without their values.

    Their position does not matter here, because another rule defines it. A value may look like an option.
    """
    rest, awaited, at = [], set(FIRST_OPTIONS), 1
    while at < len(arguments):
        is_first = arguments[at] in awaited
        if is_first:
            awaited.remove(arguments[at])
        else:
            rest.append(arguments[at])
        at += 2 if is_first else 1
    return rest


def after(arguments: list[str], option: str) -> list[str]:
    """Return the arguments after an option, without the options that always come first."""
    rest = beside_first(arguments)
    check(option in rest, f"container_args: {option} is missing in {shown(arguments, limit=600)}")
    return rest[rest.index(option) + 1 :]


@rule("ARG-01")
@given(call=override_calls(), fields=contexts())
@example(call=PLAIN, fields={"code_bundle": PKL, "version": "1", "input_path": "i", "output_path": "o"})
@example(call=PLAIN, fields={"code_bundle": PKL, "version": "", "input_path": "", "output_path": ""})
@example(call=PLAIN, fields={"code_bundle": PKL})
@example(call=ASYNC, fields={"code_bundle": PKL, "version": " V1\n", "input_path": " i ", "output_path": "O"})
@example(call=PLAIN, fields={"code_bundle": PKL, "input_path": "s3://b/in/", "output_path": "/a/../b//"})
@example(call=PLAIN, fields={"code_bundle": PKL, "input_path": "é/日本", "output_path": "🦊"})
def test_container_args_carry_the_context(impl: Adapter, call: OverrideRecipe, fields: dict[str, Any]) -> None:
    """The list starts with a0 and the options, in their order, with the values of the context; all are strings.

    A plugin's class that fills in container_args may start with a command of its own, and with options for that.
    """
    check_first_options(impl, receiver_of(impl, call), fields)


@rule("ARG-01")
@given(call=findable_calls(), fields=contexts(), bundle=st.none() | tgz_bundles())
@example(call=PLAIN, fields={"version": "1", "input_path": "i", "output_path": "o"}, bundle=None)
@example(call=ASYNC, fields={"version": "1", "input_path": "i", "output_path": "o"}, bundle=TGZ)
def test_container_args_carry_the_context_without_pickle(
    impl: Adapter, call: OverrideRecipe, fields: dict[str, Any], bundle: Recipe | None
) -> None:
    """With an archive, and without a bundle, the arguments start in the same way."""
    rest = {name: value for name, value in fields.items() if name != "code_bundle"}
    named = {} if bundle is None else {"code_bundle": bundle}
    check_first_options(impl, receiver_of(impl, call), {**rest, **named, "root_dir": ROOT})


def check_first_options(impl: Adapter, task: Any, fields: dict[str, Any]) -> None:
    """Check how the container arguments start, in a context of these fields."""
    context = impl.serialization_context(**made(impl, fields))
    # Another context first, because arguments for it must not be cached.
    arguments_of(impl, task, {**fields, "version": "other", "input_path": "other", "output_path": "other"})
    arguments = arguments_of(impl, task, fields)

    check(isinstance(arguments, list), f"container_args: expected a list, got {shown(arguments)}")
    check(
        all(isinstance(one, str) for one in arguments),
        f"container_args: {shown(arguments)} are not all strings",
    )
    if not fills_in(impl, "container_args"):
        check_equal(arguments[:1], ["a0"], "the first of container_args")
    elif "--inputs" in arguments[1:]:
        del arguments[1 : arguments.index("--inputs", 1)]
    count = len(FIRST_OPTIONS)
    options, values = arguments[1 : 2 * count : 2], arguments[2 : 2 * count + 1 : 2]
    check_equal(tuple(options), FIRST_OPTIONS, "the options of container_args")
    in_context = [context.input_path, context.output_path, context.version]
    # The contract does not define the placeholder for a value that the context lacks.
    expected = [actual if due is None else due for due, actual in zip(in_context, values, strict=False)]
    check_equal(values[:3], expected, "container_args: the values of --inputs, --outputs-path and --version")
    check(len(values) == count, f"container_args: an option has no value in {shown(arguments)}")


@rule("ARG-02")
@given(call=findable_calls(), bundle=pkl_bundles(), has_root=st.booleans())
@example(call=PLAIN, bundle=PKL, has_root=False)
@example(call=PLAIN, bundle=PKL, has_root=True)
@example(call=ASYNC, bundle=PKL, has_root=True)
def test_pickled_bundle_needs_no_resolver(
    impl: Adapter, call: OverrideRecipe, bundle: Recipe, *, has_root: bool
) -> None:
    """With a pickled bundle, --pkl and --dest name it and its destination, and no resolver is named."""
    fields = {"code_bundle": bundle, **({"root_dir": ROOT} if has_root else {})}
    arguments = arguments_of(impl, receiver_of(impl, call), fields)

    check_pickled(arguments, bundle)


@rule("ARG-02")
@given(bundle=pkl_bundles(), has_root=st.booleans())
@example(bundle=PKL, has_root=True)
def test_pickled_bundle_needs_no_own_resolver(impl: Adapter, bundle: Recipe, *, has_root: bool) -> None:
    """With a pickled bundle, the resolver that a template has of its own is not named either."""
    offered(impl, "task_resolver")
    fields = {"code_bundle": bundle, **({"root_dir": ROOT} if has_root else {})}
    check_pickled(arguments_of(impl, build(impl, RESOLVED), fields), bundle)


def check_pickled(arguments: list[str], bundle: Recipe) -> None:
    """Check that the arguments name a pickled bundle and no resolver."""
    named = bundle.named
    check_bundle(arguments, "--pkl", named["pkl"], named["destination"])
    rest = beside_first(arguments)
    check("--resolver" not in rest and "--tgz" not in rest, f"container_args of a pickled bundle end in {shown(rest)}")


@rule("ARG-02")
@given(call=findable_calls(), bundle=tgz_bundles())
@example(call=PLAIN, bundle=TGZ)
@example(call=NAMED, bundle=TGZ)
@example(call=ASYNC, bundle=TGZ)
@example(call=PLAIN, bundle=recipe("CodeBundle", computed_version="v", tgz="code.tgz", destination="."))
@example(call=PLAIN, bundle=recipe("CodeBundle", computed_version="v", tgz="a b.tgz", destination="/"))
def test_archive_needs_a_resolver(impl: Adapter, call: OverrideRecipe, bundle: Recipe) -> None:
    """With an archive, --tgz and --dest name it and its destination, and a resolver follows."""
    arguments = arguments_of(impl, receiver_of(impl, call), {"code_bundle": bundle, "root_dir": ROOT})

    named = bundle.named
    check_bundle(arguments, "--tgz", named["tgz"], named["destination"])
    check_resolver(beside_first(arguments), "an archive")


@rule("ARG-02")
@given(call=findable_calls())
@example(call=PLAIN)
@example(call=NAMED)
@example(call=ASYNC)
def test_resolver_without_bundle(impl: Adapter, call: OverrideRecipe) -> None:
    """Without a bundle, only a resolver says where the code is."""
    arguments = arguments_of(impl, receiver_of(impl, call), {"root_dir": ROOT})

    rest = beside_first(arguments)
    wrong = [option for option in ("--tgz", "--pkl", "--dest") if option in rest]
    check(not wrong, f"container_args without a bundle hold {wrong}")
    check_resolver(rest, "no bundle")


def check_bundle(arguments: list[str], option: str, path: str, destination: str) -> None:
    """Check that the arguments name a bundle by its option, and its destination, in either order."""
    actual = [*after(arguments, option)[:1], *after(arguments, "--dest")[:1]]
    check_equal(actual, [path, destination], f"container_args: the values of {option} and --dest")


def check_resolver(rest: list[str], what: str) -> None:
    """Check that the arguments name a resolver, and pass it something about the task."""
    check(rest.count("--resolver") == 1, f"container_args with {what}: {shown(rest)}, expected one --resolver")
    told = rest[rest.index("--resolver") + 1 :]
    # The contract does not say whether the default resolver is written as one argument or as several.
    check(any("body" in one for one in told), f"container_args with {what}: --resolver {told} does not name the task")


@rule("ARG-03")
@given(
    bundle=st.none() | tgz_bundles(),
    origin=st.sampled_from([one for one in ORIGINS if one != "decorator"]),
    is_async=st.booleans(),
    is_own=st.booleans(),
)
@example(bundle=None, origin="constructor", is_async=False, is_own=False)
@example(bundle=None, origin="constructor", is_async=False, is_own=True)
@example(bundle=TGZ, origin="constructor", is_async=True, is_own=False)
def test_resolver_needs_a_root(
    impl: Adapter, bundle: Recipe | None, origin: str, *, is_async: bool, is_own: bool
) -> None:
    """Without pickled bundle and root directory, the error says by its code what failed; so with an own resolver."""
    fields: dict[str, Any] = {"task_resolver": Resolver("my.Resolver", ["a"])} if is_own else {}
    offered(impl, *fields)
    template = made_from(impl, CallRecipe(function=FunctionRecipe(is_async=is_async), origin=origin), **fields)
    context = impl.serialization_context(code_bundle=made(impl, bundle))

    what = f"task.container_args of a context with code_bundle={bundle!r} and no root_dir"
    with expect_raises(impl.errors.RuntimeSystemError, what) as caught:
        template.container_args(context)
    check_equal(getattr(caught.value, "code", None), "SerializationError", f"{what}: the code")


@rule("ARG-04")
@given(
    call=findable_calls(),
    fields=contexts() | contexts().map(lambda fields: {**fields, "code_bundle": TGZ, "root_dir": ROOT}),
    version=texts(min_size=1),
    bundles=st.lists(pkl_bundles() | st.just(TGZ), max_size=2),
)
@example(call=ASYNC, fields={"code_bundle": TGZ, "root_dir": ROOT}, version="2", bundles=[PKL])
@example(call=PLAIN, fields={"code_bundle": PKL, "version": "1"}, version="2", bundles=[])
@example(
    call=PLAIN, fields={"code_bundle": PKL}, version="1", bundles=[recipe("CodeBundle", computed_version="v", pkl="p")]
)
def test_container_args_depend_on_nothing_else(
    impl: Adapter, call: OverrideRecipe, fields: dict[str, Any], version: str, bundles: list[Recipe]
) -> None:
    """Earlier calls make no difference, whether for another version or another bundle with the same paths."""
    fresh = arguments_of(impl, receiver_of(impl, call), fields)
    asked = receiver_of(impl, call)
    others: list[dict[str, Any]] = [
        {"version": version},
        *({"code_bundle": bundle, "root_dir": ROOT} for bundle in bundles),
    ]
    for other in others:
        arguments_of(impl, asked, {**fields, **other})

    check_equal(arguments_of(impl, asked, fields), fresh, "container_args, asked after those of other contexts")


@rule("ARG-04")
@given(template=templates(), fields=contexts())
@example(template=TemplateRecipe(), fields={"code_bundle": PKL})
@example(template=TemplateRecipe(fields=EVERY_CHANGE), fields={"code_bundle": PKL})
@example(template=RESOLVED, fields={"root_dir": pathlib.Path("somewhere", "..", "below")})
def test_container_args_change_nothing(impl: Adapter, template: TemplateRecipe, fields: dict[str, Any]) -> None:
    """Two calls of container_args return equal, separate lists; neither the task nor the context changes."""
    if "task_resolver" in template.fields and "code_bundle" not in fields:
        offered(impl, "task_resolver")
    check_changes_nothing(impl, build(impl, template), fields)


@rule("ARG-04")
@given(call=findable_calls(), fields=contexts(), bundle=st.none() | tgz_bundles())
@example(call=PLAIN, fields={}, bundle=None)
@example(call=ASYNC, fields={}, bundle=TGZ)
def test_container_args_without_pickle_change_nothing(
    impl: Adapter, call: OverrideRecipe, fields: dict[str, Any], bundle: Recipe | None
) -> None:
    """A task whose resolver is the default one stays as it is, too."""
    named = {} if bundle is None else {"code_bundle": bundle}
    rest = {name: value for name, value in fields.items() if name != "code_bundle"}
    check_changes_nothing(impl, receiver_of(impl, call), {**rest, **named, "root_dir": ROOT})


def check_changes_nothing(impl: Adapter, task: Any, fields: Mapping[str, Any]) -> None:
    """Check that two calls of container_args return equal, separate lists, and change nothing."""
    context = impl.serialization_context(**made(impl, dict(fields)))
    before, context_before = snapshot(impl, task), view(context)

    with calling("task.container_args(context)"):
        first = task.container_args(context)
        kept = list(first)
        first.append("changed by the caller")
        second = task.container_args(context)

    check_equal(second, kept, "task.container_args(context), the second time")
    check(first is not second, "task.container_args(context), called twice, gave one list; expected two")
    differences = before.differences(task)
    check(not differences, f"task.container_args(context) changed the task: {differences[:3]}")
    check(view(context) == context_before, "task.container_args(context) changed the context")


@rule("ARG-05")
@given(template=templates())
@example(template=TemplateRecipe())
def test_container_args_name_the_start(impl: Adapter, template: TemplateRecipe) -> None:
    """The start of the run is one of the arguments."""
    arguments = arguments_of(impl, build(impl, template), {"code_bundle": PKL})

    check(after(arguments, "--run-start-time")[:1] != [], "container_args: --run-start-time has no value")


@rule("ARG-06")
@given(
    call=findable_calls(),
    resolver=st.builds(Resolver, words(), st.lists(texts(), max_size=4), is_truthy=st.booleans()),
    bundles=st.lists(st.none() | tgz_bundles(), min_size=1, max_size=2),
)
@example(call=PLAIN, resolver=Resolver("my.Resolver", []), bundles=[None])
@example(call=PLAIN, resolver=Resolver("my.Resolver", [], is_truthy=False), bundles=[None])
@example(call=PLAIN, resolver=Resolver("my.Resolver", ["a", "b", "a"]), bundles=[None])
@example(call=replace(PLAIN, origin="override"), resolver=Resolver("my.Resolver", ["", "b", "a"]), bundles=[TGZ, None])
@example(call=replace(PLAIN, origin="pickle"), resolver=Resolver("my.Resolver", ["a"]), bundles=[TGZ])
def test_own_resolver_is_used(
    impl: Adapter, call: OverrideRecipe, resolver: Resolver, bundles: list[Recipe | None]
) -> None:
    """The arguments name a user's resolver by its path, followed by its arguments for this task."""
    offered(impl, "task_resolver")
    fields = {**call.template.fields, "task_resolver": copy.deepcopy(resolver)}
    template = receiver_of(impl, replace(call, template=replace(call.template, fields=fields)))
    kept = template.task_resolver
    check_instance(kept, Resolver, "task_resolver of a template that was made with one")

    expected = ["--resolver", resolver.import_path, *resolver.arguments]
    roots = [ROOT, ROOT.parent]
    told_root = False
    for bundle, root in zip(bundles, roots, strict=False):
        named = {"root_dir": root, **({} if bundle is None else {"code_bundle": bundle})}
        asked_before = len(kept.asked)
        arguments = arguments_of(impl, template, named)
        check("--resolver" in arguments, f"container_args with an own resolver: {shown(arguments)} has no --resolver")
        start = arguments.index("--resolver")
        check_equal(arguments[start : start + len(expected)], expected, "container_args from --resolver on")
        asked = kept.asked[asked_before:]
        check(asked or not told_root, f"the resolver was called with one folder, but not with the next one, {root}")
        for args, kwargs in asked:
            told_root |= check_asked(impl, template, root, [*args, *kwargs.values()])


def check_asked(impl: Adapter, template: Any, root: pathlib.Path, told: list[Any]) -> bool:
    """Check that a resolver was called with this task and this folder, if with any; return True if with a folder."""
    others = [one for one in told if isinstance(one, impl.template) and one is not template]
    check(not others, f"the resolver was called with {shown(told)}, expected this very task")
    folders = [one for one in told if isinstance(one, pathlib.PurePath)]
    check(folders in ([], [root]), f"the resolver was called with the folders {shown(folders)}, expected {shown(root)}")
    return bool(folders)


@rule("ARG-07")
@given(version=st.none() | st.integers() | st.binary())
@example(version=None)
@example(version=0)
def test_version_must_be_text(impl: Adapter, version: object) -> None:
    """A version that is not a string raises AssertionError."""
    context = impl.serialization_context(version=version, code_bundle=made(impl, PKL))

    with expect_raises(AssertionError, f"task.container_args of a context with version={version!r}"):
        impl.make(body).container_args(context)


PLACEHOLDERS = {
    "--inputs": "{{.input}}",
    "--outputs-path": "{{.outputPrefix}}",
    "--raw-data-path": "{{.rawOutputDataPrefix}}",
    "--checkpoint-path": "{{.checkpointOutputPrefix}}",
    "--prev-checkpoint": "{{.prevCheckpointPrefix}}",
    "--run-name": "{{.runName}}",
    "--name": "{{.actionName}}",
}
"""The placeholder of an option, until the cluster replaces it."""


@rule("ARG-08")
@given(call=findable_calls(), version=texts(min_size=1))
@example(call=PLAIN, version="v")
def test_placeholders(impl: Adapter, call: OverrideRecipe, version: str) -> None:
    """Values that the context lacks are left to the cluster, with a placeholder for each option."""
    arguments = arguments_of(impl, receiver_of(impl, call), {"code_bundle": PKL, "version": version})

    for option, expected in PLACEHOLDERS.items():
        actual = [value for name, value in itertools.pairwise(arguments) if name == option]
        check_equal(actual[:1], [expected], f"container_args: the value of {option}")


@dataclass(frozen=True)
class ImageCache:
    """Addresses of images, in the two forms that are passed on."""

    serialized_form: str | None
    to_transport: str


@rule("ARG-08")
@given(call=findable_calls(), form=st.none() | words(), transport=words())
@example(call=PLAIN, form="form", transport="transport")
@example(call=PLAIN, form=None, transport="transport")
def test_image_cache(impl: Adapter, call: OverrideRecipe, form: str | None, transport: str) -> None:
    """The image cache is passed in its serialized form; without one the option is left out."""
    task = receiver_of(impl, call)
    arguments = arguments_of(impl, task, {"code_bundle": PKL, "image_cache": ImageCache(form, transport)})

    check_equal(after(arguments, "--image-cache")[:1], [form or transport], "container_args: --image-cache")
    check_equal(after(arguments, "--pkl")[:1], [PKL.named["pkl"]], "container_args with an image cache: --pkl")
    plain = arguments_of(impl, task, {"code_bundle": PKL})
    check("--image-cache" not in plain, f"container_args of a context without an image cache: {plain}")


@contextlib.contextmanager
def declared_in_file(package: str, module: str, task_env: Any) -> Iterator[tuple[Any, pathlib.Path]]:
    """Declare a task in a module of a package, in a root directory of its own on sys.path."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name).resolve()
        (root / package).mkdir()
        (root / package / f"{module}.py").write_text(DECORATED_MODULE, encoding="utf-8")
        sys.path.insert(0, str(root))
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(f"{package}.{module}").declare(task_env), root
        finally:
            sys.path.remove(str(root))
            for loaded in [one for one in sys.modules if one.partition(".")[0] == package]:
                del sys.modules[loaded]


@rule("ARG-09")
@given(number=st.integers(0, 99), bundle=st.none() | tgz_bundles())
@example(number=0, bundle=None)
@example(number=1, bundle=TGZ)
def test_default_resolver_leads_back(impl: Adapter, number: int, bundle: Recipe | None) -> None:
    """The default resolver gets the module and the name of a task, and loads the same task by them."""
    package, module = f"conformance_declared_{number}", f"tasks_{number}"
    env = impl.make_env()
    with declared_in_file(package, module, env) as (task, root):
        arguments = arguments_of(impl, task, {"code_bundle": bundle, "root_dir": root})
        path, *told = after(arguments, "--resolver")
        check_equal(told, ["mod", f"{package}.{module}", "instance", "add_two"], "the resolver arguments")
        home, _, name = path.rpartition(".")
        with calling(f"{path}().load_task({told})"):
            loaded = getattr(importlib.import_module(home), name)().load_task(told)
        check_same(loaded, task, f"{path}().load_task({told})")
        elsewhere = arguments_of(impl, task, {"code_bundle": bundle, "root_dir": root / package})
        check_equal(
            after(elsewhere, "--resolver")[1:3], ["mod", module], "the resolver arguments with a nearer root folder"
        )
