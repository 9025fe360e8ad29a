"""Rule CON-21: what an error message says, if an implementation claims telling errors.

Whether something is refused is a matter of other rules, and so is the class of the error.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import example, given

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import (
    FunctionRecipe,
    ParameterRecipe,
    constructed,
    made,
    recipe,
    type_of,
)
from conformance.contracts.task_template.strategies.values import (
    CHANGES,
    EVERY_CHANGE,
    LOCKED_FIELDS,
    REUSE_GUARDED_FIELDS,
    Setting,
    words,
)
from conformance.contracts.task_template.suite.acts import call_text
from conformance.contracts.task_template.suite.doubles import outcome_of
from conformance.engine.properties import check
from conformance.engine.rules import rule

Act = Callable[[], object]


def check_tells(act: Act, what: str, *parts: str) -> None:
    """If an act is refused, check that the message contains each part as whole words. Other rules define refusals."""
    outcome = outcome_of(act)
    if outcome.error is None:
        return
    message = str(outcome.error)
    missing = [part for part in parts if not re.search(rf"(?<!\w){re.escape(part)}(?!\w)", message)]
    check(not missing, f"{what}: the message {message!r} does not say {', '.join(missing)}")


WRONG = Setting("wrong")
"""A value that is of no field's type."""

OF_TEMPLATES: Mapping[str, Sequence[Any]] = {
    "name": (WRONG,),
    "short_name": (WRONG,),
    "task_type": (WRONG,),
    "task_type_version": (WRONG,),
    "image": (WRONG,),
    "resources": (WRONG,),
    "cache": (WRONG, "sometimes"),
    "interruptible": (WRONG,),
    "reusable": (WRONG,),
    "docs": (WRONG,),
    "env_vars": (WRONG, {"a": WRONG}),
    "secrets": (WRONG, [WRONG]),
    "timeout": (WRONG, -1),
    "pod_template": (WRONG,),
    "report": (WRONG,),
    "queue": (WRONG,),
    "debuggable": (WRONG,),
    "parent_env_name": (WRONG,),
    "max_inline_io_bytes": (WRONG, -1),
    "triggers": (WRONG, [WRONG]),
    "links": (WRONG, [WRONG]),
}
"""Per field of a template values that it refuses."""

OF_VALUES: Sequence[tuple[str, Mapping[str, Any], str]] = (
    ("Cache", {"behavior": "sometimes"}, "sometimes"),
    ("CodeBundle", {"computed_version": "v"}, "pkl"),
    ("FixedRate", {"interval_minutes": 0}, "interval_minutes"),
    ("Resources", {"cpu": "x"}, "cpu"),
    ("Resources", {"memory": "lots"}, "memory"),
    ("Resources", {"disk": WRONG}, "disk"),
    ("Resources", {"shm": "lots"}, "shm"),
    ("Resources", {"cpu": (1, 2, 3)}, "cpu"),
    ("Resources", {"gpu": "none such:1"}, "none such:1"),
    ("RetryStrategy", {"count": -1}, "count"),
    ("ReusePolicy", {"concurrency": 0}, "concurrency"),
    ("ReusePolicy", {"replicas": (2, 1)}, "replicas"),
    ("ReusePolicy", {"replicas": -1}, "replicas"),
    ("ReusePolicy", {"idle_ttl": 1}, "idle_ttl"),
    ("ReusePolicy", {"scaledown_ttl": 1}, "scaledown_ttl"),
    ("Secret", {"key": "k", "as_env_var": "1a"}, "as_env_var"),
    ("Secret", {"key": "k", "mount": "/tmp"}, "mount"),  # noqa: S108 - refused, not used
    ("Timeout", {"max_runtime": -1}, "max_runtime"),
    ("Timeout", {"max_runtime": 1, "max_queued_time": -1}, "max_queued_time"),
    ("Trigger", {"name": "", "automation": recipe("FixedRate", interval_minutes=1)}, "name"),
    ("Trigger", {"name": "t", "automation": WRONG}, "automation"),
)
"""Records, what they refuse, and what the message has to say."""


def body(first: int, second: int = 0) -> None:
    """Do nothing."""


@rule("CON-21")
def test_refused_fields_are_named(impl: Adapter) -> None:
    """The constructor, and override where the field can be changed, name the field and show the value."""
    template = impl.make(body)
    for name in [name for name in OF_TEMPLATES if name in impl.fields()]:
        for value in OF_TEMPLATES[name]:
            actual = "Setting" if "Setting" in repr(value) else str(value)
            named = {name: value}
            check_tells(functools.partial(impl.make, body, **named), call_text("make", named), name, actual)
            if name in CHANGES:
                check_tells(functools.partial(template.override, **named), call_text("override", named), name, actual)


@rule("CON-21")
def test_refused_values_are_named(impl: Adapter) -> None:
    """A record that refuses a value says which."""
    for type_name, named, said in OF_VALUES:
        type_of(impl, type_name)  # a gap where it is not offered
        make = functools.partial(constructed, impl, type_name, made(impl, dict(named)))
        check_tells(make, call_text(type_name, named), said)
    check_tells(lambda: type_of(impl, "GPU")("none such", 1), "GPU('none such', 1)", "none such")
    check_tells(lambda: type_of(impl, "GPU")("A100", 1, "none such"), "GPU('A100', 1, 'none such')", "none such")
    image = type_of(impl, "Image")
    check_tells(lambda: image.from_base(WRONG), f"Image.from_base({WRONG!r})", "Setting")
    parameters = constructed(impl, "VersionParameters", {"func": body})
    check_tells(
        lambda: constructed(impl, "Cache", {"behavior": "override"}).get_version(parameters),
        "Cache(behavior='override').get_version()",
        "version_override",
    )


@rule("CON-21")
@given(name=words(), wrong=words())
@example(name="task", wrong="retrys")
def test_refused_names_are_told(impl: Adapter, name: str, wrong: str) -> None:
    """The message names an unknown field or input, and the field that is assigned."""
    template, unknown = impl.make(body, name=name), f"no_{wrong}"

    check_tells(lambda: template.override(**{unknown: 1}), f"override({unknown}=1)", unknown)
    check_tells(lambda: setattr(template, "queue", "q"), f"task.queue = 'q' of the task {name!r}", "queue")
    check_tells(lambda: template.interface.convert_to_kwargs(1, first=1), "convert_to_kwargs(1, first=1)", "first")
    more = {"first": 1, unknown: 2}
    check_tells(lambda: template.interface.convert_to_kwargs(**more), f"convert_to_kwargs(**{more})", unknown)


@rule("CON-21")
def test_refused_overrides_are_told(impl: Adapter) -> None:
    """A field that cannot be overridden is named, be it never or while containers are reused."""
    template = impl.make(body)
    for name in LOCKED_FIELDS:
        check_tells(functools.partial(template.override, **{name: None}), f"override({name}=None)", name)
    reused = impl.make(body, reusable=constructed(impl, "ReusePolicy", {"replicas": 1}))
    for name in REUSE_GUARDED_FIELDS:
        named = made(impl, {name: EVERY_CHANGE[name]})
        check_tells(functools.partial(reused.override, **named), call_text("override", named), name, "reusable")


@rule("CON-21")
@given(wrong=words())
@example(wrong="retrys")
def test_environment_names_what_it_refuses(impl: Adapter, wrong: str) -> None:
    """An environment names its own field, and the setting of a task that it does not know."""
    kind, unknown = type_of(impl, "TaskEnvironment"), f"no_{wrong}"
    function = FunctionRecipe(parameters=(ParameterRecipe(name="x", annotation=int),)).define()

    check_tells(lambda: impl.make_env(name=WRONG), f"TaskEnvironment(name={WRONG!r})", "name", "Setting")
    check_tells(lambda: impl.make_env(name=f"{wrong}!"), f"TaskEnvironment(name='{wrong}!')", "name", wrong)
    check_tells(lambda: impl.make_env(reusable=WRONG), f"TaskEnvironment(reusable={WRONG!r})", "reusable", "Setting")
    check_tells(lambda: impl.make_env().task(**{unknown: 1})(function), f"env.task({unknown}=1)", unknown)
    check_tells(lambda: impl.make_env().clone_with("n", **{unknown: 1}), f"env.clone_with({unknown}=1)", unknown)
    check_tells(lambda: impl.make_env().add_dependency(WRONG), f"env.add_dependency({WRONG!r})", "Setting")
    env = impl.make_env()
    mine = env.task(function)
    check_tells(lambda: kind.from_task("shared", mine), "from_task of a task of another environment", mine.name)
    images = ("image-a:1", "image-b:1")
    tasks = [impl.make(body, name=image[:7], image=image) for image in images]
    check_tells(lambda: kind.from_task("shared", *tasks), "from_task of two images", "images")
