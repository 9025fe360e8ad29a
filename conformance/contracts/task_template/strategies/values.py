"""Strategies for values of each field, overrides, templates, functions and exceptions.

Every strategy yields *recipes* (see `recipes.py`), covers the whole range that the contract allows, mixes in awkward
values (falsy, empty, unicode, boundaries) and shrinks to an example that a reader understands. No rule that needs a
valid value draws one that an independent implementation may refuse, such as a reuse policy with a pod template.
"""

from __future__ import annotations

import enum
import functools
import string
import typing
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from types import UnionType
from typing import Any

from hypothesis import strategies as st

from conformance.contracts.task_template.strategies.origins import (
    OF_DECORATORS,
    ORIGINS,
    OverrideRecipe,
    base_of,
)
from conformance.contracts.task_template.strategies.recipes import (
    KEYWORD_ONLY,
    NOTHING,
    PLAIN,
    PLAIN_SHAPES,
    AcceleratorRecipe,
    FunctionRecipe,
    ParameterRecipe,
    Recipe,
    TemplateRecipe,
    is_free_name,
    recipe,
)

Values = st.SearchStrategy[Any]

AWKWARD_TEXTS = (
    *("", " ", "0", " a ", "A.b", "None", "off", "a b", "é", "日本", "🦊", "a\nb", "{}", "'", "\\", "%s"),
    *("._-a-_.", "/a/", "A:b,", "a\tb\n"),
    "x" * 300,
)
"""Strings that break naive code: falsy ones, keywords, non-ASCII ones, quotes, format specifiers, long ones."""

# ---- scalars --------------------------------------------------------------------------------------------------------


@functools.cache
def texts(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """Text of any kind that can be encoded in UTF-8, awkward ones mixed in."""
    awkward = [text for text in AWKWARD_TEXTS if len(text) >= min_size]
    characters = st.characters(codec="utf-8", exclude_characters="\0")
    return st.text(characters, min_size=min_size, max_size=20) | st.sampled_from(awkward)


@functools.cache
def words() -> st.SearchStrategy[str]:
    """Lower-case ASCII words, as used for names of queues, keys, environments."""
    # Only letters, because drawing by a regular expression takes four times as long, and nothing is drawn more often.
    return st.text(string.ascii_lowercase, min_size=1, max_size=8)


@functools.cache
def durations(*, min_seconds: int = 1) -> st.SearchStrategy[timedelta]:
    """Durations of at least `min_seconds`, up to ten years, to the microsecond."""
    return st.timedeltas(timedelta(seconds=min_seconds), timedelta(days=3650))


# ---- values of the fields -------------------------------------------------------------------------------------------


@functools.cache
def resources() -> st.SearchStrategy[Recipe]:
    """Resources in every form that the type shows: counts, fractions, quantities, (request, limit) pairs."""
    sizes = st.builds("{}{}".format, st.integers(1, 999), st.sampled_from(["Ki", "Mi", "Gi", "Ti", "M", "G"]))
    cpus = st.integers(1, 64) | st.sampled_from([0.5, 1.5, "500m", "2", (1, 4), ("250m", "1")])
    memory = sizes | st.sampled_from([("1Gi", "4Gi"), ("512Mi", "512Mi")])
    gpus = st.sampled_from([1, 8, AcceleratorRecipe(0), AcceleratorRecipe(1)])
    parts = {"cpu": cpus, "memory": memory, "gpu": gpus, "disk": sizes}
    return st.fixed_dictionaries({}, optional={**parts, "shm": st.just("auto") | sizes}).map(_maker("Resources"))


@dataclass(frozen=True)
class FixedVersion:
    """A cache policy of the user, which always returns the same version."""

    version: str = "1"

    def get_version(self, salt: str, params: object) -> str:
        """Return the salted version."""
        return f"{salt}{self.version}" if params is not None else self.version


@functools.cache
def caches(*, behaviors: tuple[str, ...] = ("auto", "override", "disable")) -> st.SearchStrategy[Recipe]:
    """Cache objects of each behavior; one of behavior `override` always has a version."""
    options = {
        "serialize": st.booleans(),
        "ignored_inputs": words() | st.lists(words(), max_size=2).map(tuple),
        "salt": texts(),
        "policies": st.lists(st.builds(FixedVersion, words()), min_size=1, max_size=2),
    }
    needed = {"behavior": st.sampled_from(behaviors)}

    def with_version(named: dict[str, Any]) -> Recipe:
        version = {"version_override": "v1"} if named["behavior"] == "override" else {}
        return _maker("Cache")({**named, **version})

    return st.fixed_dictionaries(needed, optional=options).map(with_version)


@functools.cache
def cache_requests() -> Values:
    """Everything the type CacheRequest allows."""
    return st.sampled_from(["auto", "override", "disable"]) | caches()


@functools.cache
def retries() -> Values:
    """Counts from 1 up, and retry strategies from 0 up: nothing falsy."""
    counts = st.sampled_from([1, 2, 255, 256, 2**31 - 1]) | st.integers(1, 2**31 - 1)
    return counts | (st.just(0) | counts).map(lambda count: recipe("RetryStrategy", count=count))


@functools.cache
def timeouts() -> Values:
    """Seconds, durations and Timeout objects: nothing falsy."""
    seconds = st.integers(1, 10**8)
    bounds: Values = seconds | durations()
    parts = {"max_runtime": bounds}
    return (
        seconds
        | durations()
        | st.fixed_dictionaries(parts, optional={"max_queued_time": bounds}).map(_maker("Timeout"))
    )


@functools.cache
def reuse_policies(*, max_concurrency: int = 1) -> st.SearchStrategy[Recipe]:
    """Reuse policies; a sync function allows concurrency 1 only."""
    replicas = st.integers(1, 9) | st.tuples(st.integers(1, 4), st.integers(4, 9))
    ttls = st.integers(30, 10**6) | durations(min_seconds=30)
    parts = {"idle_ttl": ttls, "concurrency": st.integers(1, max_concurrency), "scaledown_ttl": ttls}
    # The contract names no default for replicas.
    return st.fixed_dictionaries({"replicas": replicas}, optional=parts).map(_maker("ReusePolicy"))


@functools.cache
def env_vars(*, min_size: int = 1) -> st.SearchStrategy[dict[str, str]]:
    """Environment variables, with names of letters and any strings as values, including the empty one."""
    names = st.text(string.ascii_letters + "_", min_size=1, max_size=6)
    return st.dictionaries(names, texts(), min_size=min_size, max_size=4)


DICTIONARIES: tuple[type[dict[str, str]], ...] = (dict, OrderedDict)
"""Classes of dictionaries that a user may pass."""


@functools.cache
def secrets() -> Values:
    """Everything the type SecretRequest allows: a key, a Secret, a list of both; nothing empty."""
    keys = words() | st.sampled_from(["my-key", "my_key_1", "k-2"])
    options = {"group": keys, "as_env_var": st.text(string.ascii_uppercase + "_", min_size=1, max_size=6)}
    objects = st.fixed_dictionaries({"key": keys}, optional=options).map(_maker("Secret"))
    return keys | objects | st.lists(keys | objects, min_size=1, max_size=3)


@functools.cache
def pod_templates() -> Values:
    """Names of pod templates, and PodTemplate objects without a pod spec (which needs a third package)."""
    labels = st.dictionaries(words(), words(), max_size=2)
    parts = {"primary_container_name": words(), "labels": labels, "annotations": labels}
    return texts(min_size=1) | st.fixed_dictionaries({}, optional=parts).map(_maker("PodTemplate"))


@dataclass(frozen=True)
class Dashboard:
    """A link of the user: anything with a name, an icon and `get_link`."""

    name: str
    icon_uri: str = ""

    def get_link(self, *args: object, **kwargs: object) -> str:
        """Return an address that shows the arguments of the call."""
        return f"https://example.org/{self.name}?{len(args)}&{len(kwargs)}"


@dataclass(frozen=True)
class PagedDashboard(Dashboard):
    """A link that can be iterated over, as a collection of links can."""

    def __len__(self) -> int:
        """Return the number of pages."""
        return 1

    def __iter__(self) -> Iterator[str]:
        """Yield the name of each page."""
        yield "page"


@dataclass(frozen=True)
class SilentDashboard(Dashboard):
    """A link that is falsy."""

    def __bool__(self) -> bool:
        """Return False."""
        return False


@functools.cache
def single_links() -> st.SearchStrategy[Dashboard]:
    """Links of the user, some of which are mistaken for a collection or for nothing."""
    return st.builds(
        lambda kind, name, icon: kind(name, icon),
        st.sampled_from((Dashboard, Dashboard, PagedDashboard, SilentDashboard)),
        words(),
        words(),
    )


@functools.cache
def links(*, min_size: int = 1) -> st.SearchStrategy[tuple[Dashboard, ...]]:
    """Tuples of links, in any order."""
    return st.lists(single_links(), min_size=min_size, max_size=3).map(tuple)


HOURLY = recipe("FixedRate", interval_minutes=60)
"""A trigger's automation at a fixed rate."""


@functools.cache
def triggers() -> st.SearchStrategy[tuple[Recipe, ...]]:
    """Tuples of triggers."""
    automations = st.sampled_from([recipe("Cron", expression="0 * * * *"), HOURLY])
    one = st.builds(lambda name, automation: recipe("Trigger", name=name, automation=automation), words(), automations)
    return st.lists(one, min_size=1, max_size=2).map(tuple)


class Setting:
    """A value that the implementation knows nothing about: a plugin's configuration, a resolver."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        """Return the call that made it."""
        return f"Setting({self.text!r})"

    def __eq__(self, other: object) -> bool:
        """Return whether the strings are equal."""
        return isinstance(other, Setting) and self.text == other.text

    def __hash__(self) -> int:
        """Return a hash of the text."""
        return hash(self.text)


class NamedResolver(Setting):
    """A resolver of the user, with the members that the contract requires."""

    import_path = "my.Resolver"

    def loader_args(self, *_: object, **__: object) -> list[str]:
        """Return the text that it was made with."""
        return [self.text]

    def __repr__(self) -> str:
        """Return the call that made it."""
        return f"NamedResolver({self.text!r})"


@functools.cache
def images() -> Values:
    """Every form of an image: a reference as a string, an Image, None, or the default."""
    forms = st.sampled_from(["{}/image", "{}:v1", "registry.example.org/{}:1.0", "image-{}"])
    references = st.builds(str.format, forms, words())
    objects = references.map(lambda reference: Recipe("Image", (reference,), factory="from_base"))
    return st.sampled_from(["auto", None]) | references | objects


def _maker(type_name: str) -> Callable[[Mapping[str, Any]], Recipe]:
    return lambda named: recipe(type_name, **named)


# ---- overrides and templates ----------------------------------------------------------------------------------------

LOCKED_FIELDS = ("name", "image", "docs", "interface")
"""Fields that `override` refuses. Source: page, override(), row of kwargs."""

REUSE_GUARDED_FIELDS = ("resources", "env_vars", "secrets")
"""Fields that belong to the environment while a template is reusable."""

CHANGES: Mapping[str, Values] = {
    "short_name": texts(min_size=1),
    "resources": resources(),
    "cache": cache_requests(),
    "retries": retries(),
    "timeout": timeouts(),
    "env_vars": env_vars(),
    "secrets": secrets(),
    "max_inline_io_bytes": st.sampled_from([1, 2**31 - 1, 2**31, 2**32, 2**63]) | st.integers(1, 2**40),
    "pod_template": pod_templates(),
    "queue": texts(min_size=1),
    "interruptible": st.booleans(),
    "links": links(),
}
"""Values for each parameter of `override` except `reusable`; all but `interruptible` are truthy."""

SETTINGS: Mapping[str, Values] = {
    "task_type": texts(min_size=1),
    "task_type_version": st.integers(0, 99),
    "image": images(),
    "docs": texts().map(lambda text: recipe("Documentation", description=text)),
    "report": st.booleans(),
    "debuggable": st.booleans(),
    "parent_env_name": st.none() | texts(),
    "triggers": triggers(),
    "plugin_config": st.none() | st.builds(Setting, words()),
    "task_resolver": st.none() | st.builds(NamedResolver, words()),
}
"""Values for each other constructor parameter, except those that define the template itself."""


MOST_KEYS = 6
"""How many keys `subsets` draws at most: to draw more takes longer than what is done with them."""


def subsets(values: Mapping[str, Values], *, min_size: int = 0) -> Values:
    """Dictionaries of some of the keys, in any order, each with one of its values.

    Parameters:
        values: Strategies by key.
        min_size: How many keys there are at least.
    """
    keys = st.lists(
        st.sampled_from(tuple(values)), unique=True, min_size=min_size, max_size=min(len(values), MOST_KEYS)
    )

    @st.composite
    def some(draw: st.DrawFn) -> dict[str, Any]:
        # Not `flatmap` to `fixed_dictionaries`: making a strategy for each example takes longer than drawing from it.
        return {name: draw(values[name]) for name in draw(keys)}

    return some()


@functools.cache
def overrides(*, fields: tuple[str, ...] = tuple(CHANGES), min_size: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Keyword arguments of `override`: any subset of the fields, in any order, each with any truthy value."""
    return subsets({name: CHANGES[name] for name in fields}, min_size=min_size)


@functools.cache
def single_overrides(*, fields: tuple[str, ...] = tuple(CHANGES)) -> st.SearchStrategy[dict[str, Any]]:
    """Keyword arguments of `override` that name one field."""

    @st.composite
    def one(draw: st.DrawFn) -> dict[str, Any]:
        name = draw(st.sampled_from(fields))
        return {name: draw(CHANGES[name])}

    return one()


EVERY_CHANGE: Mapping[str, Any] = {
    "short_name": "s",
    "resources": recipe("Resources", cpu=1, memory="1Gi"),
    "cache": "auto",
    "retries": 3,
    "timeout": 60,
    "env_vars": {"a": "b"},
    "secrets": "k",
    "max_inline_io_bytes": 5,
    "pod_template": "p",
    "queue": "q",
    "interruptible": True,
    "links": (Dashboard("d"),),
}
"""A value other than the default for each field of CHANGES, so that a dropped or reset field is noticed."""

FALSY_CHANGE: Mapping[str, Any] = {
    "retries": 0,
    "timeout": 0,
    "env_vars": {},
    "secrets": [],
    "max_inline_io_bytes": 0,
    "pod_template": "",
    "queue": "",
    "interruptible": False,
    "links": (),
}
"""A falsy value for each field of CHANGES that has one."""

EMPTY_OBJECTS: Mapping[str, Any] = {
    "resources": recipe("Resources"),
    "cache": recipe("Cache", behavior="disable"),
    "retries": recipe("RetryStrategy", count=0),
    "timeout": recipe("Timeout", max_runtime=0),
    "pod_template": recipe("PodTemplate"),
    "docs": recipe("Documentation", description=""),
}
"""Empty or zero objects, which are nevertheless given."""

EVERY_SETTING: Mapping[str, Any] = {
    "task_type": "sql",
    "task_type_version": 2,
    "image": "image:1",
    "docs": recipe("Documentation", description="d"),
    "report": True,
    "debuggable": False,
    "parent_env_name": "e",
    "triggers": (recipe("Trigger", name="t", automation=HOURLY),),
    "plugin_config": Setting("c"),
    "task_resolver": NamedResolver("r"),
}
"""The same for each field of SETTINGS."""


@functools.cache
def templates(*, functions: st.SearchStrategy[FunctionRecipe] | None = None) -> st.SearchStrategy[TemplateRecipe]:
    """Templates that are not reusable: any function, any few of the fields, each with any value of its type."""
    functions = simple_functions() if functions is None else functions
    return st.builds(_template, functions, _some_fields(), _origins(), _shapes())


def _template(function: FunctionRecipe, fields: Mapping[str, Any], origin: str, shape: str) -> TemplateRecipe:
    """Return a recipe, of a function if a decorator makes the template."""
    is_decorated = base_of(origin) in OF_DECORATORS
    return TemplateRecipe(function=function, fields=fields, origin=origin, shape="function" if is_decorated else shape)


@functools.cache
def _shapes() -> st.SearchStrategy[str]:
    """Every shape of a callable, and half of the time a function."""
    return st.sampled_from((*["function"] * len(PLAIN_SHAPES), *PLAIN_SHAPES, "object"))


@functools.cache
def _origins() -> st.SearchStrategy[str]:
    """Every origin, and half of the time the simplest one, with which more can be tried in the same time."""
    return st.sampled_from((*ORIGINS[:1] * len(ORIGINS), *ORIGINS))


@functools.cache
def full_templates() -> st.SearchStrategy[TemplateRecipe]:
    """Templates that are not reusable, with fields that rarely have their defaults, so that a lost field is noticed."""
    every = {**EVERY_CHANGE, **EVERY_SETTING}
    fields = _some_fields().map(lambda drawn: {**every, **drawn})
    return st.builds(_template, simple_functions(), fields, _origins(), _shapes())


@functools.cache
def _some_fields() -> st.SearchStrategy[dict[str, Any]]:
    """Values for some of the fields."""
    return subsets({**CHANGES, **SETTINGS})


OUTSIDE_REUSE = ("pod_template", "plugin_config")
"""Fields that an environment cannot combine with a reuse policy, so that a template may refuse it too."""


@functools.cache
def reusable_templates() -> st.SearchStrategy[TemplateRecipe]:
    """Templates with a reuse policy (and thus without incompatible fields), with other fields as in `templates`."""

    def with_policy(template: TemplateRecipe, policy: Recipe) -> TemplateRecipe:
        fields = {name: value for name, value in template.fields.items() if name not in OUTSIDE_REUSE}
        return replace(template, fields={**fields, "reusable": fitting(policy, template.function)})

    return st.builds(with_policy, templates(), reuse_policies(max_concurrency=9))


def fitting(policy: Any, function: FunctionRecipe) -> Any:
    """Return a reuse policy that the function allows: without concurrency for a sync one. Anything else as it is."""
    if function.is_async or not isinstance(policy, Recipe):
        return policy
    return recipe(policy.type_name, **{name: value for name, value in policy.named.items() if name != "concurrency"})


FREE_FIELDS = tuple(name for name in CHANGES if name not in (*REUSE_GUARDED_FIELDS, "pod_template"))
"""Fields that stay overridable while a template is reusable."""


@functools.cache
def override_calls(*, min_size: int = 0) -> st.SearchStrategy[OverrideRecipe]:
    """Valid calls of `override`, on receivers of every origin, with and without reuse before and after.

    Parameters:
        min_size: The least number of fields that a call names.
    """
    return _plain_calls(min_size) | _reuse_calls(min_size)


@functools.cache
def _plain_calls(min_size: int) -> st.SearchStrategy[OverrideRecipe]:
    origins = st.sampled_from(ORIGINS)
    changes = overrides(min_size=min_size)
    # Full templates twice as often, because only they show the effect of a call on fields that it does not name.
    receivers = st.one_of(templates(), full_templates(), full_templates())
    return st.builds(OverrideRecipe, template=receivers, changes=changes, origin=origins)


@functools.cache
def _reuse_calls(min_size: int) -> st.SearchStrategy[OverrideRecipe]:
    """Calls on reusable templates: a new policy or none, or an end of reuse that unlocks the guarded fields."""
    free = overrides(fields=FREE_FIELDS, min_size=min_size)
    more = reuse_policies(max_concurrency=9)
    policies = free | st.builds(lambda changes, policy: {**changes, "reusable": policy}, free, more)
    freed = overrides(fields=(*FREE_FIELDS, *REUSE_GUARDED_FIELDS))
    ends = freed.map(lambda changes: {**changes, "reusable": "off"})
    origins = st.sampled_from(ORIGINS)

    def call(template: TemplateRecipe, changes: dict[str, Any], origin: str) -> OverrideRecipe:
        fitted = {name: fitting(value, template.function) for name, value in changes.items()}
        return OverrideRecipe(template=template, changes=fitted, origin=origin)

    return st.builds(call, reusable_templates(), policies | ends, origins)


# ---- functions ------------------------------------------------------------------------------------------------------


class Color(enum.Enum):
    """An Enum whose values are strings that differ from its names."""

    RED = "r"
    GREEN = "g"


@functools.cache
def simple_functions() -> st.SearchStrategy[FunctionRecipe]:
    """Functions of at most two annotated parameters, sync and async, some documented."""
    x = ParameterRecipe(name="x", annotation=int)
    parameters = ((), (x,), (x, ParameterRecipe(name="y", annotation=str, default="")))
    docs = (None, "Do it.", "Do it.\n\nArgs:\n    x: How often.\n")
    return st.sampled_from([
        FunctionRecipe(parameters=chosen, returns=int, is_async=is_async, doc=doc)
        for doc, is_async, chosen in product(docs, (False, True), parameters)
    ])  # fmt: skip


AWKWARD_NAMES = (
    *("x", "self", "cls", "args", "kwargs", "name", "interface", "func", "type", "_", "__x", "é", "项", "X"),
    *("properties", "required", "default", "items", "title", "description", "enum", "o0", "inputs", "return_vals"),
)
"""Parameter names that clash with names that an implementation may use itself, and names beyond ASCII."""


@functools.cache
def parameter_names() -> st.SearchStrategy[str]:
    """Identifiers that a parameter may have, in the form that Python itself uses (NFKC)."""
    plain = st.text(string.ascii_letters + "_", min_size=1, max_size=6).filter(is_free_name)
    return plain | st.sampled_from(AWKWARD_NAMES)


@functools.cache
def json_types() -> Values:
    """Types whose values JSON can represent, nested: scalars, enums of strings, lists, dictionaries, optionals."""
    scalars: Values = st.sampled_from([int, str, bool, float, Color])
    # Scalars are listed again, because the recursive strategy rarely draws them on their own.
    return scalars | st.recursive(
        scalars,
        lambda inner: (
            inner.map(lambda item: list[item])  # type: ignore[valid-type]  # a type made while running
            | inner.map(lambda item: dict[str, item])  # type: ignore[valid-type]  # the same
            | inner.map(lambda item: typing.Optional[item])  # noqa: UP045 - `|` is another object, drawn below
            | inner.map(lambda item: item | None)
        ),
        max_leaves=3,
    )


@functools.cache
def values_of(annotation: Any) -> Values:
    """Python values of a type that `json_types` draws, or of any class that hypothesis knows how to build."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is dict:
        return st.dictionaries(texts(), st.integers() | texts(), max_size=3)
    if origin is list:
        return st.lists(values_of(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(values_of(arguments[0]), values_of(arguments[1]), max_size=3)
    if origin in (typing.Union, UnionType):
        return st.one_of([values_of(argument) for argument in reversed(arguments)])
    return SCALARS[annotation] if annotation in SCALARS else st.from_type(annotation)


SCALARS: Mapping[Any, Values] = {
    int: st.integers(-(2**53), 2**53),
    str: texts(),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}
"""Values of each scalar type; integers stay in the range that every JSON parser represents exactly."""


@functools.cache
@st.composite
def functions(
    draw: st.DrawFn,
    *,
    types: Values | None = None,
    documented: bool = False,
    kinds: tuple[str, ...] = (PLAIN, KEYWORD_ONLY),
) -> FunctionRecipe:
    """Functions of up to five parameters, by position or keyword-only, with and without defaults, sync and async.

    Parameters:
        draw: Given by hypothesis.
        types: Types of the parameters and of the result; by default all of `json_types`.
        documented: Whether each has a docstring.
        kinds: Kinds of parameters, in their order. Positional-only ones have a rule of their own (NIF-13).
    """
    types = json_types() if types is None else types
    names = draw(st.lists(parameter_names(), unique=True, max_size=5))
    drawn = st.lists(st.sampled_from(kinds), min_size=len(names), max_size=len(names))
    ordered = sorted(draw(drawn), key=kinds.index)
    # Among positional parameters, one without default may not follow one with a default.
    first_default = draw(st.integers(0, len(names)))
    parameters = []
    for index, (name, kind) in enumerate(zip(names, ordered, strict=True)):
        annotation = draw(types)
        has_default = draw(st.booleans()) if kind == KEYWORD_ONLY else index >= first_default
        default = draw(values_of(annotation)) if has_default else NOTHING
        parameters.append(ParameterRecipe(name=name, annotation=annotation, default=default, kind=kind))
    doc = draw(st.sampled_from(["Do it.", "Do it.\n\nAt length, é.\n"])) if documented else None
    is_async = draw(st.booleans())
    return FunctionRecipe(
        parameters=tuple(parameters),
        returns=draw(types),
        is_async=is_async,
        doc=doc,
        is_postponed=draw(st.booleans()),
    )


# ---- exceptions -----------------------------------------------------------------------------------------------------


class UserError(Exception):
    """An exception class that the implementation has never seen."""


class TwoPartError(ValueError):
    """An exception that cannot be built from one message."""

    def __init__(self, first: str, second: int) -> None:
        super().__init__(first, second)
        self.second = second

    def __str__(self) -> str:
        """Return a string that is not its first argument."""
        return f"{self.args[0]}/{self.second}"


@functools.cache
def exceptions() -> st.SearchStrategy[Exception]:
    """Exceptions that a body may raise, of many classes and with many messages; StopIteration has a rule of its own."""
    classes: Values = st.sampled_from(
        [ValueError, KeyError, IndexError, TypeError, OSError, AssertionError, RuntimeError, UserError]
    )
    one_message = st.builds(lambda cls, message: cls(message), classes, texts())
    return one_message | classes.map(lambda cls: cls()) | st.builds(TwoPartError, texts(), st.integers())
