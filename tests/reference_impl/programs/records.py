"""Hand typed records from task to task: dataclasses, enums, named tuples, several outputs."""

import enum
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import flyte

env = flyte.TaskEnvironment("records")


class Size(enum.Enum):
    """How large a shirt is."""

    SMALL = "small"
    LARGE = "large"


@dataclass
class Shirt:
    """A shirt in a shop."""

    size: Size
    color: Literal["red", "blue"] = "red"
    price: float | None = None
    stock: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """A label that cannot be changed."""

    number: int
    lines: tuple[str, ...] = ()


class Score(NamedTuple):
    """A score with its name."""

    name: str
    value: float
    tags: list[str]


@env.task
def make(size: Size, price: float | None = None) -> Shirt:
    """Make a shirt."""
    return Shirt(size, price=price, stock={"shop": [1, 2]})


@env.task
def read(shirt: Shirt) -> str:
    """Read a shirt."""
    return f"{shirt.size} {shirt.color} {shirt.price} {shirt.stock} {type(shirt.size).__name__}"


@env.task
def sizes(some: list[Size], more: dict[str, Size]) -> list[Size]:
    """Put sizes together."""
    return some + list(more.values())


@env.task
def relabel(label: Label) -> Label:
    """Return the next label."""
    return Label(label.number + 1, label.lines)


@env.task
def score(count: int) -> Score:
    """Return a score: a named tuple is several outputs."""
    return Score("total", 1.5, ["x"] * count)


@env.task
def three() -> tuple[int, str, dict[str, int]]:
    """Return three things."""
    return 1, "b", {"c": 3}


@env.task
def change(stock: dict[str, list[int]]) -> dict[str, list[int]]:
    """Change the input: no one else sees the change."""
    stock["shop"].append(9)
    return stock


@env.task
def everything() -> list[str]:
    """Use all of them."""
    number, text, table = three()
    found = score(2)
    stock = {"shop": [1]}
    changed = change(stock)
    return [
        read(make(Size.LARGE, 2.5)),
        read(make(Size.SMALL)),
        str(sizes([Size.SMALL], {"a": Size.LARGE})),
        str(relabel(Label(1))),
        f"{number} {text} {table} {found} {type(found).__name__} {found[0]}",
        f"{stock} {changed}",
    ]


def main() -> None:
    """Print what the tasks say, and how outputs look from outside."""
    flyte.init()
    print("\n".join(flyte.run(everything).outputs()[0]))
    print(flyte.run(make, Size.SMALL).outputs()[0])
    for task in (score, three):
        outputs = flyte.run(task, *([1] if task is score else [])).outputs()
        print(outputs, len(outputs), outputs[0], outputs.o1, sorted(outputs.named_outputs))
    for task in (make, read, sizes, score, three):
        print(task.name, task.interface)


if __name__ == "__main__":
    main()
