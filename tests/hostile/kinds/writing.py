"""Kinds that close descriptors that are not theirs, or write to them."""

from __future__ import annotations

import contextlib
import json
import os
import sys

from tests.hostile.form import hostile


def on_every_descriptor(data: bytes) -> None:
    """Write to every open descriptor except the standard ones."""
    for descriptor in range(3, 64):
        with contextlib.suppress(OSError):
            os.set_blocking(descriptor, False)
            os.write(descriptor, data)


@hostile()
def closes_every_descriptor(honest: object) -> object:
    """Closes every descriptor."""
    os.closerange(0, 256)
    return honest


@hostile("holds deviates")
def closes_the_standard_streams(honest: object) -> object:
    """Closes standard input, output and error."""
    os.closerange(0, 3)
    return honest


@hostile()
def junk_everywhere(honest: object) -> object:
    """Writes bytes that are not text to every descriptor."""
    on_every_descriptor(bytes(range(256)))
    return honest


@hostile(is_quick=True)
def deeply_nested_json(honest: object) -> object:
    """Writes JSON with 50,000 lists in each other."""
    on_every_descriptor(b"[" * 50_000 + b"]" * 50_000 + b"\n")
    return honest


@hostile()
def nested_json_in_an_answer(honest: object) -> object:
    """Writes an answer that is nested as deep as a parser allows."""
    on_every_descriptor(b'{"rule": ' + b"[" * 900 + b"]" * 900 + b"}\n")
    return honest


@hostile()
def a_line_without_end(honest: object) -> object:
    """Writes megabytes without a line break."""
    for _ in range(64):
        on_every_descriptor(b"x" * 65536)
    return honest


@hostile()
def half_a_line(honest: object) -> object:
    """Writes the first half of an answer."""
    on_every_descriptor(b'{"rule": "HOST-01", "verd')
    return honest


@hostile(is_quick=True)
def forged_answers(_: object) -> object:
    """Writes answers in which every rule holds, with the facts on its command line."""
    try:
        token = json.loads(sys.argv[1])["token"]
    except (IndexError, ValueError, KeyError):
        token = "?"
    for number in range(1, 9):
        answer = {
            "rule": f"HOST-0{number}",
            "verdict": "holds",
            "message": "",
            "examples": 5,
            "is_cut": False,
            "is_worn": False,
            "reproducers": [],
            "token": token,
        }
        on_every_descriptor(json.dumps(answer).encode() + b"\n")
    return None


@hostile()
def forged_answers_on_the_output(_: object) -> object:
    """Prints answers in which every rule holds, then returns a wrong value."""
    print('{"rule": "HOST-01", "verdict": "holds"}\n' * 50, flush=True)
    return None


@hostile("holds deviates")
def prints_a_gigabyte(honest: object) -> object:
    """Prints a gigabyte."""
    for _ in range(1024):
        os.write(1, b"y" * (1 << 20))
    return honest


@hostile("holds")
def prints_much(honest: object) -> object:
    """Prints 200 MiB, and lets later rules print more."""
    for _ in range(200):
        os.write(1, b"y" * (1 << 20))
    return honest
