"""Pages of small models; both the models and the expected pages are written by hand."""

from __future__ import annotations

from docgen.formats.material.render import Settings, pages
from docgen.model import (
    Annotation,
    Class,
    Docstring,
    Function,
    Location,
    Module,
    Parameter,
    ParameterKind,
    Receiver,
    Reference,
    Signature,
    Value,
)
from docgen.prose.sections import Item, Section, SectionKind


def prose(text: str) -> Docstring:
    """Return a docstring that is one text."""
    return Docstring(raw=text, sections=(Section(kind=SectionKind.TEXT, text=text),))


def rendered(*modules: Module, settings: Settings | None = None) -> dict[str, str]:
    """Return the pages of modules: path -> text."""
    found, _ = pages(Reference(distribution="shop", version="2.0", modules=modules), settings)
    return {page.path: page.text for page in found}


def test_a_class_has_a_page_of_its_own() -> None:
    """A class of a package: facts, the line to import it by, docstring, methods with signature and table."""
    pay = Function(
        name="pay",
        location=Location(file="shop/cart.py", line=12, end_line=30),
        receiver=Receiver.INSTANCE,
        is_async=True,
        signature=Signature(
            parameters=(
                Parameter(
                    name="card",
                    kind=ParameterKind.POSITIONAL_ONLY,
                    annotation=Annotation(written="Card | None", links=(("Card", "shop._cart.Card"),)),
                ),
                Parameter(name="tip", kind=ParameterKind.KEYWORD_ONLY, default=Value(text="0")),
            ),
            returns=Annotation(written="None"),
        ),
        docstring=Docstring(
            raw="",
            sections=(
                Section(kind=SectionKind.TEXT, text="Pay with `shop.Card`."),
                Section(kind=SectionKind.PARAMETERS, items=(Item(name="card", text="The card | none."),)),
                Section(kind=SectionKind.RAISES, items=(Item(annotation="ValueError", text="If empty."),)),
            ),
        ),
    )
    cart = Class(
        name="Cart",
        path="shop._cart.Cart",
        bases=(Annotation(written="dict[str, Card]", links=(("Card", "shop._cart.Card"),)),),
        docstring=prose("A cart."),
        methods=(pay,),
    )
    card = Class(name="Card", path="shop._cart.Card", docstring=prose("A card."))

    page = rendered(
        Module(name="shop", is_package=True, classes=(cart, card)),
        settings=Settings(source="https://code.example/{path}#L{line}-L{end_line}"),
    )["shop/cart.md"]

    assert (
        page
        == """\
# <a id="shop.Cart"></a>Cart

<span class="md-tag">class</span>

Bases: <code>[dict](https://docs.python.org/3/library/stdtypes.html#dict)\\[\
[str](https://docs.python.org/3/library/stdtypes.html#str), [Card](card.md#shop.Card)\\]</code>

```python
from shop import Cart
```

A cart.

## <a id="shop.Cart:methods"></a>Methods

### <a id="shop.Cart.pay"></a>pay

<span class="md-tag">async</span> · Source: [`shop/cart.py:12-30`](https://code.example/shop/cart.py#L12-L30)

<!-- async def pay(card: Card | None, /, *, tip=0) -> None -->

<code class="highlight" style="display:block;padding:.8em 1.2em"><span class="k">async def</span> \
<span class="nf">pay</span>(<a class="n" href="#shop.Cart.pay(card)">card</a>: *[Card](card.md#shop.Card)* | None, /, \
\\*, <a class="n" href="#shop.Cart.pay(tip)">tip</a>=<span class="mi">0</span>) -> None</code>

Pay with [`shop.Card`](card.md#shop.Card).

**Parameters:**

| Parameter | Type | Default | Description |
| - | - | - | - |
| <a id="shop.Cart.pay(card)" href="#shop.Cart.pay(card)">`card`</a> | \
<code>[Card](card.md#shop.Card) &#124; None</code> |  | The card \\| none. |
| <a id="shop.Cart.pay(tip)" href="#shop.Cart.pay(tip)">`tip`</a> |  | `0` |  |

**Raises:**

| Exception | When |
| - | - |
| [`ValueError`](https://docs.python.org/3/library/exceptions.html#ValueError) | If empty. |
"""
    )
