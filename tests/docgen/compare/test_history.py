"""The life of each symbol over a series of releases."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from docgen.compare.history import Gap, Life, history_of
from docgen.compare.sides.read import read_side
from docgen.compare.writers.history import history_page
from docgen.config import ReferenceConfig
from docgen.errors import DownloadError
from docgen.model import Alias, Class, Docstring, Function, Module, Parameter, Reference, Signature, Value
from docgen.sources.releases import released_versions


def release(version: str, *functions: Function, classes: tuple[Class, ...] = ()) -> Reference:
    """Return the reference of one release."""
    return Reference(
        distribution="p", version=version, modules=(Module(name="p", functions=functions, classes=classes),)
    )


def function(name: str, *optional: str, default: str = "1") -> Function:
    """Return a function with optional parameters."""
    parameters = tuple(Parameter(name=each, default=Value(text=default)) for each in optional)
    return Function(name=name, path=f"p.{name}", signature=Signature(parameters=parameters))


def test_symbols_come_and_go() -> None:
    """The first release with a symbol added it, the first one without it removed it."""
    found = history_of([release("1"), release("2", function("f", "a")), release("3", function("f", "a")), release("4")])

    assert found.symbols == {"p.f": Life(added="2", removed="4")}


def test_what_every_release_has_is_left_out() -> None:
    """A symbol that never changed has no history."""
    assert history_of([release(version, function("f", "a")) for version in "123"]).symbols == {}


def test_parameters_have_a_life_of_their_own() -> None:
    """Releases add and remove a parameter, unless it came with its function."""
    found = history_of(
        [
            release("1"),
            release("2", function("f", "a")),
            release("3", function("f", "a", "b")),
            release("4", function("f", "b")),
        ]
    )

    life = found.symbols["p.f"]
    assert life.added == "2"
    assert life.parameters == {"a": Life(added="2", removed="4"), "b": Life(added="3")}


def test_changes_name_their_release() -> None:
    """A changed default is reported with its release and level."""
    found = history_of([release("1", function("f", "a")), release("2", function("f", "a", default="2"))])

    (change,) = found.symbols["p.f"].changes
    assert (change.version, change.level, change.text) == ("2", "major", "`a=1` -> `2`")
    assert "- Changed in 2 (major): `a=1` -> `2`." in history_page(found)


def test_the_page_shows_what_each_release_added_the_newest_first() -> None:
    """Members that come with their class are counted, changes with equal text joined, breaking ones bold."""
    methods = tuple(msgspec.structs.replace(function(name), path=f"p.A.{name}") for name in ("load", "store"))
    class_ = Class(name="A", path="p.A", methods=methods)
    functions = [(function("f", "a", default=default), function("g", "a", default=default)) for default in "12"]

    page = history_page(history_of([release("1", *functions[0]), release("2", *functions[1], classes=(class_,))]))

    assert page.partition("## By symbol")[0].splitlines()[4:] == [
        "## 2",
        "",
        "- Added `p.A` with 2 members.",
        "- **`p.f`, `p.g`**: `a=1` -> `2`.",
        "",
    ]
    assert "### `p.A.load`" not in page


def test_the_constructor_of_a_class_is_what_calls_take() -> None:
    """Parameters of a class are those of its constructor."""
    old, new = (
        release(version, classes=(Class(name="A", path="p.A", constructor=function("__init__", *names)),))
        for version, names in (("1", ("a",)), ("2", ("a", "b")))
    )

    assert history_of([old, new]).symbols["p.A"].parameters == {"b": Life(added="2")}


def test_a_further_path_has_the_life_of_its_symbol() -> None:
    """A symbol that is now defined in another module is the same where it is imported from."""
    low = Module(name="p.low", functions=(function("f", "a"),))
    high = Module(name="p.low", aliases=(Alias(name="f", target="p.f"),))
    rows = [
        Reference(distribution="p", version="1", modules=(Module(name="p"), low)),
        Reference(distribution="p", version="2", modules=(Module(name="p", functions=(function("f", "a"),)), high)),
        Reference(
            distribution="p", version="3", modules=(Module(name="p", functions=(function("f", "a", "b"),)), high)
        ),
    ]

    life = history_of(rows).symbols["p.low.f"]

    assert (life.added, life.removed) == ("", "")
    assert life.parameters == {"b": Life(added="3")}
    assert [change.version for change in life.changes] == ["3"]


def test_a_member_that_is_inherited_now_is_still_there() -> None:
    """A method that moves to a base class is added there, and is not removed from the class that had it."""
    method = msgspec.structs.replace(function("read", "size"), path="p.Base.read")
    own = msgspec.structs.replace(method, path="p.A.read")
    before = Class(name="Base", path="p.Base"), Class(name="A", path="p.A", mro=("p.Base",), methods=(own,))
    after = Class(name="Base", path="p.Base", methods=(method,)), Class(name="A", path="p.A", mro=("p.Base",))

    found = history_of([release("1", classes=before), release("2", classes=after)])

    assert found.symbols == {"p.Base.read": Life(added="2")}


def test_what_a_module_creates_on_first_access_is_not_removed(tmp_path: Path) -> None:
    """A class that moved behind a module `__getattr__` can still be imported."""
    texts = {
        "1": "class Old:\n    def run(self): ...\n",
        "2": "def __getattr__(name):\n    if name == 'Old':\n        from p._old import Old\n        return Old\n"
        "    raise AttributeError(name)\n",
        "3": "",
    }
    for version, text in texts.items():
        (tmp_path / version / "p").mkdir(parents=True)
        (tmp_path / version / "p" / "__init__.py").write_text(text)
        (tmp_path / version / "p" / "_old.py").write_text(texts["1"])
    sides = (read_side(str(tmp_path / version), ReferenceConfig()).reference for version in texts)

    found = history_of(
        msgspec.structs.replace(side, version=version) for side, version in zip(sides, texts, strict=True)
    )

    assert {path: (life.added, life.removed) for path, life in found.symbols.items()} == {
        "p.Old": ("", "3"),
        "p.Old.run": ("", "3"),
    }


def test_what_was_away_for_a_release_has_a_gap() -> None:
    """A function that one release lacks was removed and added again; the page says so in both releases."""
    found = history_of([release("1", function("f")), release("2"), release("3", function("f"))])

    assert found.symbols == {"p.f": Life(gaps=(Gap(removed="2", restored="3"),))}
    assert "- Added `p.f` again." in history_page(found)
    assert "- **Removed `p.f`** until 3." in history_page(found)


def test_a_renamed_symbol_is_called_renamed() -> None:
    """The release that renames a function says its new name instead of a removal."""
    text = Docstring(raw="Read the whole file at once.\n\nAnd close it.\n\nEven if that fails.")
    old = msgspec.structs.replace(function("read_all", "size", "encoding"), docstring=text)
    new = msgspec.structs.replace(function("read_whole", "size", "encoding"), docstring=text)

    page = history_page(history_of([release("1", old), release("2", new)]))

    assert "- **`p.read_all`**: the function is called `read_whole`." in page
    assert "Removed `p.read_all`" not in page


def test_symbols_with_one_life_share_an_entry() -> None:
    """Functions that releases changed alike are listed together; a parameter is mentioned once."""
    rows = [release(str(number), *(function(name, *"ab"[:number]) for name in "fghij")) for number in (1, 2)]

    entries = history_page(history_of(rows)).partition("## By symbol")[2].split("\n\n")

    assert entries[1:] == ["### `p.f`, `p.g`, `p.h` and 2 more", "- `b`: added in 2.", "The same for `p.i`, `p.j`.\n"]


def test_one_of_two_paths_has_the_entry() -> None:
    """If the path of the definition and another one change places, the page still has an entry for the newest one."""
    was, now = (function("f", *names) for names in (("a",), ("a", "b")))
    rows = [
        Reference(
            distribution="p",
            version=version,
            modules=(
                Module(name="p", functions=(symbol,) if is_high else (), aliases=() if is_high else (high,)),
                Module(name="p.low", functions=() if is_high else (symbol,), aliases=(low,) if is_high else ()),
            ),
        )
        for version, symbol, is_high in (("1", was, False), ("2", now, True))
        for high, low in ((Alias(name="f", target="p.low.f"), Alias(name="f", target="p.f")),)
    ]

    found = history_of(rows)

    assert {path: life.same_as for path, life in found.symbols.items()} == {"p.f": "", "p.low.f": "p.f"}
    assert "### `p.f`\n" in history_page(found)
    assert "p.low.f" not in history_page(found)


@pytest.mark.network
def test_the_releases_between_two_are_listed_oldest_first() -> None:
    """Both ends are included; an end that does not exist is one clear error."""
    assert released_versions("httpx", "0.27.0", "0.28.1") == ("0.27.0", "0.27.1", "0.27.2", "0.28.0", "0.28.1")
    with pytest.raises(DownloadError, match=r"lists no such release"):
        released_versions("httpx", "0.27.0", "99.0")
