"""Values made up from annotations: the simplest that work, including types that only type checkers see."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conformance.contracts.task_template.child.reproduce import written_out
from conformance.contracts.task_template.made_up import filled, instance_of, required_values
from conformance.errors import Gap

SOURCE = """
from __future__ import annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Optional, Union
if TYPE_CHECKING:
    from fractions import Fraction
    from no_such_module import Nothing

class Stern:
    def __init__(self, licence): ...

@dataclass
class Deep:
    count: int
    rate: float = 0.5

@dataclass
class Wide:
    deep: Deep
    way: Literal["in", "out"]
    either: Union[Deep, str]
    share: Fraction
    left_out: Optional[Deep] = None
    parts: list[int] = field(default_factory=list)
    nothing: Nothing | None = None
    stern: Stern | None = None

@dataclass
class Closed:
    stern: Stern
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The source as an imported module with its own file."""
    path = tmp_path / "made_up_here.py"
    path.write_text(SOURCE, encoding="utf-8")
    loaded = ModuleType("made_up_here")
    loaded.__file__ = str(path)
    monkeypatch.setitem(sys.modules, loaded.__name__, loaded)
    exec(compile(SOURCE, str(path), "exec"), vars(loaded))  # noqa: S102 - a module of ours
    return loaded


def test_an_instance_holds_the_plainest_values(module: ModuleType) -> None:
    """Defaults are kept, the first member of a Literal or a union is used, and classes are instantiated."""
    value = instance_of(module.Wide)

    assert value == module.Wide(deep=module.Deep(1), way="in", either=module.Deep(1), share=value.share)
    assert type(value.share).__name__ == "Fraction"


def test_what_is_none_is_filled_in_where_that_is_possible(module: ModuleType) -> None:
    """A missing class, or one that needs an unknown argument, leaves None."""
    plain = instance_of(module.Wide)

    value = filled(plain)

    assert value.left_out == module.Deep(1)
    assert (value.nothing, value.stern) == (None, None)
    assert plain.left_out is None


def test_what_is_no_dataclass_is_not_filled_in() -> None:
    """It has no fields to inspect."""
    assert filled(given := {"a": None}) is given


def test_what_cannot_be_made_up_is_a_gap(module: ModuleType) -> None:
    """The gap names the parameter."""

    @dataclasses.dataclass
    class Template:
        name: str
        closed: Any

    Template.__annotations__["closed"] = module.Closed

    with pytest.raises(Gap, match="Template requires closed, which cannot be made up"):
        required_values(Template)


def test_a_value_is_written_as_the_call_that_makes_it(module: ModuleType) -> None:
    """Fields with their default values are left out, and the classes are imported."""
    value = module.Deep(count=2, rate=0.5)

    assert written_out(value) == ("Deep(count=2)", {"from made_up_here import Deep\n"})


@pytest.mark.parametrize("value", [object(), [1], {"a": object()}])
def test_a_value_without_source_text_is_refused(value: object) -> None:
    """A script cannot contain it."""
    with pytest.raises(TypeError, match="no source text"):
        written_out(value)
