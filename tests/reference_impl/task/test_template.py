"""The constructor, immutability and override of task templates."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

import reference_impl as flyte
from reference_impl.errors import FrozenFieldError, InvalidTypeError, InvalidValueError, LockedFieldError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.models import NativeInterface
from reference_impl.values.policies import Documentation


def add(x: int, y: int = 1) -> int:
    """Add."""
    return x + y


class Link:
    """A link as users write them."""

    name = "logs"
    icon_uri = ""

    def get_link(self, **_: object) -> str:
        """Return an address."""
        return "https://example.org"


LINK: Any = Link()


def make(**fields: Any) -> Any:
    """Return a template of `add`."""
    return AsyncFunctionTaskTemplate(
        **{"name": "add", "func": add, "interface": NativeInterface.from_callable(add), **fields}
    )


FULL: dict[str, Any] = {
    "short_name": "short",
    "resources": flyte.Resources(cpu=1),
    "cache": flyte.Cache("auto"),
    "retries": flyte.RetryStrategy(3),
    "timeout": 60,
    "env_vars": {"a": "b"},
    "secrets": "K",
    "max_inline_io_bytes": 5,
    "pod_template": "p",
    "queue": "q",
    "interruptible": True,
    "links": (LINK,),
}


def test_defaults() -> None:
    """A template with a name, an interface and a function has the contract's defaults. CON-04."""
    template = make()

    assert (template.short_name, template.task_type, template.task_type_version) == ("add", "python", 0)
    assert template.cache == flyte.Cache("disable")
    assert template.retries == flyte.RetryStrategy(0)
    assert template.image == flyte.Image.from_debian_base()
    assert (template.interruptible, template.report, template.debuggable, template.ref) == (False, False, True, False)
    assert (template.triggers, template.links, template.max_inline_io_bytes) == ((), (), 10 * 1024 * 1024)
    assert TaskTemplate(name="t", interface=template.interface).debuggable is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resources", {"cpu": 1}),
        ("cache", 1),
        ("cache", "sometimes"),
        ("retries", -1),
        ("retries", True),
        ("retries", 1.5),
        ("retries", "3"),
        ("timeout", "60"),
        ("timeout", -1),
        ("timeout", True),
        ("reusable", "off"),
        ("env_vars", ["a"]),
        ("env_vars", {"a": 1}),
        ("env_vars", {1: "a"}),
        ("secrets", 1),
        ("secrets", [1]),
        ("pod_template", 1),
        ("queue", 1),
        ("interruptible", 1),
        ("links", 1),
        ("links", [1]),
        ("triggers", "daily"),
        ("docs", "text"),
        ("image", 1),
        ("max_inline_io_bytes", -1),
        ("report", "yes"),
        ("name", 1),
        ("short_name", None),
    ],
)
def test_wrong_values_are_refused(field: str, value: Any) -> None:
    """A value of the wrong type or out of range is refused, and the message says what was expected. CON-18."""
    with pytest.raises((TypeError, ValueError), match="expected"):
        make(**{field: value})


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(AsyncFunctionTaskTemplate)])
def test_fields_cannot_be_assigned(field: str) -> None:
    """No field of a finished template can be assigned or deleted. CON-19."""
    template = make()
    before = getattr(template, field)

    with pytest.raises(FrozenFieldError, match="override"):
        setattr(template, field, None)
    with pytest.raises(FrozenFieldError, match="override"):
        delattr(template, field)

    assert getattr(template, field) is before


@dataclasses.dataclass(kw_only=True)
class Counting(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """A subclass whose constructor must not be called twice."""

    extra: int = 0
    start: dataclasses.InitVar[int] = 0

    def __post_init__(self, start: int) -> None:
        super().__post_init__()
        self.task_type += "!"
        self.counted = [start]


class Plain(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """A subclass with its own constructor."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self.task_type = "plain"
        self.calls = 0


def test_subclasses_set_their_own_while_they_are_made() -> None:
    """The constructor and `__post_init__` of a subclass may assign fields; other code may not. OVR-30."""
    fields: dict[str, Any] = {"name": "add", "func": add, "interface": NativeInterface.from_callable(add)}
    template = Counting(**fields, start=7, extra=2)

    result: Any = template.override(queue="q", extra=3)

    assert (template.task_type, template.counted, template.extra) == ("python!", [7], 2)
    assert type(result) is Counting
    assert (result.task_type, result.counted, result.extra) == ("python!", [7], 3)
    with pytest.raises(FrozenFieldError):
        result.extra = 4
    plain: Any = Plain(**fields).override(retries=1)
    assert (plain.task_type, plain.calls) == ("plain", 0)


def test_other_attributes_are_free() -> None:
    """Attributes that are not fields may be set: subclasses can have state."""
    template = Plain(name="add", func=add, interface=NativeInterface.from_callable(add))

    template.calls += 1

    assert template.calls == 1


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("retries", 0, flyte.RetryStrategy(0)),
        ("timeout", 0, 0),
        ("timeout", dt.timedelta(0), dt.timedelta(0)),
        ("env_vars", {}, {}),
        ("secrets", [], []),
        ("links", (), ()),
        ("queue", "", ""),
        ("pod_template", "", ""),
        ("max_inline_io_bytes", 0, 0),
        ("interruptible", False, False),
        ("short_name", "", "add"),
        ("cache", "disable", flyte.Cache("disable")),
    ],
)
def test_falsy_values_are_values(field: str, value: Any, expected: object) -> None:
    """A falsy value replaces the present one. OVR-15."""
    template = make(**FULL)

    result = template.override(**{field: value})

    assert getattr(result, field) == expected
    assert {name: getattr(result, name) for name in FULL if name != field} == {
        name: getattr(template, name) for name in FULL if name != field
    }


@pytest.mark.parametrize("field", [*FULL, "reusable"])
def test_none_is_as_if_not_given(field: str) -> None:
    """None keeps the present value. OVR-14."""
    template = make(**FULL)

    assert template.override(**{field: None}) == template


@pytest.mark.parametrize(
    "field", ["name", "image", "docs", "interface", "func", "parent_env", "ref", "_call_as_synchronous"]
)
@pytest.mark.parametrize("value", [None, "x"])
def test_locked_fields(field: str, value: Any) -> None:
    """Fields that are fixed once the task is defined are refused, whatever the value. OVR-05, OVR-32."""
    with pytest.raises(LockedFieldError, match=field):
        make().override(**{field: value})
    with pytest.raises(LockedFieldError, match=field):
        make().override(**{"no_such_field": 1, field: value})  # a locked field is reported before an unknown one


def test_unknown_fields_are_refused_with_a_hint() -> None:
    """A mistyped field is refused, and the message suggests the closest one. OVR-07."""
    with pytest.raises(TypeError, match="Did you mean task_type"):
        make().override(task_typ="x")
    with pytest.raises(TypeError, match="start"):
        Counting(name="a", func=add, interface=NativeInterface({}, {})).override(
            start=1
        )  # a parameter of the constructor, not a field


def test_nothing_is_shared_that_can_change() -> None:
    """Neither the caller's dicts and lists nor the receiver's can be changed through the result. OVR-19 to OVR-21."""
    env_vars, secrets, links = {"a": "b"}, ["k"], [LINK]
    template = make(env_vars=env_vars, secrets=secrets, links=links)
    result = template.override(queue="q")

    env_vars["c"] = "d"
    secrets.append("l")
    links.clear()

    assert (template.env_vars, template.secrets, template.links) == ({"a": "b"}, ["k"], (LINK,))
    assert result.env_vars is template.env_vars
    with pytest.raises(TypeError, match="Make a copy"):
        template.env_vars["x"] = "y"
    with pytest.raises(AttributeError):
        template.retries.count = 3


POLICY = flyte.ReusePolicy(replicas=(1, 2))


@pytest.mark.parametrize(
    ("field", "value"), [("resources", flyte.Resources()), ("env_vars", {}), ("secrets", []), ("pod_template", "")]
)
def test_reused_containers_keep_what_they_have(field: str, value: Any) -> None:
    """A reused container gets some fields from its environment only; "off" ends that. OVR-10, OVR-11, OVR-25."""
    template = make(reusable=POLICY)

    with pytest.raises(InvalidValueError, match="reusable='off'"):
        template.override(**{field: value})
    with pytest.raises(InvalidValueError, match=field):
        make().override(reusable=POLICY, **{field: value})
    result = template.override(reusable="off", **{field: value})

    assert result.reusable is None
    assert getattr(result, field) == value


@pytest.mark.parametrize("value", ["on", 1, flyte.ReusePolicy(concurrency=2)])
def test_policies_that_do_not_fit(value: Any) -> None:
    """Other values than a policy, "off" or None are refused; so is concurrency for a sync function. OVR-13, OVR-24."""
    with pytest.raises(InvalidValueError):
        make().override(reusable=value)


def test_links_and_triggers_become_tuples() -> None:
    """One link, a list or a tuple of them is stored as a tuple. OVR-33."""
    trigger = flyte.Trigger.daily()

    assert make(links=LINK).links == make(links=[LINK]).links == make().override(links=[LINK]).links == (LINK,)
    assert make(triggers=[trigger]).triggers == make().override(triggers=trigger).triggers == (trigger,)


def test_base_template_leaves_running_to_subclasses() -> None:
    """The base class cannot be executed, and its methods for plugins return nothing. EXE-21, EXT-01."""
    template: Any = TaskTemplate(name="base", interface=NativeInterface({}, {}))

    with pytest.raises(NotImplementedError):
        template.forward()
    assert (template.config(None), template.custom_config(None), template.container_args(None)) == ({}, {}, [])
    assert (template.sql(None), template.data_loading_config(None), template.source_file) == (None, None, None)


def test_equality_is_by_value() -> None:
    """Templates of the same function with equal values are equal; one other value makes them differ. EQ-02, EQ-05."""
    assert make(docs=Documentation("d"), cache="auto") == make(docs=Documentation("d"), cache=flyte.Cache("auto"))
    assert make(queue="q") != make()
    assert "add" in repr(make())


def test_constructor_takes_keywords_only() -> None:
    """Positional arguments and unknown names are refused. CON-01, CON-05."""
    with pytest.raises(TypeError):
        AsyncFunctionTaskTemplate("add")  # type: ignore[call-arg] # the mistake under test
    with pytest.raises(TypeError):
        make(unknown=1)
    assert issubclass(InvalidTypeError, TypeError)
