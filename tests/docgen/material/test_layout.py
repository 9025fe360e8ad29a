"""Pages: which ones there are, their names, their links, and the files next to them."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import pytest

from docgen.errors import RenderError
from docgen.formats.base.check import broken_links
from docgen.formats.base.code import with_fences
from docgen.formats.base.inventory import read_inventory, write_inventory
from docgen.formats.base.places import Layout
from docgen.formats.material.render import Settings, pages, tree
from docgen.model import (
    UNKNOWN,
    Alias,
    Annotation,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Field,
    Function,
    Module,
    Origin,
    Parameter,
    Property,
    Receiver,
    Reference,
    Signature,
    TypeParameter,
    Value,
    Variable,
    VariableKind,
)
from docgen.prose.sections import Section, SectionKind
from docgen.sites import Site


def prose(text: str) -> Docstring:
    """Return a docstring that is one text."""
    return Docstring(raw=text, sections=(Section(kind=SectionKind.TEXT, text=text),))


def shop(*modules: Module, bases: tuple[Class, ...] = ()) -> Reference:
    """Return a reference of modules."""
    return Reference(distribution="shop", version="2.0", modules=modules, bases=bases)


def texts(reference: Reference, settings: Settings | None = None) -> dict[str, str]:
    """Return the pages of a reference: path -> text."""
    return {page.path: page.text for page in pages(reference, settings)[0]}


CART = Class(name="Cart", path="shop.small.Cart", docstring=prose("A cart."))


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("class", ["index.md", "shop/index.md", "shop/small/index.md", "shop/small/cart.md"]),
        ("module", ["index.md", "shop/index.md", "shop/small/index.md"]),
        ("auto", ["index.md", "shop/index.md", "shop/small/index.md"]),  # a small module holds its classes
    ],
)
def test_layout_says_where_classes_stand(layout: Layout, expected: list[str]) -> None:
    """Classes have their own pages, or are on that of their module; the folder does not matter."""
    reference = shop(Module(name="shop", is_package=True), Module(name="shop.small", classes=(CART,)))

    assert list(texts(reference, Settings(layout=layout))) == expected


def test_a_large_module_gives_its_classes_pages() -> None:
    """By default, the page of a module with many members does not contain its classes."""
    methods = tuple(Function(name=f"m{number}", receiver=Receiver.INSTANCE) for number in range(13))

    found = texts(shop(Module(name="shop", classes=(Class(name="Large", path="shop.Large", methods=methods),))))

    assert "shop/large.md" in found


def test_no_two_pages_share_a_name() -> None:
    """Names that differ only in case get a number and a finding; `index`, devices and modules do not collide."""
    names = ["Add", "add", "Index", "Con", "Sub"]
    classes = tuple(Class(name=name, path=f"shop.{name}", docstring=prose(f"{name} doc.")) for name in names)

    found, findings = pages(shop(Module(name="shop", is_package=True, classes=classes), Module(name="shop.sub")))

    assert [page.path for page in found] == [
        "index.md",
        "shop/index.md",
        "shop/add.md",
        "shop/add-2.md",
        "shop/index-class.md",
        "shop/con-class.md",
        "shop/sub-class.md",
        "shop/sub/index.md",
    ]
    assert [(finding.code, finding.path) for finding in findings] == [("DG502", "shop/add-2.md")]


def test_a_function_may_have_the_path_of_a_module() -> None:
    """`shop.index`, the function, and `shop.index`, the module, are both linked."""
    reference = shop(
        Module(name="shop", is_package=True, functions=(Function(name="index", docstring=prose("Look up.")),)),
        Module(name="shop.index", docstring=prose("The module.")),
    )

    found = texts(reference)

    assert "| [`shop.index`](index/index.md#shop.index) | The module. |" in found["shop/index.md"]
    assert '### <a id="shop.index"></a>index\n' in found["shop/index.md"]
    assert not list(broken_links(found))


def test_a_package_with_a_docstring_only_is_listed() -> None:
    """It has a page, and a row on the first one."""
    found = texts(shop(Module(name="shop", is_package=True, docstring=prose("All about it. And more."))))

    assert "| [`shop`](shop/index.md#shop) | All about it. |" in found["index.md"]
    assert "All about it. And more." in found["shop/index.md"]


def test_names_outside_ascii_are_linked() -> None:
    """Links and anchors agree letter by letter."""
    size = Class(name="Größe", path="shop.Größe", docstring=prose("Eine Größe."))

    found = texts(shop(Module(name="shop", is_package=True, classes=(size,))))

    assert '<a id="shop.Größe"></a>' in found["shop/größe.md"]
    assert "[`Größe`](größe.md#shop.Größe)" in found["shop/index.md"]


def test_members_of_private_bases_stand_on_the_page() -> None:
    """Members that no other page would show are with the class, once; of other packages, only the names are."""
    hidden = Class(
        name="_Base",
        path="shop._base._Base",
        methods=(Function(name="stop", receiver=Receiver.INSTANCE, docstring=prose("Stop it.")),),
        attributes=(Attribute(name="limit", value=Value(text="3"), description="How many."),),
    )
    foreign = Class(name="dict", path="builtins.dict", methods=(Function(name="clear"), Function(name="__or__")))
    public = Class(name="Open", path="shop.Open", methods=(Function(name="open", receiver=Receiver.INSTANCE),))
    child = Class(
        name="Child", path="shop.Child", mro=("shop.Open", "shop._base._Base", "builtins.dict"), docstring=prose("C.")
    )

    page = texts(
        shop(Module(name="shop", is_package=True, classes=(public, child)), bases=(hidden, foreign)),
    )["shop/child.md"]

    assert page.count("stop\n") == 1
    assert page.count("How many.") == 1
    assert "- From [`Open`](open.md#shop.Open): [`open`](open.md#shop.Open.open)\n- From `dict` (1): `clear`" in page


def test_fields_are_described_once() -> None:
    """An attribute that the table of the constructor describes completely is only named."""
    name = Parameter(name="name", annotation=Annotation(written="str"), description="Its name.")
    job = Class(
        name="Job",
        path="shop.Job",
        kind=ClassKind.DATACLASS,
        constructor=Function(name="Job", signature=Signature(parameters=(name,))),
        attributes=(
            Attribute(name="name", annotation=Annotation(written="str"), field=Field(), description="Its name."),
            Attribute(name="cache", annotation=Annotation(written="dict"), description="Kept."),
        ),
    )

    page = texts(shop(Module(name="shop", is_package=True, classes=(job,))))["shop/job.md"]

    assert page.count("Its name.") == 1
    assert 'described there: <a id="shop.Job.name" href="#shop.Job.name">`name`</a>\n' in page
    assert '| <a id="shop.Job.cache" href="#shop.Job.cache">`cache`</a> | [`dict`](https://docs.python.org' in page


@pytest.mark.parametrize(
    ("written", "path", "expected"),
    [
        ("Loop", "asyncio.events.AbstractEventLoop", "#asyncio.AbstractEventLoop"),
        ("asyncio.Task", "_asyncio.Task", "#asyncio.Task"),
        ("Gone", "asyncio.events.Gone", ""),
    ],
)
def test_a_type_is_linked_where_its_project_documents_it(written: str, path: str, expected: str) -> None:
    """The place that exports it, not the one that defines it; or for C code, the written name."""
    returns = Annotation(written=written, links=((written, path),))
    run = Function(name="run", path="shop.run", signature=Signature(returns=returns))

    page = texts(shop(Module(name="shop", is_package=True, functions=(run,))))["shop/index.md"]

    assert re.findall(r"docs\.python\.org[^)]*(#[^)]*)", page) == [expected] * bool(expected)


def test_members_of_an_enumeration_stand_in_order() -> None:
    """With value and description; the constructor that all enumerations have is not shown."""
    members = tuple(
        Attribute(name=name, origin=Origin.MEMBER, value=Value(text=str(number), written=f"{number} | 0"))
        for number, name in enumerate(["RED", "GREEN", "BLUE"])
    )
    color = Class(
        name="Color",
        path="shop.Color",
        kind=ClassKind.ENUM,
        attributes=members,
        constructor=Function(name="Color", signature=Signature(parameters=(Parameter(name="value"),))),
    )

    page = texts(shop(Module(name="shop", is_package=True, classes=(color,))))["shop/color.md"]

    assert page.index("`RED`") < page.index("`GREEN`") < page.index("`BLUE`")
    assert "| <code>1 &#124; 0</code> |" in page
    assert "Constructor" not in page


def test_badges_say_kind_and_state() -> None:
    """A reader sees how to call a function without reading its body."""
    run = Function(
        name="run", receiver=Receiver.CLASS, is_async=True, is_abstract=True, is_final=True, effects=("cached",)
    )
    size = Property(name="size", has_setter=False, is_cached=True, docstring=prose("How large."))
    unknown = Property(name="other", has_setter=UNKNOWN)
    both = Class(name="Both", path="shop.Both", is_final=True, methods=(run,), properties=(size, unknown))

    page = texts(shop(Module(name="shop", is_package=True, classes=(both,))))["shop/both.md"]

    assert '<span class="md-tag">class</span> <span class="md-tag">final</span>\n' in page
    words = ("class method", "async", "abstract", "final", "cached")
    assert " ".join(f'<span class="md-tag">{word}</span>' for word in words) in page
    assert "| read-only, cached | How large. |" in page
    assert "@classmethod\n@abstractmethod\n@final\nasync def run()" in page


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["x"], "def f(x: int) -> int"),
        (
            [f"parameter_{number}" for number in range(5)],
            "def f(\n" + "".join(f"    parameter_{number}: int,\n" for number in range(5)) + ") -> int",
        ),
    ],
)
def test_only_long_signatures_are_broken(names: list[str], expected: str) -> None:
    """A signature is on one line up to 88 columns; a longer one has one parameter per line."""
    parameters = tuple(Parameter(name=name, annotation=Annotation(written="int")) for name in names)
    function = Function(name="f", signature=Signature(parameters=parameters, returns=Annotation(written="int")))

    page = texts(shop(Module(name="shop", functions=(function,))))["shop/index.md"]

    assert f"<!-- {expected} -->\n" in page
    assert f"```python\n{expected}\n```" in with_fences(page)


def test_types_of_other_projects_are_linked(tmp_path: Path) -> None:
    """An inventory in the project has the addresses; nothing is fetched."""
    file = tmp_path / "objects.inv"
    file.write_bytes(write_inventory("Paths", "1", [("pathlib.Path", "class", "library/pathlib.html#pathlib.Path")]))
    load = Function(
        name="load", signature=Signature(returns=Annotation(written="Path", links=(("Path", "pathlib.Path"),)))
    )
    settings = Settings(inventories=(("https://docs.example/3/", str(file)),))

    page = texts(shop(Module(name="shop", functions=(load,))), settings)["shop/index.md"]

    assert "() -> *[Path](https://docs.example/3/library/pathlib.html#pathlib.Path)*" in page


@pytest.mark.parametrize(
    "content", [b"", b"# Sphinx inventory version 1\n", b"# Sphinx inventory version 2\na\nb\nc\nx"]
)
def test_an_inventory_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes) -> None:
    """The message names the file."""
    file = tmp_path / "objects.inv"
    file.write_bytes(content)

    with pytest.raises(RenderError, match=r"objects\.inv"):
        read_inventory(file, "https://docs.example")


def test_addresses_of_an_inventory_cannot_end_a_link(tmp_path: Path) -> None:
    """What Markdown or HTML would read as the end of a link is written in hexadecimal."""
    rows = b'odd.A py:class 1 ">)<script> -\nodd.B py:class 1 a.html#$ -\nodd.C py:class 1 c++/%C3%A9?x=1&y -\n'
    file = tmp_path / "objects.inv"
    file.write_bytes(write_inventory("odd", "1", []).rpartition(b"zlib.\n")[0] + b"zlib.\n" + zlib.compress(rows))

    found = read_inventory(file, "https://docs.example")

    assert found == {
        "odd.A": "https://docs.example/%22%3E%29%3Cscript%3E",
        "odd.B": "https://docs.example/a.html#odd.B",
        "odd.C": "https://docs.example/c++/%C3%A9?x=1&y",
    }


def test_files_beside_the_pages_list_every_symbol(tmp_path: Path) -> None:
    """Inventory, symbols, overview, the whole text and the navigation."""
    reference = shop(
        Module(
            name="shop",
            is_package=True,
            docstring=prose("All about [carts][shop.Cart]."),
            classes=(Class(name="Cart", path="shop.Cart", docstring=prose("A cart.")),),
            variables=(Variable(name="LIMIT", value=Value(text="3"), description="How many."),),
            aliases=(Alias(name="Basket", target="shop.Cart", kind="class"),),
        )
    )

    (tmp_path / "index.md").touch()

    found = tree(reference, around=(Site(docs=tmp_path), tmp_path / "api")).extras

    assert zlib.decompress(found["objects.inv"].split(b"\n", 4)[4]).decode() == (
        "shop py:module 1 shop/#$ -\n"
        "shop.Basket py:class 1 shop/#$ -\n"
        "shop.Cart py:class 1 shop/cart/#$ -\n"
        "shop.LIMIT py:data 1 shop/#$ -\n"
    )
    listed = json.loads(found["symbols.json"])["symbols"]
    assert {each["path"]: each["summary"] for each in listed} == {
        "shop": "All about carts.",
        "shop.Cart": "A cart.",
        "shop.LIMIT": "How many.",
        "shop.Basket": "Alias of shop.Cart.",
    }
    assert "- [Cart](shop/cart.md): A cart." in found["llms.txt"].decode()
    assert "<a id=" not in found["llms-full.txt"].decode()
    assert found["nav.yml"].decode().startswith('nav:\n  - "index.md"\n  - "Reference":\n')
    assert '"Cart": "api/shop/cart.md"' in found["nav.yml"].decode()


def test_broken_links_are_found() -> None:
    """A page or an anchor that does not exist; code and other sites do not count."""
    page = "[a](#gone) [b](there.md) [c](here.md#x) `[d](gone.md)` [e](https://a.example)\n\n```\n[f](gone.md)\n```\n"

    found = broken_links({"here.md": f'{page}\n<a id="x"></a>\n'})

    assert [(finding.line, finding.text) for finding in found] == [
        (1, "the link to #gone has no target"),
        (1, "the link to there.md has no target"),
    ]


class _Kept:
    """Pages of a last build, all unchanged."""

    def __init__(self, pages_of: dict[str, str] | None = None, digests: dict[str, str] | None = None) -> None:
        self.last, self.known, self.digests = pages_of or {}, digests or {}, dict[str, str]()

    def text(self, path: str, digest: str) -> str | None:
        """Return the text of the last build if its digest is the same."""
        self.digests[path] = digest
        return self.last.get(path) if self.known.get(path) == digest else None

    def forget(self, path: str) -> None:
        """Have the next build render a page."""
        self.digests.pop(path, None)


def test_pages_that_are_made_of_the_same_are_taken_over() -> None:
    """An edit of one docstring renders only the page of the class and the lists; the result is that of a full build."""
    classes = [Class(name=name, path=f"shop.{name}", docstring=prose(f"{name}.")) for name in ("A", "B")]
    first = _Kept()
    last = shop(Module(name="shop", is_package=True, classes=tuple(classes)), Module(name="shop.b"))
    before = {page.path: page.text for page in pages(last, None, first)[0]}
    edited = shop(
        Module(
            name="shop", is_package=True, classes=(classes[0], Class(name="B", path="shop.B", docstring=prose("C.")))
        ),
        Module(name="shop.b"),
    )

    second = _Kept({path: f"kept {text}" for path, text in before.items()}, first.digests)
    after = {page.path: page.text for page in pages(edited, None, second)[0]}

    fresh = texts(edited)
    assert {path for path, text in after.items() if text.startswith("kept ")} == {
        "index.md",
        "shop/a.md",
        "shop/b/index.md",
    }
    assert {path: text.removeprefix("kept ") for path, text in after.items()} == fresh


def _reader(text: str, *links: tuple[str, str]) -> Module:
    """Return a module that does not change, but mentions names that may change their target."""
    signature = Signature(returns=Annotation(written="T", links=links))
    function = Function(name="read", path="shop.reader.read", signature=signature, docstring=prose(text))
    return Module(name="shop.reader", functions=(function,))


def _tool(defined_in: str) -> Module:
    """Return a module with a class that is defined in another one."""
    return Module(name="shop", classes=(Class(name="Tool", path=f"{defined_in}.Tool", docstring=prose("A tool.")),))


def _bases(base: str) -> Module:
    """Return a module with a class that derives from one of two that have the same method."""
    run = Function(name="run", path="", docstring=prose("Run."))
    both = (Class(name=name, path=f"shop.{name}", methods=(run,), docstring=prose(name)) for name in ("A", "B"))
    return Module(name="shop", classes=(*both, Class(name="C", path="shop.C", mro=(f"shop.{base}",))))


def _variable(kind: VariableKind) -> Module:
    """Return a module with a variable of a kind."""
    return Module(name="shop", variables=(Variable(name="T", path="shop.T", kind=kind),))


@pytest.mark.parametrize(
    ("reader", "old", "new"),
    [
        pytest.param(_reader("See `shop._a.Tool`."), _tool("shop._a"), _tool("shop._b"), id="a definition moves"),
        pytest.param(_reader("See `shop.C.run`."), _bases("A"), _bases("B"), id="another base gives a member"),
        pytest.param(
            _reader("Read.", ("T", "shop.T")),
            _variable(VariableKind.VALUE),
            _variable(VariableKind.TYPE_VARIABLE),
            id="a value becomes a type variable",
        ),
    ],
)
def test_a_page_is_made_again_when_what_it_mentions_leads_elsewhere(reader: Module, old: Module, new: Module) -> None:
    """Each edit is in another module and keeps every public path, but changes a link of the page."""
    first = _Kept()
    before = {page.path: page.text for page in pages(shop(old, reader), None, first)[0]}

    after = {page.path: page.text for page in pages(shop(new, reader), None, _Kept(before, first.digests))[0]}

    expected = texts(shop(new, reader))
    assert expected["shop/reader/index.md"] != before["shop/reader/index.md"]
    assert after == expected


def test_type_parameters_in_brackets_are_shown() -> None:
    """Those of PEP 695 are shown with the name; variables of a module are listed with their bounds."""
    declared = (
        TypeParameter(name="K", variance="inferred", bound=Annotation(written="str")),
        TypeParameter(name="Ts", kind="TypeVarTuple"),
        TypeParameter(name="P", kind="ParamSpec"),
    )
    new = Class(name="New", path="shop.New", type_parameters=declared)
    old = Class(name="Old", path="shop.Old", type_parameters=(TypeParameter(name="T_co", variance="covariant"),))

    found = texts(shop(Module(name="shop", is_package=True, classes=(new, old))))

    assert "class New[K: str, *Ts, **P]\n" in found["shop/new.md"]
    assert "Type parameters: `T_co` (covariant)\n" in found["shop/old.md"]
