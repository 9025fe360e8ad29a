"""Recipes: how they print, the values that they make, and the fields that they leave out."""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.adapters.reference import ReferenceAdapter
from conformance.contracts.task_template.strategies.origins import OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import (
    KEYWORD_ONLY,
    POSITIONAL_ONLY,
    FunctionRecipe,
    ParameterRecipe,
    Recipe,
    TemplateRecipe,
    made,
    recipe,
    subclassed,
    supported,
    type_of,
)
from conformance.engine.properties import LEFT_OUT
from conformance.errors import Gap


class Box:
    """A public type of an implementation that does not exist."""

    def __init__(self, content: object = None) -> None:
        self.content = content

    @classmethod
    def of_text(cls, text: str) -> Box:
        """Return a box with a text."""
        return cls(f"text {text}")


def implementation(**members: object) -> Adapter:
    """Return an adapter that offers one type and two fields."""
    plain = {"types": {"Box": Box}, "fields": lambda: frozenset({"queue", "cache"}), **members}
    return cast("Adapter", SimpleNamespace(**plain))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (recipe("Box"), "Box()"),
        (recipe("Box", 1, content=""), "Box(1, content='')"),
        (recipe("Box", content=recipe("Box")), "Box(content=Box())"),
        (Recipe("Box", ("a",), factory="of_text"), "Box.of_text('a')"),
    ],
)
def test_a_recipe_prints_as_the_call_that_makes_it(value: Recipe, text: str) -> None:
    """A reader sees a value as the call that a user would write."""
    assert repr(value) == text


def test_a_recipe_makes_a_new_value_each_time() -> None:
    """Two values from one recipe are equal and share nothing, also within containers and other values."""
    value = {"a": [recipe("Box", content=recipe("Box", content=["x"]))], "b": (recipe("Box"),)}

    first, second = (made(implementation(), value) for _ in range(2))

    assert first["a"][0].content.content == ["x"]
    assert first["a"][0] is not second["a"][0]
    assert first["a"][0].content.content is not second["a"][0].content.content
    assert isinstance(first["b"], tuple)


def test_a_factory_is_called_in_place_of_the_class() -> None:
    """`Image.from_base` is a recipe as well."""
    assert made(implementation(), Recipe("Box", ("a",), factory="of_text")).content == "text a"


def test_a_missing_type_is_a_gap() -> None:
    """A type that an implementation does not offer is not a fault."""
    with pytest.raises(Gap, match="Crate"):
        type_of(implementation(), "Crate")


def test_fields_that_cannot_be_made_are_left_out() -> None:
    """An unclaimed field, or one whose value needs a missing type, does not make the others a gap."""
    fields = {"queue": "q", "report": True, "cache": (recipe("Crate"),)}

    assert supported(implementation(), fields) == {"queue": "q"}


def test_a_function_has_the_parameters_of_its_recipe() -> None:
    """Kinds, defaults, annotations, docstring and name are real; the result is the tuple of the arguments."""
    function = FunctionRecipe(
        name="g",
        parameters=(
            ParameterRecipe(name="a", annotation=int, kind=POSITIONAL_ONLY),
            ParameterRecipe(name="b", annotation="str", default=""),
            ParameterRecipe(name="é", default=None, kind=KEYWORD_ONLY),
        ),
        returns=bool,
        doc="Do it.",
    ).define()

    assert str(inspect.signature(function)) == "(a: int, /, b: 'str' = '', *, é=None) -> bool"
    assert (function.__name__, function.__doc__) == ("g", "Do it.")
    assert function(1, é=2) == (1, "", 2)


def test_an_async_function_is_a_coroutine_function() -> None:
    """A recipe includes whether its function is async, and shows it."""
    described = FunctionRecipe(is_async=True)

    assert inspect.iscoroutinefunction(described.define())
    assert asyncio.run(described.define()()) == ()
    assert repr(described) == "async def f()"


@pytest.mark.parametrize("is_postponed", [False, True])
def test_annotations_are_text_only_where_postponed(is_postponed: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """Whether annotations are objects or strings is drawn, not inherited from the module of the function."""
    described = FunctionRecipe(parameters=(ParameterRecipe(name="x", annotation=int),), is_postponed=is_postponed)

    assert isinstance(described.define().__annotations__["x"], str) is is_postponed


def test_the_source_of_a_function_can_be_read() -> None:
    """Templates that read the source of their function find it."""
    assert inspect.getsource(FunctionRecipe(name="g").define()).startswith("def g():")


def test_two_definitions_are_two_functions() -> None:
    """Changing the function of one example does not affect the next example."""
    described = FunctionRecipe()

    assert described.define() is not described.define()


def test_a_template_is_made_of_what_the_implementation_offers() -> None:
    """Fields that are not offered are left out; arguments next to the recipe have precedence."""
    calls: list[dict[str, Any]] = []
    impl = implementation(make=lambda function, **fields: calls.append({"function": function, **fields}))

    TemplateRecipe(fields={"queue": "q", "report": True}).make(impl, queue="other")

    assert {name: value for name, value in calls[0].items() if name != "function"} == {"queue": "other"}


def test_an_override_prints_as_a_call_on_its_receiver() -> None:
    """The failing example shows receiver, origin and call on one line."""
    call = OverrideRecipe(template=TemplateRecipe(fields={"queue": "q"}), changes={"retries": 0}, origin="copy")

    assert repr(call) == "<template of def f() with queue='q'>[copy].override(retries=0)"


def test_a_subclass_keeps_a_constructor_that_somebody_wrote() -> None:
    """A generated constructor would replace it, and do less."""
    adapter = ReferenceAdapter()

    class Prepared(adapter.template):  # type: ignore[misc, name-defined]  # a class that is known at run time only
        def __init__(self, **fields: object) -> None:
            super().__init__(**{**fields, "task_type": "prepared"})

    assert subclassed(adapter.with_template(Prepared)).__init__ is Prepared.__init__
    assert subclassed(adapter).__init__ is not adapter.template.__init__


def test_a_value_that_cannot_be_made_is_noted() -> None:
    """A field without its type is left out and recorded, also when nested; an unclaimed field is not recorded."""
    claimed = {"queue", "reusable", "triggers"}
    impl = cast("Adapter", SimpleNamespace(fields=lambda: claimed, types={"Trigger": Box}))
    fields = {
        "queue": "q",
        "reusable": recipe("ReusePolicy"),
        "triggers": (recipe("Trigger", automation=recipe("Cron")),),
        "timeout": recipe("Timeout"),
    }
    noted: list[str] = []
    token = LEFT_OUT.set(noted)

    offered = supported(impl, fields)

    LEFT_OUT.reset(token)
    assert offered == {"queue": "q"}
    assert noted == ["public type not offered: ReusePolicy", "public type not offered: Cron"]
