"""Wrong in the constructor: defaults, coercions, checks, what can be assigned afterwards."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance.mutants.form import Mutant, mutant, signed
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import function_task
from reference_impl.task.fields import KEEP
from reference_impl.values.caching import Cache
from reference_impl.values.image import Image
from reference_impl.values.policies import RetryStrategy, Timeout


def _finished(touch: Callable[[Any, dict[str, Any]], object]) -> Callable[[Any], Any]:
    """Return the replacement of a constructor whose object is touched: `touch(template, attributes)`."""

    def replacement(init: Any) -> Any:
        def broken(self: Any, *args: Any, **given: Any) -> None:
            init(self, *args, **given)
            touch(given, vars(self))

        return broken

    return replacement


def _defaulting(field: str, value: object) -> Mutant:
    return Mutant(
        name=f"{field}_has_another_default",
        wrong=f"{field} is {value!r} by default.",
        caught_by=("CON-04",),
        owner=AsyncFunctionTaskTemplate,
        attribute="__init__",
        replacement=_finished(lambda given, state: None if field in given else state.update({field: value})),
    )


def _unchecked(field: str, *rules: str) -> Mutant:
    return Mutant(
        name=f"{field}_is_not_checked",
        wrong=f"{field} takes a value of any type.",
        caught_by=rules or ("CON-18",),
        owner=KEEP,
        attribute=field,
        replacement=lambda keep: lambda value: _kept_or_given(keep, value),
    )


def _kept_or_given(keep: Callable[[Any], Any], value: Any) -> Any:
    try:
        return keep(value)
    except (TypeError, ValueError):
        return value


DEFAULTS = (
    _defaulting("task_type", "function"),
    _defaulting("task_type_version", 1),
    _defaulting("cache", Cache(behavior="auto")),
    _defaulting("retries", RetryStrategy(count=1)),
    _defaulting("interruptible", True),
    _defaulting("report", True),
    _defaulting("debuggable", False),
    _defaulting("timeout", 0),
    _defaulting("env_vars", {}),
    _defaulting("secrets", []),
    _defaulting("queue", ""),
    _defaulting("links", None),
    _defaulting("triggers", []),
    _defaulting("max_inline_io_bytes", 10**7),
    _defaulting("short_name", ""),
)

UNCHECKED = (
    _unchecked("resources"),
    _unchecked("env_vars"),
    _unchecked("links"),
    _unchecked("queue"),
    _unchecked("interruptible"),
    _unchecked("retries", "CON-11"),
)


@mutant(TaskTemplate, "__init__", "CON-04")
def base_template_is_debuggable(init: Any) -> Any:
    """debuggable is True by default on the base template."""
    return lambda self, *args, **given: init(self, *args, **{"debuggable": True, **given})


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-01")
def constructor_takes_positions(init: Any) -> Any:
    """The name can be given by position."""

    def broken(self: Any, *args: Any, **given: Any) -> None:
        init(self, *args[1:], **({"name": args[0]} if args else {}), **given)

    signature = inspect.signature(init)
    parameters = [
        parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) if name in {"self", "name"} else parameter
        for name, parameter in signature.parameters.items()
    ]
    return signed(broken, signature.replace(parameters=parameters))


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-02")
def name_is_made_up(init: Any) -> Any:
    """A template can be made without a name: the function's is taken."""

    def broken(self: Any, *args: Any, **given: Any) -> None:
        given.setdefault("name", getattr(given.get("func"), "__name__", "task"))
        init(self, *args, **given)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-02")
def interface_is_made_up(init: Any) -> Any:
    """A template can be made without an interface: it is read from the function."""

    def broken(self: Any, *args: Any, **given: Any) -> None:
        if "func" in given and "interface" not in given:
            given["interface"] = NativeInterface.from_callable(given["func"])
        init(self, *args, **given)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-03")
def constructor_misses_a_parameter(init: Any) -> Any:
    """The constructor does not know max_inline_io_bytes."""

    def broken(self: Any, *args: Any, **given: Any) -> None:
        if "max_inline_io_bytes" in given:
            raise TypeError("max_inline_io_bytes")
        init(self, *args, **given)

    signature = inspect.signature(init)
    parameters = [one for name, one in signature.parameters.items() if name != "max_inline_io_bytes"]
    return signed(broken, signature.replace(parameters=parameters))


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-03", "ARG-06")
def constructor_drops_the_resolver(init: Any) -> Any:
    """The constructor takes a task_resolver and forgets it."""
    return _finished(lambda given, state: state.update(task_resolver=None))(init)


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-05")
def constructor_swallows_unknown(init: Any) -> Any:
    """The constructor ignores keywords that are not fields."""

    def broken(self: Any, *args: Any, **given: Any) -> None:
        known = {name: value for name, value in given.items() if name in self.__dataclass_fields__}
        init(self, *args, **known)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-06")
def ref_can_be_given(init: Any) -> Any:
    """ref is a constructor parameter."""

    def broken(self: Any, *args: Any, **given: Any) -> None:
        ref = given.pop("ref", False)
        init(self, *args, **given)
        vars(self)["ref"] = ref

    signature = inspect.signature(init)
    ref = inspect.Parameter("ref", inspect.Parameter.KEYWORD_ONLY, default=False)
    return signed(broken, signature.replace(parameters=[*signature.parameters.values(), ref]))


@mutant(KEEP, "image", "CON-07")
def image_address_stays_text(keep: Any) -> Any:
    """The address of an image stays a string."""
    return lambda value: value if isinstance(value, str) and value != "auto" else keep(value)


@mutant(KEEP, "image", "CON-07")
def automatic_image_is_none(keep: Any) -> Any:
    """image="auto" becomes None."""
    return lambda value: None if value == "auto" else keep(value)


@mutant(KEEP, "image", "CON-07")
def automatic_image_is_of_that_name(keep: Any) -> Any:
    """image="auto" becomes the image at the address "auto"."""
    return lambda value: Image.from_base(value) if value == "auto" else keep(value)


@mutant(KEEP, "timeout", "CON-03")
def seconds_are_kept_as_minutes(keep: Any) -> Any:
    """A timeout of seconds is kept as a Timeout of as many minutes."""
    return lambda value: Timeout(max_runtime=timedelta(minutes=value)) if isinstance(value, int) else keep(value)


@mutant(KEEP, "secrets", "CON-03")
def secrets_are_kept_by_key(keep: Any) -> Any:
    """Of secrets in a list only the keys are kept."""
    return lambda value: tuple(getattr(one, "key", one) for one in value) if isinstance(value, list) else keep(value)


@mutant(KEEP, "image", "CON-07")
def no_image_is_the_default_one(keep: Any) -> Any:
    """image=None becomes the default image."""
    return lambda value: keep("auto" if value is None else value)


@mutant(KEEP, "image", "CON-07")
def image_is_copied(keep: Any) -> Any:
    """An Image is kept as a copy."""
    return lambda value: value.clone() if isinstance(value, Image) else keep(value)


@mutant(KEEP, "image", "CON-07")
def image_address_is_lowered(keep: Any) -> Any:
    """The address of an image is converted to lower case."""
    return lambda value: keep(value.lower() if isinstance(value, str) else value)


@mutant(KEEP, "cache", "CON-08")
def cache_word_stays_text(keep: Any) -> Any:
    """cache="auto" stays a string."""
    return lambda value: value if value == "auto" else keep(value)


@mutant(KEEP, "cache", "CON-08")
def cache_override_becomes_auto(keep: Any) -> Any:
    """cache="override" becomes a Cache of behavior "auto"."""
    return lambda value: keep("auto" if value == "override" else value)


@mutant(KEEP, "cache", "CON-08")
def cache_is_rebuilt(keep: Any) -> Any:
    """A Cache is kept as one of its behavior only."""

    def broken(value: Any) -> Any:
        is_plain = isinstance(value, Cache) and value.behavior == "disable"
        return Cache(behavior="disable") if is_plain else keep(value)

    return broken


@mutant(KEEP, "cache", "CON-09")
def cache_words_have_aliases(keep: Any) -> Any:
    """cache="off" disables the cache."""
    return lambda value: keep(
        {"off": "disable", "on": "auto", "": "disable"}.get(value, value) if isinstance(value, str) else value
    )


@mutant(KEEP, "cache", "CON-09")
def cache_words_in_any_case(keep: Any) -> Any:
    """cache="AUTO" is cache="auto"."""
    return lambda value: keep(value.lower() if isinstance(value, str) else value)


@mutant(KEEP, "retries", "CON-10")
def retries_count_attempts(keep: Any) -> Any:
    """retries=n is n attempts, n - 1 retries."""
    return lambda value: RetryStrategy(count=value - 1) if type(value) is int and value > 0 else keep(value)


@mutant(KEEP, "retries", "CON-10")
def retries_stop_at_sixteen_bits(keep: Any) -> Any:
    """retries above 65535 are cut."""
    return lambda value: keep(min(value, 65535) if type(value) is int else value)


@mutant(KEEP, "retries", "CON-10")
def retry_strategy_is_copied(keep: Any) -> Any:
    """A RetryStrategy is kept as a copy."""
    return lambda value: RetryStrategy(count=value.count) if isinstance(value, RetryStrategy) else keep(value)


@mutant(KEEP, "retries", "CON-11")
def negative_retries_are_none(keep: Any) -> Any:
    """retries=-1 is taken for 0."""
    return lambda value: keep(max(value, 0) if type(value) is int else value)


@mutant(KEEP, "retries", "CON-11")
def fractional_retries_are_cut(keep: Any) -> Any:
    """retries=1.5 is taken for 1."""
    return lambda value: keep(int(value) if isinstance(value, float) and abs(value) < 1e9 else value)


@mutant(KEEP, "retries", "CON-11")
def retries_are_read_from_text(keep: Any) -> Any:
    """retries="3" is taken for 3."""
    return lambda value: keep(int(value) if isinstance(value, str) and value.isdigit() else value)


@mutant(KEEP, "retries", "VAL-12")
def true_is_one_retry(keep: Any) -> Any:
    """retries=True is taken for 1."""
    return lambda value: keep(int(value) if isinstance(value, bool) else value)


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-12")
def empty_short_name_stays(init: Any) -> Any:
    """short_name="" stays empty."""
    return _finished(lambda given, state: state.update(short_name="") if given.get("short_name") == "" else None)(init)


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-12")
def blank_short_name_is_replaced(init: Any) -> Any:
    """A short name of blanks is replaced by the name."""
    return _finished(lambda _, state: None if state["short_name"].strip() else state.update(short_name=state["name"]))(
        init
    )


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-12")
def long_short_name_is_cut(init: Any) -> Any:
    """A short name is cut to 255 characters."""
    return _finished(lambda _, state: state.update(short_name=state["short_name"][:255]))(init)


@mutant(KEEP, "short_name", "CON-12")
def short_name_is_composed(keep: Any) -> Any:
    """A short name is normalized to the composed form of Unicode."""
    return lambda value: unicodedata.normalize("NFC", keep(value))


@mutant(KEEP, "env_vars", "CON-16", "OVR-20")
def env_vars_are_the_callers_dict(keep: Any) -> Any:
    """The caller's dict of environment variables is kept."""
    return lambda value: value


@mutant(KEEP, "env_vars", "CON-03")
def empty_variables_are_left_out(keep: Any) -> Any:
    """Environment variables with an empty value are left out."""
    return lambda value: keep(value and {name: text for name, text in value.items() if text})


@mutant(KEEP, "triggers", "CON-04", "ENV-08")
def triggers_are_a_list(keep: Any) -> Any:
    """Triggers are kept as a list."""
    return lambda value: list(keep(value))


@mutant(KEEP, "timeout", "VAL-14")
def negative_timeout_is_kept(keep: Any) -> Any:
    """A negative number of seconds is accepted as timeout."""
    return lambda value: value if type(value) is int else keep(value)


@mutant(KEEP, "timeout", "VAL-14")
def negative_duration_is_kept(keep: Any) -> Any:
    """A negative timedelta is accepted as timeout."""
    return lambda value: value if isinstance(value, timedelta) else keep(value)


@mutant(function_task, "is_async", "CON-17", "EXE-20")
def async_callable_is_sync(is_async: Any) -> Any:
    """An object with an async __call__ is taken for sync."""
    return lambda func: (
        inspect.iscoroutinefunction(func) or (not hasattr(func, "__self__") and _is_plain(func) and is_async(func))
    )


def _is_plain(func: Any) -> bool:
    return not (hasattr(type(func), "__call__") and inspect.iscoroutinefunction(type(func).__call__))  # noqa: B004 - the method itself is looked at


@mutant(function_task, "is_async", "CON-13")
def partial_of_async_is_sync(is_async: Any) -> Any:
    """A partial of an async function is taken for sync."""
    return lambda func: is_async(func) and not hasattr(func, "func")


@mutant(function_task, "is_async", "CON-13")
def partial_is_async(is_async: Any) -> Any:
    """A partial of a sync function is taken for async."""
    return lambda func: is_async(func) or hasattr(func, "func")


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-13")
def wrong_flag_is_believed(init: Any) -> Any:
    """_call_as_synchronous=False is believed for a sync function."""
    flag = "_call_as_synchronous"
    return _finished(lambda given, state: state.update({flag: given[flag]} if flag in given else {}))(init)


@mutant(TaskTemplate, "__setattr__", "CON-19")
def attributes_can_be_assigned(_: Any) -> Any:
    """Any attribute of a template can be assigned."""
    return object.__setattr__


@mutant(TaskTemplate, "__setattr__", "CON-19")
def one_attribute_can_be_assigned(setattr_: Any) -> Any:
    """The queue of a template can be assigned."""
    return lambda self, name, value: (
        object.__setattr__(self, name, value) if name == "queue" else setattr_(self, name, value)
    )


@mutant(TaskTemplate, "__setattr__", "CON-19")
def equal_values_can_be_assigned(setattr_: Any) -> Any:
    """An attribute can be assigned its present value."""
    return lambda self, name, value: None if vars(self).get(name, self) is value else setattr_(self, name, value)


@mutant(TaskTemplate, "__setattr__", "CON-19")
def assignment_is_swallowed(setattr_: Any) -> Any:
    """An assignment to a finished template is ignored without an error."""
    return lambda self, name, value: None if vars(self).get("_sealed") else setattr_(self, name, value)


@mutant(TaskTemplate, "__setattr__", "CON-19")
def subclass_cannot_set_its_own(setattr_: Any) -> Any:
    """A subclass cannot set fields in its __post_init__."""

    def broken(self: Any, name: str, value: object) -> None:
        if "_sealed" in vars(self) and name in {"env_vars", "task_type", "queue", "short_name"}:
            raise AttributeError(name)
        setattr_(self, name, value)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__repr__", "CON-20")
def repr_hides_the_name(_: Any) -> Any:
    """repr() does not show the name."""
    return lambda self: f"<{type(self).__name__}>"


@mutant(AsyncFunctionTaskTemplate, "__repr__", "CON-20")
def repr_fails_without_environment(_: Any) -> Any:
    """repr() raises for a template without environment."""
    return lambda self: f"{self.parent_env()}.{self.name}"


@mutant(AsyncFunctionTaskTemplate, "__repr__", "CON-20")
def repr_cuts_the_name(_: Any) -> Any:
    """repr() shows twenty letters of the name."""
    return lambda self: f"<task {self.name[:20]}>"


@mutant(AsyncFunctionTaskTemplate, "_look_like_function", "CAL-13")
def template_has_no_function_name(_: Any) -> Any:
    """The template does not carry the function's name."""
    return lambda self: None


@mutant(AsyncFunctionTaskTemplate, "_look_like_function", "CAL-13")
def template_has_no_docstring(look: Any) -> Any:
    """The template does not carry the function's docstring."""

    def broken(self: Any) -> None:
        look(self)
        vars(self).pop("__doc__", None)

    return broken


@mutant(AsyncFunctionTaskTemplate, "_look_like_function", "CAL-13")
def template_has_no_wrapped(look: Any) -> Any:
    """The template does not carry the function as __wrapped__."""

    def broken(self: Any) -> None:
        look(self)
        vars(self).pop("__wrapped__", None)

    return broken
