"""Options that only a cluster uses are accepted; options that do not exist are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reference_impl import TaskEnvironment, current_domain, current_project, init, init_from_config, with_runcontext
from reference_impl.errors import InitializationError, InvalidTypeError


@TaskEnvironment("options").task
def nothing() -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    ("call", "option", "nearest"),
    [
        (init, "projct", "project"),
        (init_from_config, "root", "root_dir"),
        (with_runcontext, "nam", "name"),
    ],
)
def test_unknown_option_is_refused(call: Callable[..., object], option: str, nearest: str) -> None:
    """A mistyped option is refused, and the message suggests the closest one."""
    with pytest.raises(InvalidTypeError, match=f"{option}=.*Did you mean {nearest}"):
        call(**{option: "x"})


def test_options_for_clusters_change_nothing() -> None:
    """Labels and queues do not change a runner."""
    assert with_runcontext(mode="local", labels={"a": "b"}, queue="q") == with_runcontext(mode="local")


def test_there_is_no_other_mode_than_local() -> None:
    """A run on a cluster is refused; it does not run in this process instead."""
    with pytest.raises(InitializationError, match="no cluster"):
        with_runcontext(mode="remote").run(nothing)


def test_project_and_domain_are_those_that_init_was_told() -> None:
    """The last project passed to `init` is returned; a domain that was not passed is an error that says what to do."""
    init_from_config("config.yaml", project="p")

    assert current_project() == "p"
    with pytest.raises(InitializationError, match="domain=") as caught:
        current_domain()
    assert caught.value.code == "DomainNotInitializedError"
