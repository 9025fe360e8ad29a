"""Price orders: typed inputs, interfaces, copies and pickles, and a program that is a coroutine itself."""

import asyncio
import copy
import enum
import inspect
import json
from dataclasses import dataclass, field
from typing import Literal

import flyte
from flyte.models import NativeInterface

env = flyte.TaskEnvironment("orders", description="Prices", env_vars={"CURRENCY": "EUR"})


class Size(enum.Enum):
    """How large a parcel is."""

    SMALL = "small"
    LARGE = "large"


@dataclass
class Order:
    """What somebody wants."""

    article: str
    count: int = 1
    tags: list[str] = field(default_factory=list)


@env.task
async def price(order: Order, size: Size = Size.SMALL, discount: float | None = None) -> float:
    """Return the price of an order.

    Args:
        order: What is wanted.
        size: How large the parcel is.
        discount: A share, if there is one.
    """
    base = order.count * (2.0 if size is Size.SMALL else 5.0)
    return base * (1 - (discount or 0.0))


@env.task
def label(order: Order, style: Literal["plain", "loud"] = "plain") -> tuple[str, int]:
    """Return the text of a label and its length."""
    text = f"{order.count} x {order.article}"
    text = text.upper() if getattr(style, "value", style) == "loud" else text
    return text, len(text)


@env.task
async def invoice(orders: list[Order]) -> dict[str, float]:
    """Price every order."""
    prices = await asyncio.gather(*(price(order, discount=0.5 if order.tags else None) for order in orders))
    return {order.article: value for order, value in zip(orders, prices, strict=True)}


async def main() -> None:
    """Run everything from a coroutine."""
    await flyte.init.aio()
    orders = [Order("pen", 3), Order("ink", 1, ["sale"])]
    run = await flyte.run.aio(invoice, orders=orders)
    await run.wait.aio()
    outputs = await run.outputs.aio()
    print(json.dumps(outputs[0], sort_keys=True), len(outputs))
    run = await flyte.with_runcontext(mode="local").run.aio(price, Order("box", 2), Size.LARGE)
    print((await run.outputs.aio())[0], await price(Order("box"), size=Size.LARGE), label(Order("cap", 4), "loud"))
    outputs = await (await flyte.run.aio(label, Order("cap", 4))).outputs.aio()
    text, length = outputs
    print(text, length, outputs, outputs.o1, outputs.named_outputs)

    interface = NativeInterface.from_callable(price.func)
    print({name: default is inspect.Parameter.empty for name, (_, default) in interface.inputs.items()})
    print(
        interface.num_required_inputs(),
        interface.has_outputs(),
        interface.outputs,
        label.interface.get_input_types()["order"],
    )
    print(sorted(interface.convert_to_kwargs(Order("pen"), discount=0.1)), NativeInterface({}, {}).has_outputs())
    schema = invoice.json_schema
    print(sorted(schema["properties"]), schema["required"], schema["type"], label.json_schema["required"])

    twin = copy.copy(price.override(retries=3))
    print(
        twin.name, twin.retries.count, price.retries.count, twin.func is price.func, twin.interface == price.interface
    )
    print(env.tasks["orders.label"] is label, list(env.tasks), env.description, env.env_vars)


if __name__ == "__main__":
    asyncio.run(main())
