"""Rule VAL-16, as observed: images are values that are built in steps."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import type_of
from conformance.contracts.task_template.strategies.values import Values, words
from conformance.contracts.task_template.suite.acts import call_text
from conformance.contracts.task_template.suite.test_records import check_attributes
from conformance.engine.properties import calling, check, check_equal, check_instance, expect_raises
from conformance.engine.rules import rule

FETCHING: Mapping[str, Values] = {
    "index_url": words(),
    "extra_index_urls": st.lists(words(), min_size=1, max_size=2).map(tuple),
    "pre": st.just(True),
    "extra_args": words(),
    "secret_mounts": words(),
}
"""Options of each step that fetches Python packages."""

SECRET: Mapping[str, Values] = {"secret_mounts": words()}

PROJECT: Mapping[str, Values] = {**FETCHING, "project_install_mode": st.just("install_project")}

WORD_LISTS = st.lists(words(), min_size=1, max_size=3)

STEPS: Mapping[str, tuple[Values, Mapping[str, Values]]] = {
    "with_pip_packages": (WORD_LISTS.map(tuple), FETCHING),
    "with_apt_packages": (WORD_LISTS.map(tuple), SECRET),
    "with_commands": (st.tuples(WORD_LISTS), SECRET),
    "with_env_vars": (st.tuples(st.dictionaries(words(), words(), min_size=1, max_size=2)), {}),
    "with_workdir": (st.tuples(words()), {}),
    "with_requirements": (st.tuples(words().map("{}.txt".format)), FETCHING),
    "with_uv_project": (st.tuples(words().map("{}.toml".format)), PROJECT),
    "with_poetry_project": (
        st.tuples(words().map("{}.toml".format)),
        {name: PROJECT[name] for name in ("extra_args", "secret_mounts", "project_install_mode")},
    ),
    "with_source_file": (st.tuples(words().map(Path)), {"dst": words()}),
    "with_source_folder": (st.tuples(words().map(Path)), {"copy_contents_only": st.just(True)}),
    "with_code_bundle": (st.just(()), {"dst": words(), "copy_style": st.just("all")}),
    "with_dockerignore": (st.tuples(words().map(Path)), {}),
}
"""Per step of an image its positional arguments and its options. No file is read before the image is built."""

Step = tuple[str, tuple[Any, ...], dict[str, Any]]


def steps() -> st.SearchStrategy[Step]:
    """One step of an image, with any of its options."""

    def one(name: str) -> st.SearchStrategy[Step]:
        positional, options = STEPS[name]
        return st.tuples(st.just(name), positional, st.fixed_dictionaries({}, optional=dict(options)))

    return st.sampled_from(sorted(STEPS)).flatmap(one)


def offered_steps(kind: Any, drawn: Sequence[Step]) -> list[Step]:
    """Return those of the steps that there are, with those of their options that there are: releases added some."""
    found = [(name, positional, options) for name, positional, options in drawn if hasattr(kind, name)]
    return [(name, positional, _taken(getattr(kind, name), options)) for name, positional, options in found]


def _taken(method: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a method takes."""
    parameters = inspect.signature(method).parameters
    takes_any = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    return {name: value for name, value in options.items() if takes_any or name in parameters}


def varied(value: Any) -> Any:
    """Return another value of the same type, the same one of a type that is not known."""
    if isinstance(value, list):
        return [*value, "more"]
    if isinstance(value, dict):
        return {**value, "more": ""}
    if isinstance(value, tuple):
        return (*value, "more")
    if isinstance(value, str):
        return f"more{value}"
    return Path("more", value) if isinstance(value, Path) else value


def other_steps(taken: list[Step]) -> Iterator[list[Step]]:
    """Yield sequences of steps that differ in one thing: the order, a step, an argument, an option."""
    yield taken[::-1]
    for place, (name, positional, options) in enumerate(taken):
        before, behind = taken[:place], taken[place + 1 :]
        yield [*before, *behind]
        for number, value in enumerate(positional):
            others = (*positional[:number], varied(value), *positional[number + 1 :])
            yield [*before, (name, others, options), *behind]
        for option, value in options.items():
            yield [*before, (name, positional, {**options, option: varied(value)}), *behind]
            yield [*before, (name, positional, {key: options[key] for key in options if key != option}), *behind]


def with_steps(image: Any, taken: Sequence[Step]) -> Any:
    """Return an image with some steps; an exception is a deviation."""
    for name, positional, options in taken:
        with calling(f"image.{name}(*{positional!r}, **{options!r})"):
            image = getattr(image, name)(*copy.deepcopy(positional), **copy.deepcopy(options))
    return image


EVERY_OPTION: Sequence[Step] = (
    ("with_pip_packages", ("a",), {"index_url": "u", "extra_index_urls": ("v",), "pre": True, "extra_args": "x"}),
    ("with_apt_packages", ("a", "b"), {"secret_mounts": "s"}),
    ("with_commands", (["a", "b"],), {"secret_mounts": "s"}),
    ("with_requirements", ("r.txt",), {"pre": True, "secret_mounts": "s"}),
    ("with_uv_project", ("p.toml",), {"index_url": "u", "project_install_mode": "install_project"}),
    ("with_poetry_project", ("p.toml",), {"extra_args": "x", "project_install_mode": "install_project"}),
    ("with_source_folder", (Path("s"),), {"copy_contents_only": True}),
    ("with_source_folder", (Path("s"),), {"dst": "d"}),
    ("with_code_bundle", (), {"dst": "d", "copy_style": "all"}),
    ("with_dockerignore", (Path("i"),), {}),
    ("with_source_file", (Path("f"),), {"dst": "d"}),
    ("with_env_vars", ({"A": "1"},), {}),
    ("with_workdir", ("w",), {}),
)
"""Each step once."""


@rule("VAL-16")
@given(taken=st.lists(steps(), min_size=1, max_size=4), other=steps())
@example(taken=list(EVERY_OPTION), other=("with_workdir", ("",), {}))
@example(taken=[("with_pip_packages", ("a", "b"), {})], other=("with_pip_packages", ("a",), {}))
@example(taken=[("with_env_vars", ({"A": "1"},), {})], other=("with_env_vars", ({"A": "2"},), {}))
def test_image_steps(impl: Adapter, taken: list[Step], other: Step) -> None:
    """Each step gives a new image, equal to one of the same steps and to no other; the image before stays as it was."""
    kind = type_of(impl, "Image")
    base, untouched = kind.from_debian_base(), kind.from_debian_base()
    taken, others = offered_steps(kind, taken), offered_steps(kind, [other])
    assume(taken and others)
    image, again = with_steps(base, taken), with_steps(base, taken)

    what = f"Image.from_debian_base() with the steps {[name for name, _, _ in taken]}"
    check_instance(image, kind, what)
    check_equal(base, untouched, f"the image before {what}")
    check_equal(image, again, what)
    check_equal(hash(image), hash(again), f"the hash of {what}")
    check_equal(pickle.loads(pickle.dumps(image)), image, f"pickled {what}")  # noqa: S301 - our own bytes
    for steps_of_another in (*other_steps(taken), [*taken[:-1], *others]):
        if steps_of_another != taken:
            check(with_steps(base, steps_of_another) != image, f"{what} equals that with the steps {steps_of_another}")


@rule("VAL-16")
@given(variables=st.dictionaries(words(), words(), min_size=1), packages=WORD_LISTS)
@example(variables={"A": "1"}, packages=["a"])
def test_image_uri(impl: Adapter, variables: dict[str, str], packages: list[str]) -> None:
    """The address of a built image depends on its steps; that of an existing image is the given one."""
    base = type_of(impl, "Image").from_debian_base(name="n")
    first, again = (with_steps(base, [("with_env_vars", (variables,), {})]) for _ in range(2))
    second = with_steps(first, [("with_apt_packages", tuple(packages), {})])

    check_equal(first.uri, again.uri, f"the uri of an image with the variables {variables}")
    check(first.uri != second.uri, f"the uri of an image with {packages}: it is that of the one without")


OF_IMAGES: Mapping[str, Any] = {
    "registry": "registry.example.org",
    "name": "n",
    "platform": ("linux/arm64",),
    "python_version": (3, 12),
}
"""The arguments of an image, which it shows under the same names."""


@rule("VAL-16")
@given(named=st.dictionaries(st.sampled_from(sorted(OF_IMAGES)), st.none(), min_size=1), reference=words())
@example(named=dict.fromkeys(OF_IMAGES), reference="image:1")
def test_image_origins(impl: Adapter, named: dict[str, None], reference: str) -> None:
    """The origin of an image decides what its attributes are, and whether it accepts steps."""
    kind = type_of(impl, "Image")
    expected = {name: OF_IMAGES[name] for name in named}
    plain = kind.from_debian_base()
    check_attributes(plain, {"platform": ("linux/amd64", "linux/arm64")}, "Image.from_debian_base()")
    with calling(call_text("Image.from_debian_base", expected)):
        image = kind.from_debian_base(**expected)
    check_attributes(image, expected, call_text("Image.from_debian_base", expected))
    check(kind.from_debian_base(install_flyte=False) != plain, "install_flyte=False gives the same image")

    base = kind.from_base(reference)
    what = f"Image.from_base({reference!r})"
    check_attributes(
        base, {"base_image": reference, "uri": reference, "name": None, "platform": ("linux/amd64",)}, what
    )
    with expect_raises(ValueError, f"{what}.with_workdir('w')"):
        base.with_workdir("w")
    with expect_raises(ValueError, f"{what}.clone(name='n').with_workdir('w')"):
        base.clone(name="n").with_workdir("w")
    with expect_raises(ValueError, f"{what}.clone(extendable=True).with_workdir('w')"):
        base.clone(extendable=True).with_workdir("w")
    clone = base.clone(name="n", registry="r", extendable=True)
    check_attributes(clone, {"name": "n", "registry": "r", "base_image": reference}, f"{what}.clone(...)")
    check(clone.with_workdir("w") != clone, f"{what}.clone(...).with_workdir('w') changed nothing")

    for platform, shown_as in (("linux/arm64", ("linux/arm64",)), (None, ("linux/amd64",))):
        file = kind.from_dockerfile(Path("Dockerfile"), "r", "n", platform=platform)
        told = {
            "dockerfile": Path("Dockerfile"),
            "registry": "r",
            "name": "n",
            "platform": shown_as,
            "base_image": None,
        }
        check_attributes(file, told, f"Image.from_dockerfile(..., platform={platform!r})")
    script = kind.from_uv_script("s.py", **OF_IMAGES)
    check_attributes(script, OF_IMAGES, "Image.from_uv_script('s.py', ...)")
    check(script != kind.from_uv_script("t.py", **OF_IMAGES), "Image.from_uv_script: two scripts give one image")
    indexed = [kind.from_uv_script("s.py", **OF_IMAGES, index_url=url) for url in ("u", "v")]
    check(script != indexed[0] != indexed[1], "Image.from_uv_script: index_url makes no difference")
    check(plain.base_image, f"Image.from_debian_base().base_image: got {plain.base_image!r}")
    older, newer = (kind.from_debian_base(python_version=(3, minor)).base_image for minor in (11, 12))
    check(older != newer, f"Image.from_debian_base(python_version=...): two versions of Python give {older!r}")
    check_attributes(kind.from_ref_name("n"), {"name": "n"}, "Image.from_ref_name('n')")
