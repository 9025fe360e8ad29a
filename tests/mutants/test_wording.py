"""Which changes to a package change its wording only."""

from __future__ import annotations

import pytest

from tests.mutants.wording import Words

ERRORS = """\
class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(f"refused: {text}")
        self.code = code

class OtherRefused(Refused):
    pass
"""

PACKAGE = """\
from errors import Refused

Count = int | float
Known = ("a", "b")
HINTS = {"a": "Leave it out."}
FORM = "{}"

def need(value, due, *, least=0):
    if value < least:
        raise ValueError(f"{value!r}: {due} is due, at least {least}.")

def nearest(name):
    return f" Did you mean {name}?" if name else ""

def check(value: Count, kind) -> Count:
    due = "None" if kind is None else kind.__name__
    need(value, due)
    need(value, "a count", least=1)
    if value in Known:
        raise Refused("BadValue", "no such value." + nearest("b"))
    if value in HINTS:
        raise Refused("Hint", HINTS[value])
    raise KeyError("gone")

def _check(name):
    def keep(value):
        need(value, name)
    return keep

CHECKS = {"first": _check("a word"), "second": _check("a word")}

def again(value):
    try:
        check(value, None)
    except KeyError as error:
        raise ValueError(str(error)) from error

def shown(value):
    return FORM.format("a value")
"""

OTHER = """\
def _check(name):
    return name.upper()
"""

WORDS = [
    ("is due, at least", "is DUE, at least"),
    ('raise ValueError(f"{value!r}: {due} is due, at least {least}.")', "raise ValueError(None)"),
    ('"a count"', '"XXa countXX"'),
    ('"a count"', "None"),
    ('"None" if', '"none" if'),
    ("kind is None", "kind is not None"),
    ("no such value.", "No such value."),
    ("Did you mean", "did you mean"),
    ('else ""', 'else "XX"'),
    ('nearest("b")', 'nearest("XXbXX")'),
    ("Leave it out.", "XXLeave it out.XX"),
    ('KeyError("gone")', 'KeyError("XXgoneXX")'),
    ("int | float", "int & float"),
    ('"second": _check("a word")', '"second": _check("XXa wordXX")'),
    ("str(error)", "None"),
]

MORE_THAN_WORDS = [
    ('"BadValue"', '"badvalue"'),  # a code, by which callers tell errors apart
    ('"BadValue"', "None"),
    ("raise ValueError(f", "raise TypeError(f"),
    ("value < least", "value <= least"),
    ("least=1", "least=2"),
    ("least=0", "least=1"),
    ('("a", "b")', '("a", "XXbXX")'),
    ('{"a": "Leave', '{"XXaXX": "Leave'),
    ('FORM = "{}"', 'FORM = "XX{}XX"'),
    ('"a value"', '"another value"'),
    ("need(value, due)", "need(value, None)"),  # no text, so it may be looked into
    ("kind.__name__", "kind.name"),  # fails
    ("{value!r}: {due} is", "{value!r}: {value} is"),
    ("from errors", "from another"),
    ('"second": ', '"third": '),
]


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_words_of_messages_and_types_for_readers(old: str, new: str) -> None:
    """Text that only ends up in a message or in annotations is wording, wherever it is."""
    assert Words({"errors": ERRORS, "package": PACKAGE, "other": OTHER}).are_all("package", changed(old, new))


@pytest.mark.parametrize(("old", "new"), MORE_THAN_WORDS)
def test_what_callers_can_tell_apart(old: str, new: str) -> None:
    """Codes, classes, limits, keys of tables, returned strings and code that may fail are more than wording."""
    assert not Words({"errors": ERRORS, "package": PACKAGE, "other": OTHER}).are_all("package", changed(old, new))


def test_what_an_error_class_hands_on() -> None:
    """The prose of an error class is wording; its other attributes are not."""
    words = Words({"errors": ERRORS, "package": PACKAGE, "other": OTHER})

    assert words.are_all("errors", ERRORS.replace("refused: ", "XXrefused: "))
    assert not words.are_all("errors", ERRORS.replace("self.code = code", "self.code = None"))


def changed(old: str, new: str) -> str:
    """Return the package with one piece changed, which must occur once."""
    assert PACKAGE.count(old) == 1
    return PACKAGE.replace(old, new)
