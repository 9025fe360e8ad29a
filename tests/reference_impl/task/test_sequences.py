"""Random sequences of calls, overrides, copies, pickling and executions against a simple model of a template."""

from __future__ import annotations

import asyncio
import copy
import pickle
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule, run_state_machine_as_test

import reference_impl as flyte
from reference_impl.models import ActionID, RawDataPath, TaskContext
from reference_impl.report import Report
from reference_impl.task.context import Context, inside

env = flyte.TaskEnvironment("sequences")


@env.task
def double(x: int) -> int:
    """Return twice the number."""
    return 2 * x


@env.task
async def double_async(x: int) -> int:
    """Return twice the number, later."""
    return 2 * x


CONTEXT = TaskContext(
    action=ActionID(name="action"),
    version="v1",
    raw_data_path=RawDataPath(path="raw"),
    output_path="out",
    run_base_dir="base",
    report=Report("report"),
)

CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "short_name": st.sampled_from(["", "s", "é"]),
    "resources": st.builds(flyte.Resources, cpu=st.integers(0, 3)),
    "cache": st.sampled_from(["auto", "disable", flyte.Cache("override", "v1")]),
    "retries": st.integers(0, 3) | st.builds(flyte.RetryStrategy, st.integers(0, 3)),
    "timeout": st.integers(0, 9),
    "env_vars": st.dictionaries(st.sampled_from("AB"), st.text(max_size=2), max_size=2),
    "secrets": st.sampled_from(["k", [], ["k", "l"]]),
    "max_inline_io_bytes": st.integers(0, 9),
    "pod_template": st.sampled_from(["", "p"]),
    "queue": st.sampled_from(["", "q"]),
    "interruptible": st.booleans(),
    "report": st.booleans(),
    "task_type": st.sampled_from(["python", "other"]),
}
"""Fields and the values they are overridden with, the falsy ones among them."""


def kept(field: str, value: Any) -> Any:
    """Return what a template stores for a value: the model of the constructor."""
    if field == "retries" and isinstance(value, int):
        return flyte.RetryStrategy(value)
    if field == "cache" and isinstance(value, str):
        return flyte.Cache(value)  # type: ignore[arg-type] # one of the three words
    if field == "short_name" and value == "":
        return None
    return value


class Templates(RuleBasedStateMachine):
    """Compares each template with the fields that the model says it has."""

    templates = Bundle("templates")

    @initialize(target=templates)
    def start(self) -> Any:
        """Begin with a sync and an async task without overrides."""
        return multiple((double, {}), (double_async, {}))

    @rule(target=templates, pair=templates, changes=st.fixed_dictionaries({}, optional=CHANGES))
    def override(self, pair: tuple[Any, dict[str, Any]], changes: dict[str, Any]) -> Any:
        """An override changes what it names; `looks_like` checks the receiver."""
        template, model = pair
        return template.override(**changes), {**model, **{name: kept(name, value) for name, value in changes.items()}}

    @rule(target=templates, pair=templates, how=st.sampled_from([copy.copy, copy.deepcopy]))
    def copy(self, pair: tuple[Any, dict[str, Any]], how: Any) -> Any:
        """A copy has the fields of its original, including the environment."""
        twin = how(pair[0])

        assert twin == pair[0]
        assert twin.parent_env() is env
        return twin, pair[1]

    @rule(pair=templates)
    def pickle(self, pair: tuple[Any, dict[str, Any]]) -> None:
        """A pickled template loses its environment and nothing else."""
        back = pickle.loads(pickle.dumps(pair[0]))  # noqa: S301 - our own bytes

        assert back.parent_env is None
        assert back.func is pair[0].func
        assert {name: getattr(back, name) for name in pair[1]} == {name: getattr(pair[0], name) for name in pair[1]}

    @rule(pair=templates, x=st.integers())
    def call(self, pair: tuple[Any, dict[str, Any]], x: int) -> None:
        """A call returns the result of the function."""
        result = pair[0](x)

        assert (asyncio.run(result) if asyncio.iscoroutine(result) else result) == 2 * x

    @rule(pair=templates, x=st.integers())
    def execute(self, pair: tuple[Any, dict[str, Any]], x: int) -> None:
        """An execution returns the result of the function."""
        with inside(Context(task_context=CONTEXT)):
            assert asyncio.run(pair[0].execute(x=x)) == 2 * x

    @rule(pair=templates)
    def looks_like(self, pair: tuple[Any, dict[str, Any]]) -> None:
        """A template always has the fields of the model, and the other fields of its task."""
        template, model = pair
        original = double if template.func is double.func else double_async
        for name in CHANGES:
            expected = model.get(name, getattr(original, name))
            expected = template.name if name == "short_name" and name in model and expected is None else expected
            assert getattr(template, name) == expected, name
        assert template.json_schema == original.json_schema
        assert env.tasks[original.name] is original


test_sequences = pytest.mark.filterwarnings("error")(Templates.TestCase)
test_sequences.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


@pytest.mark.thorough
def test_ten_thousand_sequences() -> None:
    """In 10,000 random sequences, templates and model stay equal."""
    run_state_machine_as_test(Templates, settings=settings(max_examples=10_000, stateful_step_count=20, deadline=None))
