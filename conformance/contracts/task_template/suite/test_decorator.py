"""Rules ENV on the task decorator: what `@env.task` makes of a function, and what it refuses."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.environments import (
    INHERITED,
    OPTIONS,
    SPELLINGS,
    DecorationRecipe,
    decorations,
    environment_fields,
    names,
)
from conformance.contracts.task_template.strategies.origins import clone_of
from conformance.contracts.task_template.strategies.recipes import (
    OF_BOTH_LEVELS,
    FunctionRecipe,
    derived_class,
    made,
    of_subclass,
    options_of,
    recipe,
    supported,
    type_of,
)
from conformance.contracts.task_template.strategies.specimens import SETTINGS_OF, VALUES_OF, singles
from conformance.contracts.task_template.strategies.values import (
    Dashboard,
    PagedDashboard,
    SilentDashboard,
    links,
    pod_templates,
    reuse_policies,
    single_links,
    subsets,
    texts,
    triggers,
)
from conformance.contracts.task_template.suite.acts import an_option, call_text, check_alike, environment
from conformance.contracts.task_template.suite.doubles import outcome_of, parent_of
from conformance.contracts.task_template.suite.offers import offered
from conformance.engine.properties import (
    calling,
    check,
    check_equal,
    check_instance,
    check_same,
    expect_raises,
    shown,
    trying,
)
from conformance.engine.rules import rule

EVERY_FIELD = {
    "image": "registry/image:1",
    "resources": recipe("Resources", cpu=1, memory="1Gi"),
    "env_vars": {"a": "b"},
    "secrets": "key",
    "pod_template": "p",
    "queue": "q",
    "interruptible": True,
    "cache": "auto",
}
"""Fields of an environment that its tasks get, except `reusable`; none has its default."""

TRIGGER = recipe("Trigger", name="hourly", automation=recipe("Cron", expression="0 * * * *"))

REUSED: dict[str, Any] = {"reusable": recipe("ReusePolicy", replicas=1)}
"""Fields of an environment whose containers are reused."""

SPECIMENS: Mapping[str, tuple[Any, ...]] = {**SETTINGS_OF, **VALUES_OF}
"""A value of each kind, by field."""

MANY = tuple(Dashboard(f"{number}") for number in (*range(12), 0))
"""More links than one figure counts, one of them twice."""


def decorated(impl: Adapter, env: Any, decoration: DecorationRecipe) -> Any:
    """Return what the decorator makes of a function; an exception of the implementation is a deviation."""
    with calling(f"decorating by {decoration!r}"):
        return decoration.decorate(impl, env)


def check_fields_reach(impl: Adapter, env: Any, task: Any, said: Mapping[str, Any], compared: tuple[str, ...]) -> None:
    """Check that the fields of a task have the values that were said, as the constructor coerces them.

    What was not said is the environment's own value, where it has one and shows it: the contract names no defaults of
    environments.
    """
    own = {name: getattr(env, name, None) for name in compared if name not in said}
    own = {name: value for name, value in own.items() if value is not None}
    for name, value in supported(impl, {**own, **said}).items():
        if name in compared:
            with calling(call_text("make", {name: value})):
                expected = getattr(impl.make(task.func, **made(impl, {name: value})), name)
            check_alike(getattr(task, name), expected, f"task.{name}")


@rule("ENV-01")
@given(decoration=decorations(options=subsets(OPTIONS)), other=decorations())
@example(decoration=DecorationRecipe(), other=DecorationRecipe(function=FunctionRecipe(name="g", is_async=True)))
@example(decoration=DecorationRecipe(spelling=SPELLINGS[1]), other=DecorationRecipe(function=FunctionRecipe(name="g")))
@example(decoration=DecorationRecipe(options={"retries": 1}), other=DecorationRecipe(function=FunctionRecipe(name="g")))
def test_decorator_makes_and_registers(impl: Adapter, decoration: DecorationRecipe, other: DecorationRecipe) -> None:
    """Each way of decorating gives a function template, which env.tasks holds by its name, and no other one does."""
    env, neighbour = environment(impl, decoration.fields), environment(impl, {})
    kind = type_of(impl, "AsyncFunctionTaskTemplate")
    expected: list[Any] = []
    for each in (decoration, other):
        if each.function.name not in [task.func.__name__ for task in expected]:
            expected.append(decorated(impl, env, each))
            check_instance(expected[-1], kind, f"{each!r} gave")

    tasks = env.tasks
    check_equal(list(tasks), [task.name for task in expected], "the names in env.tasks")
    for task in expected:
        check_same(tasks.get(task.name), task, f"env.tasks[{task.name!r}]")
    check_equal(dict(neighbour.tasks), {}, "the tasks of another environment")


@rule("ENV-01")
@given(is_async=st.booleans(), spelling=st.sampled_from(SPELLINGS[:2]))
@example(is_async=False, spelling=SPELLINGS[0])
def test_decorator_keeps_the_function(impl: Adapter, spelling: str, *, is_async: bool) -> None:
    """The function of the template is the one that was decorated, and the interface is that function's."""
    function = FunctionRecipe(name="work", is_async=is_async).define()
    env = environment(impl, {})

    with calling(spelling):
        task = env.task(function) if spelling == SPELLINGS[0] else env.task()(function)

    check_same(task.func, function, "task.func")
    if "NativeInterface" in impl.types:
        check_equal(list(task.interface.inputs), [], "the inputs of the interface of a function without parameters")


@rule("ENV-01")
def test_many_tasks_are_registered(impl: Adapter) -> None:
    """Each of many tasks of an environment is in env.tasks, in the order of their definition."""
    env = environment(impl, {})
    functions = [FunctionRecipe(name=f"work{number}").define() for number in range(12)]

    with calling("decorating twelve functions"):
        expected = [env.task(function) for function in functions]

    check_equal([task.func for task in env.tasks.values()], functions, "the functions of the tasks in env.tasks")
    for task in expected:
        check_same(env.tasks.get(task.name), task, f"env.tasks[{task.name!r}]")


@rule("ENV-01")
@given(options=subsets(OPTIONS), is_async=st.booleans())
@example(options={"retries": 1}, is_async=False)
@example(options={"links": (Dashboard("d"),), "timeout": 60}, is_async=True)
def test_decorator_serves_several_functions(impl: Adapter, options: dict[str, Any], *, is_async: bool) -> None:
    """The result of `env.task(...)` can decorate several functions; each task is as if it had its own decorator."""
    options = {name: value for name, value in options.items() if name != "short_name"}
    functions = [
        FunctionRecipe(name="first", doc="The first.", is_async=is_async).define(),
        FunctionRecipe(name="second").define(),
        FunctionRecipe(name="third", doc="The third.").define(),
    ]
    env, other = environment(impl, {}), environment(impl, {})
    options = options_of(impl, env, options)
    with calling(call_text("env.task", options)):
        decorate = env.task(**made(impl, options))
        tasks = [decorate(function) for function in functions]
        expected = [other.task(**made(impl, options))(function) for function in functions]

    for task, own in zip(tasks, expected, strict=True):
        check_same(task.func, own.func, "the function of a task whose decorator served another function before")
        for name in supported(impl, dict.fromkeys(("short_name", "docs", "timeout", *options))):
            check_alike(getattr(task, name), getattr(own, name), f"{name} of {own.short_name}")


@rule("ENV-01", "ENV-02")
def test_each_option_registers(impl: Adapter) -> None:
    """Whichever option the decorator has, the task is registered, and has the names of any other."""
    for named in singles({name: SPECIMENS[name] for name in OPTIONS}):
        env = environment(impl, {})
        options = options_of(impl, env, named)
        with trying(options=options), calling(call_text("env.task", options)):
            task = env.task(**made(impl, options))(FunctionRecipe(name="_work").define())
        with trying(options=options):
            check_same(env.tasks.get(f"{env.name}._work"), task, f"the task by {call_text('env.task', options)}")
            check_equal(task.name, f"{env.name}._work", f"task.name by {call_text('env.task', options)}")
            if "short_name" not in options:
                check_equal(task.short_name, "_work", f"task.short_name by {call_text('env.task', options)}")
            check_same(parent_of(task), env, f"task.parent_env() by {call_text('env.task', options)}")


@rule("ENV-02")
@given(env_name=names(), decoration=decorations(), short_name=st.none() | texts(min_size=1))
@example(env_name="a", decoration=DecorationRecipe(), short_name=None)
@example(env_name="a-b_c1", decoration=DecorationRecipe(), short_name="short")
@example(env_name="a", decoration=DecorationRecipe(function=FunctionRecipe(name="_Private")), short_name=None)
def test_decorated_names(impl: Adapter, env_name: str, decoration: DecorationRecipe, short_name: str | None) -> None:
    """Names come from the environment and from each function's own name; the parent is the environment."""
    env = environment(impl, {**decoration.fields, "name": env_name})
    function = decoration.function.define()
    function.__qualname__ = "outer.<locals>.other"  # as of a function defined in another one

    with calling(f"env.task(short_name={short_name!r})(f)"):
        tasks = [env.task(function) if short_name is None else env.task(short_name=short_name)(function)]
    option = an_option(impl)
    with calling(f"one result of {call_text('env.task', option)} for two functions"):
        decorate = env.task(**option)
        tasks += [decorate(FunctionRecipe(name=name).define()) for name in ("second", "third")]

    for task, short in zip(tasks, (short_name, None, None), strict=True):
        name = task.func.__name__
        check_equal(task.name, f"{env_name}.{name}", "task.name")
        check_equal(task.short_name, name if short is None else short, "task.short_name")
        check_same(parent_of(task), env, "task.parent_env()")
        check_equal(task.parent_env_name, env_name, "task.parent_env_name")


@rule("ENV-02")
@given(name=st.sampled_from(["inner", "other"]), is_async=st.booleans())
@example(name="inner", is_async=False)
def test_decorated_wrapper_has_its_own_name(impl: Adapter, name: str, *, is_async: bool) -> None:
    """A function that wraps another one and has a name of its own is known by that name."""
    wrapped = FunctionRecipe(name=name, is_async=is_async).define()
    function = FunctionRecipe(name="outer", is_async=is_async).define()
    function.__wrapped__ = wrapped  # type: ignore[attr-defined]  # as functools.wraps sets it
    env = environment(impl, {})
    with calling(f"@env.task on a function named outer that wraps one named {name}"):
        task = env.task(function)

    check_equal(task.name, f"{env.name}.outer", f"the name of a task whose function wraps one named {name}")
    check_equal(task.short_name, "outer", f"the short name of a task whose function wraps one named {name}")


@rule("ENV-03")
@given(decoration=decorations())
@example(decoration=DecorationRecipe())
@example(
    decoration=DecorationRecipe(fields={"interruptible": True, "queue": "q", "pod_template": "p", "cache": "auto"})
)
@example(decoration=DecorationRecipe(fields={"env_vars": {}, "secrets": [], "image": None, "interruptible": False}))
@example(decoration=DecorationRecipe(fields={"reusable": recipe("ReusePolicy", replicas=2)}, spelling=SPELLINGS[1]))
@example(decoration=DecorationRecipe(fields=EVERY_FIELD, function=FunctionRecipe(name="g", is_async=True)))
def test_environment_reaches_the_task(impl: Adapter, decoration: DecorationRecipe) -> None:
    """Each field of the environment is in each of its tasks, as if given to the constructor; the rest has defaults."""
    env = environment(impl, decoration.fields)
    second = DecorationRecipe(function=FunctionRecipe(name="second"))
    third = DecorationRecipe(function=FunctionRecipe(name="third"), options={"retries": 1, "report": True})

    for each in (decoration, second, third):
        task = decorated(impl, env, each)
        check_fields_reach(impl, env, task, decoration.fields, (*INHERITED, "reusable"))


@rule("ENV-03")
@given(decoration=decorations(), pod_template=pod_templates(), policy=reuse_policies())
@example(decoration=DecorationRecipe(), pod_template="p", policy=recipe("ReusePolicy", replicas=2))
@example(
    decoration=DecorationRecipe(function=FunctionRecipe(name="g", is_async=True), fields={"queue": "q"}),
    pod_template=recipe("PodTemplate", primary_container_name="c"),
    policy=recipe("ReusePolicy", replicas=(1, 3)),
)
def test_reusable_environment_keeps_its_pod_template(
    impl: Adapter, decoration: DecorationRecipe, pod_template: Any, policy: Any
) -> None:
    """A reusable environment with a pod template of its own passes both on to its tasks, unless it refuses to.

    The contract says that the decorator of a reusable environment takes no pod template (ENV-07). Of a pod template
    that is the environment's, it says only that it reaches the task.
    """
    offered(impl, "reusable", "pod_template")
    fields = {**decoration.fields, "pod_template": pod_template, "reusable": policy}
    made_of = made(impl, supported(impl, fields))
    if outcome_of(lambda: decoration.decorate(impl, impl.make_env(**made_of))).error is not None:
        return
    env = environment(impl, fields)
    second = DecorationRecipe(function=FunctionRecipe(name="second"), options={"retries": 1})

    for each in (decoration, second):
        check_fields_reach(impl, env, decorated(impl, env, each), fields, (*INHERITED, "reusable"))


@rule("ENV-04")
@given(decoration=decorations(options=subsets(OPTIONS, min_size=1)))
@example(
    decoration=DecorationRecipe(
        fields={"interruptible": True, "cache": "auto", "queue": "env", "pod_template": "env"},
        options={"interruptible": False, "cache": "disable", "queue": "own", "pod_template": "own"},
    )
)
@example(decoration=DecorationRecipe(fields={"interruptible": True}, options={"queue": "own"}))
@example(decoration=DecorationRecipe(options={"max_inline_io_bytes": 0, "retries": 0, "report": False, "links": ()}))
@example(decoration=DecorationRecipe(fields={"interruptible": False}, options={"interruptible": True}))
def test_decorator_wins(impl: Adapter, decoration: DecorationRecipe) -> None:
    """The task has the values of the decorator in preference to those of the environment, which are its defaults."""
    env = environment(impl, decoration.fields)
    task = decorated(impl, env, decoration)

    # An option that the implementation does not offer, or a type of it, is left out, and so says nothing.
    options = options_of(impl, env, decoration.options)
    said = {**supported(impl, decoration.fields), **options}
    check_fields_reach(impl, env, task, said, tuple({*options, *OF_BOTH_LEVELS}))


@rule("ENV-04")
@given(fields=subsets({name: INHERITED[name] for name in OF_BOTH_LEVELS}), is_async=st.booleans())
@example(fields={"interruptible": True, "cache": "auto", "queue": "q", "pod_template": "p"}, is_async=False)
def test_none_in_the_decorator_inherits(impl: Adapter, fields: dict[str, Any], *, is_async: bool) -> None:
    """An option of the decorator that is None leaves the environment's value."""
    env = environment(impl, fields)

    nones = supported(impl, dict.fromkeys(OF_BOTH_LEVELS))
    with calling(call_text("env.task", nones)):
        task = env.task(**nones)(FunctionRecipe(is_async=is_async).define())

    check_fields_reach(impl, env, task, fields, OF_BOTH_LEVELS)


@rule("ENV-05")
@given(is_async=st.booleans(), options=subsets(OPTIONS))
@example(is_async=False, options={})
def test_second_task_of_one_name(impl: Adapter, options: dict[str, Any], *, is_async: bool) -> None:
    """A second function of the same name is refused, and the first one stays; another environment takes it."""
    env = environment(impl, {})
    first = decorated(impl, env, DecorationRecipe(function=FunctionRecipe(name="work")))
    again = DecorationRecipe(function=FunctionRecipe(name="work", is_async=is_async), options=options)

    with expect_raises(Exception, f"a second task named {first.name!r}"):
        again.decorate(impl, env)
    check_same(env.tasks.get(first.name), first, f"env.tasks[{first.name!r}] after a second one was refused")
    other = environment(impl, {})
    with calling("the same function in another environment"):
        task = other.task(first.func)
    check_same(other.tasks.get(task.name), task, "the task of the same function in another environment")
    check_same(
        env.tasks.get(first.name), first, f"env.tasks[{first.name!r}] after another environment got its function"
    )
    check_same(parent_of(first), env, "parent_env() of the first task after another environment got its function")
    decorated(impl, environment(impl, {}), again)


def with_clones(env: Any) -> tuple[Any, ...]:
    """Return an environment, a clone of it, and a clone of a clone."""
    with calling("clone_with(...)"):
        return env, clone_of(env, f"{env.name}-clone"), clone_of(clone_of(env, f"{env.name}-one"), f"{env.name}-two")


def sync_functions() -> Iterator[Callable[..., Any]]:
    """Yield functions that are not async: a plain one, one that wraps an async one, and a generator."""
    yield FunctionRecipe(name="work").define()
    waiting = FunctionRecipe(name="work", is_async=True).define()

    @functools.wraps(waiting)
    def work() -> Any:
        return waiting()

    yield work

    def generate() -> Iterator[int]:
        yield 1

    yield generate


@rule("ENV-07")
@given(policy=reuse_policies(), is_async=st.booleans())
@example(policy=recipe("ReusePolicy", replicas=1), is_async=True)
def test_reusable_environment_refuses_pod_template(impl: Adapter, policy: Any, *, is_async: bool) -> None:
    """In a reusable environment, the decorator takes no pod template; without one it works."""
    offered(impl, "reusable", "pod_template")
    env = environment(impl, {"reusable": policy})
    function = FunctionRecipe(name="work", is_async=is_async)

    for one in with_clones(env):
        for value in ("pod", made(impl, recipe("PodTemplate"))):
            for more in ({}, an_option(impl)):
                named = {**more, "pod_template": value}
                with expect_raises(ValueError, f"{call_text('env.task', named)}(f) in a reusable environment"):
                    one.task(**named)(function.define())
                check_equal(dict(one.tasks), {}, "env.tasks after the decorator refused")
    check_alike(decorated(impl, env, DecorationRecipe(function=function)).reusable, made(impl, policy), "task.reusable")


@rule("ENV-07")
@given(concurrency=st.integers(2, 10))
@example(concurrency=2)
def test_reusable_environment_refuses_concurrent_sync(impl: Adapter, concurrency: int) -> None:
    """With concurrency above 1, a reusable environment takes async functions only."""
    offered(impl, "reusable")
    env = environment(impl, {"reusable": recipe("ReusePolicy", replicas=2, concurrency=concurrency)})

    for one in with_clones(env):
        for function in sync_functions():
            with expect_raises(ValueError, f"a sync task in an environment of concurrency {concurrency}"):
                one.task(function)
            with expect_raises(ValueError, f"a sync task with an option in one of concurrency {concurrency}"):
                one.task(**an_option(impl))(function)
        check_equal(dict(one.tasks), {}, "env.tasks after the decorator refused")
    with calling(f"an async task in an environment of concurrency {concurrency}"):
        env.task(FunctionRecipe(name="work", is_async=True).define())


@rule("ENV-07")
@given(policy=reuse_policies(), is_falsy=st.booleans())
@example(policy=recipe("ReusePolicy", replicas=1), is_falsy=False)
@example(policy=recipe("ReusePolicy", replicas=1), is_falsy=True)
def test_reusable_environment_refuses_plugin_config(impl: Adapter, policy: Any, *, is_falsy: bool) -> None:
    """A reusable environment with a plugin's configuration is refused, at the latest when it gets a task.

    Also where a class is registered for the configuration, so that the decorator has no other reason to refuse it.
    Either alone is fine.
    """
    offered(impl, "reusable", "plugin_config")
    config_type = type("Config", (), {"__len__": lambda _: 0} if is_falsy else {})
    function, config, reusable = FunctionRecipe(name="work").define(), config_type(), made(impl, policy)
    if "plugins" in impl.capabilities:
        plain = type_of(impl, "AsyncFunctionTaskTemplate")
        impl.register_plugin(config_type, derived_class(plain, "Plugin"))
        with calling("a task in an environment with plugin_config=<of a registered type>"):
            environment(impl, {"plugin_config": config}).task(function)
    with calling(call_text("a task in an environment", {"reusable": policy})):
        environment(impl, {"reusable": policy}).task(function)

    with expect_raises(ValueError, f"a task in TaskEnvironment(reusable={policy!r}, plugin_config=<of a known type>)"):
        impl.make_env(reusable=reusable, plugin_config=config).task(function)


@rule("ENV-08")
@given(link=st.builds(Dashboard, texts()) | single_links(), is_async=st.booleans(), fields=environment_fields())
@example(link=Dashboard("one"), is_async=False, fields={})
@example(link=PagedDashboard("one"), is_async=False, fields=REUSED)
@example(link=SilentDashboard("one"), is_async=True, fields={})
def test_one_trigger_or_link(impl: Adapter, link: Dashboard, fields: dict[str, Any], *, is_async: bool) -> None:
    """A single trigger and a single link each become a tuple of one."""
    offered(impl, "triggers", "links")
    env = environment(impl, fields)

    for name, one in (("f", TRIGGER), ("g", of_subclass(TRIGGER.type_name, **TRIGGER.named))):
        trigger = made(impl, one)
        with calling("env.task(triggers=<one trigger>, links=<one link>)(f)"):
            task = env.task(triggers=trigger, links=link)(FunctionRecipe(name=name, is_async=is_async).define())

        check_tuple(task.triggers, (trigger,), "task.triggers of one trigger")
        check_tuple(task.links, (link,), "task.links of one link")


@rule("ENV-08")
@given(several=triggers() | st.just(()), linked=links(min_size=0), is_async=st.booleans())
@example(several=(), linked=(), is_async=False)
@example(several=(TRIGGER,), linked=(Dashboard("b"), Dashboard("a")), is_async=True)
@example(several=(TRIGGER, TRIGGER), linked=MANY, is_async=False)
def test_tuple_of_triggers_or_links(
    impl: Adapter, several: tuple[Any, ...], linked: tuple[Dashboard, ...], *, is_async: bool
) -> None:
    """Tuples of triggers and of links are kept, in order; without any, both are the empty tuple."""
    offered(impl, "triggers", "links")
    given_triggers = made(impl, several)
    env = environment(impl, {})

    with calling(f"env.task(triggers={several!r}, links={linked!r})(f)"):
        task = env.task(triggers=given_triggers, links=linked)(FunctionRecipe(is_async=is_async).define())
        plain = env.task(FunctionRecipe(name="plain").define())

    check_tuple(task.triggers, given_triggers, "task.triggers")
    check_tuple(task.links, linked, "task.links")
    check_tuple(plain.triggers, (), "task.triggers without any given")
    check_tuple(plain.links, (), "task.links without any given")


@rule("ENV-09")
@given(several=triggers() | st.just(()), linked=links(min_size=0), fields=environment_fields())
@example(several=(), linked=(), fields={})
@example(several=(TRIGGER,), linked=(Dashboard("b"), Dashboard("a")), fields=REUSED)
@example(several=(TRIGGER, TRIGGER), linked=MANY, fields={})
def test_list_of_triggers_or_links(
    impl: Adapter, several: tuple[Any, ...], linked: tuple[Dashboard, ...], fields: dict[str, Any]
) -> None:
    """Lists of triggers and of links become tuples of the same items; later changes of the lists do not matter."""
    offered(impl, "triggers", "links")
    given_triggers, given_links = list(made(impl, several)), list(linked)
    expected = tuple(given_triggers)
    env = environment(impl, fields)

    with calling(f"env.task(triggers={given_triggers!r}, links={given_links!r})(f)"):
        task = env.task(triggers=given_triggers, links=given_links)(FunctionRecipe().define())
    given_triggers.clear()
    given_links.append(Dashboard("later"))

    check_tuple(task.triggers, expected, "task.triggers of a list")
    check_tuple(task.links, linked, "task.links of a list")


def check_tuple(actual: Any, expected: tuple[Any, ...], what: str) -> None:
    """Check that a value is a tuple of these objects, in order."""
    same = isinstance(actual, tuple) and len(actual) == len(expected) and all(map(_is, actual, expected))
    check(same, f"{what}: expected {shown(expected)}, got {shown(actual)}")


def _is(left: object, right: object) -> bool:
    return left is right


@rule("ENV-10")
@given(decoration=decorations())
@example(decoration=DecorationRecipe())
def test_decorator_timeout_default(impl: Adapter, decoration: DecorationRecipe) -> None:
    """The decorator's default for timeout is 0, the constructor's None."""
    offered(impl, "timeout")
    task = decorated(impl, environment(impl, decoration.fields), decoration)

    check_equal(task.timeout, 0, "task.timeout, decorated without timeout")
    with calling("make()"):
        check_same(impl.make(task.func).timeout, None, "task.timeout, built without timeout")


DOCSTRINGS = st.lists(st.from_regex(r"[^\W_][\w.,é日 ]{0,20}\w", fullmatch=True), min_size=1, max_size=2).map(
    "\n\n".join
)
"""Docstrings of one or two paragraphs, in the form that inspect.cleandoc leaves alone."""


@rule("ENV-11")
@given(doc=DOCSTRINGS, is_async=st.booleans(), fields=environment_fields())
@example(doc="Do it.", is_async=False, fields={})
@example(doc="Do it.", is_async=True, fields=REUSED)
def test_docs_from_the_docstring(impl: Adapter, doc: str, fields: dict[str, Any], *, is_async: bool) -> None:
    """`docs` is taken from the docstring, unless docs is given; an undocumented function has none."""
    offered(impl, "docs")
    env = environment(impl, fields)
    given_docs = made(impl, recipe("Documentation", description="given"))
    empty_docs = made(impl, recipe("Documentation", description=""))

    with calling("decorating functions with and without docstring"):
        documented = env.task(FunctionRecipe(name="a", doc=doc, is_async=is_async).define())
        configured = env.task(**an_option(impl))(FunctionRecipe(name="d", doc=doc, is_async=is_async).define())
        overruled = env.task(docs=given_docs)(FunctionRecipe(name="b", doc=doc, is_async=is_async).define())
        emptied = env.task(docs=empty_docs)(FunctionRecipe(name="e", doc=doc, is_async=is_async).define())
        silent = env.task(FunctionRecipe(name="c", is_async=is_async).define())

    check(documented.docs is not None, f"task.docs of a function with the docstring {doc!r} is None")
    text = str(documented.docs.description)
    first_line = doc.splitlines()[0].strip()
    check(
        bool(text) and first_line.expandtabs() in text.expandtabs(),
        f"task.docs of a function with the docstring {doc!r}: got {text!r}",
    )
    check_alike(configured.docs, documented.docs, "task.docs, the decorator with another option and without any")
    check_alike(overruled.docs, given_docs, "task.docs given to the decorator of a documented function")
    check_alike(emptied.docs, empty_docs, "task.docs given to the decorator, with an empty description")
    is_empty = silent.docs is None or not silent.docs.description
    check(is_empty, f"task.docs of a function without docstring: expected None or no text, got {shown(silent.docs)}")


def _positional(*args: int) -> None:
    """Take any number of positional arguments."""


def _keyword(**kwargs: int) -> None:
    """Take any keyword arguments."""


def _both(x: int, *args: int, y: int = 0, **kwargs: int) -> None:
    """Accept any arguments."""


async def _async_positional(*args: int) -> None:
    """Take any number of positional arguments."""


async def _async_keyword(x: int = 0, **kwargs: int) -> None:
    """Take any keyword arguments."""


VARIADIC = (_positional, _keyword, _both, _async_positional, _async_keyword)


@rule("ENV-12")
@given(function=st.sampled_from(VARIADIC), spelling=st.sampled_from(SPELLINGS[:2]), fields=environment_fields())
@example(function=_positional, spelling=SPELLINGS[0], fields={})
@example(function=_keyword, spelling=SPELLINGS[0], fields=REUSED)
@example(function=_async_keyword, spelling=SPELLINGS[1], fields={})
def test_no_variadic_inputs(impl: Adapter, function: Callable[..., Any], spelling: str, fields: dict[str, Any]) -> None:
    """A function with *args or **kwargs is refused at decoration, and is not registered."""
    env = environment(impl, fields)

    with expect_raises(ValueError, f"{spelling} of {function.__name__}, which has *args or **kwargs"):
        env.task(function) if spelling == SPELLINGS[0] else env.task()(function)
    option = an_option(impl)
    with expect_raises(
        ValueError, f"{call_text('env.task', option)} of {function.__name__}, which has *args or **kwargs"
    ):
        env.task(**option)(function)
    check_equal(dict(env.tasks), {}, "env.tasks after the decorator refused")


@rule("ENV-13")
@given(is_async=st.booleans(), spelling=st.sampled_from(SPELLINGS[:2]), is_falsy=st.booleans())
@example(is_async=False, spelling=SPELLINGS[0], is_falsy=False)
@example(is_async=False, spelling=SPELLINGS[0], is_falsy=True)
@example(is_async=True, spelling=SPELLINGS[1], is_falsy=False)
def test_plugin_config_picks_the_class(impl: Adapter, spelling: str, *, is_async: bool, is_falsy: bool) -> None:
    """The type of plugin_config itself, not its base, decides the template's class; without one it is the default."""
    config_type = type("Config", (), {"__len__": lambda _: 0} if is_falsy else {})
    plain = type_of(impl, "AsyncFunctionTaskTemplate")
    plugin = derived_class(plain, "Plugin")
    config = config_type()
    decoration = DecorationRecipe(function=FunctionRecipe(name="work", is_async=is_async), spelling=spelling)

    env = environment(impl, {"plugin_config": config})
    with expect_raises(ValueError, "decorating with a plugin_config of an unregistered type"):
        decoration.decorate(impl, env)
    check_equal(dict(env.tasks), {}, "env.tasks after the decorator refused")
    impl.register_plugin(config_type, plugin)
    task = decorated(impl, env, decoration)
    check_same(type(task), plugin, "the class of a task with a plugin_config of a registered type")
    check_same(task.plugin_config, config, "task.plugin_config")
    check_same(env.tasks.get(task.name), task, f"env.tasks[{task.name!r}]")
    other = decorated(impl, environment(impl, {}), decoration)
    check_same(type(other), plain, "the class of a task without plugin_config")

    derived_type = type("Derived", (config_type,), {})
    derived = environment(impl, {"plugin_config": derived_type()})
    with expect_raises(ValueError, "decorating with a plugin_config of an unregistered subclass of a registered type"):
        decoration.decorate(impl, derived)
    second = derived_class(plain, "Second")
    impl.register_plugin(derived_type, second)
    check_same(type(decorated(impl, derived, decoration)), second, "the class of a task with the subclass registered")
    again = environment(impl, {"plugin_config": config_type()})
    check_same(
        type(decorated(impl, again, decoration)), plugin, "the class of the first type, after another was registered"
    )
