"""A page is cut into sentences, descriptions and code blocks, each with its heading."""

from __future__ import annotations

import hashlib

from tests.conformance.contracts.sentences import sentences_of

PAGE = """# Thing

It is one. It
is two

## Parameters

```python
class Thing(
    x: int,
)
```
| Parameter | Type | Description |
|-|-|-|
| `x` | `int \\| None` | How many. Never none. |
| `y` | `str` | |

### go()

Does `a | b`!
"""


def test_sentences_have_their_headings() -> None:
    """Prose is cut at sentence ends, lines are joined; code is one piece; empty cells and headers are left out."""
    assert [(sentence.heading, sentence.text) for sentence in sentences_of(PAGE)] == [
        ("Thing", "It is one."),
        ("Thing", "It is two"),
        ("Parameters", "class Thing( x: int, )"),
        ("Parameters", "How many."),
        ("Parameters", "Never none."),
        ("go()", "Does `a | b`!"),
    ]


def test_digest_is_that_of_the_text() -> None:
    """The digest is SHA-256 of the text with single spaces: line breaks do not matter, words do."""
    first, *_ = sentences_of("A\n  sentence.\n")

    assert first.digest == hashlib.sha256(b"A sentence.").hexdigest()
    assert first.digest != sentences_of("Another sentence.")[0].digest


def test_empty_page_has_no_sentences() -> None:
    """An empty page gives an empty result."""
    assert sentences_of("") == ()
