"""Wrong in what `override` allows while containers are reused."""

from __future__ import annotations

from typing import Any

from conformance.mutants.form import mutant
from reference_impl.extend import TaskTemplate
from reference_impl.task import fields as fields_of_template
from reference_impl.task import overriding
from tests.mutants.wrong_fields import answered


@mutant(overriding, "_OF_THE_REUSED", "OVR-10")
def reuse_allows_secrets(_: Any) -> Any:
    """override(secrets=...) is accepted while containers are reused."""
    return ("resources", "env_vars", "pod_template")


@mutant(overriding, "_OF_THE_REUSED", "OVR-10")
def reuse_allows_env_vars(_: Any) -> Any:
    """override(env_vars=...) is accepted while containers are reused."""
    return ("resources", "secrets", "pod_template")


@mutant(overriding, "_OF_THE_REUSED", "OVR-10")
def reuse_allows_resources(_: Any) -> Any:
    """override(resources=...) is accepted while containers are reused."""
    return ("env_vars", "secrets", "pod_template")


@mutant(overriding, "_OF_THE_REUSED", "OVR-25")
def reuse_allows_pod_template(_: Any) -> Any:
    """override(pod_template=...) is accepted while containers are reused."""
    return ("resources", "env_vars", "secrets")


@mutant(overriding, "_OF_THE_REUSED", "OVR-12")
def reuse_locks_queue(_: Any) -> Any:
    """override(queue=...) is refused while containers are reused."""
    return ("resources", "env_vars", "secrets", "pod_template", "queue")


@mutant(TaskTemplate, "override", "OVR-10")
def reuse_in_the_call_is_not_checked(override: Any) -> Any:
    """override(reusable=..., env_vars=...) is accepted on a template that was not reusable before."""

    def broken(self: Any, **given: Any) -> Any:
        if self.reusable is not None or given.get("reusable") in {None, "off"}:
            return override(self, **given)
        policy = given.pop("reusable")
        result = override(self, **given)
        vars(result).update(reusable=policy)
        return result

    return broken


@mutant(TaskTemplate, "override", "OVR-10")
def reuse_of_the_receiver_is_not_checked(override: Any) -> Any:
    """override(env_vars=...) is accepted on a reusable template."""

    def broken(self: Any, **given: Any) -> Any:
        if self.reusable is None or given.get("reusable") is not None:
            return override(self, **given)
        plain = self.__copy__()
        vars(plain).update(reusable=None)
        result = override(plain, **given)
        vars(result).update(reusable=self.reusable)
        return result

    return broken


@mutant(overriding, "check_reuse", "OVR-10")
def falsy_values_escape_the_reuse_check(check: Any) -> Any:
    """override(env_vars={}) is accepted on a reusable template."""

    def broken(changes: dict[str, Any], **how: Any) -> None:
        falsy = {name: changes.pop(name) for name in ("env_vars", "secrets") if changes.get(name, "") in ({}, [])}
        check(changes, **how)
        changes.update(falsy)

    return broken


@mutant(overriding, "check_reuse", "OVR-10")
def reuse_check_raises_type_error(check: Any) -> Any:
    """A field that cannot be combined with reuse raises TypeError."""

    def broken(changes: dict[str, Any], **how: Any) -> None:
        try:
            check(changes, **how)
        except ValueError as error:
            raise TypeError(str(error)) from error

    return broken


@mutant(overriding, "check_reuse", "OVR-11")
def off_does_not_permit(check: Any) -> Any:
    """override(reusable="off", env_vars=...) is refused."""

    def broken(changes: dict[str, Any], **how: Any) -> None:
        if changes.get("reusable") == "off" and {"env_vars", "resources", "secrets"} & changes.keys():
            raise ValueError("off")
        check(changes, **how)

    return broken


@mutant(overriding, "check_reuse", "OVR-11")
def off_drops_what_it_permits(check: Any) -> Any:
    """override(reusable="off", secrets=...) drops the secrets."""

    def broken(changes: dict[str, Any], **how: Any) -> None:
        if changes.get("reusable") == "off":
            changes.pop("secrets", None)
        check(changes, **how)

    return broken


@mutant(TaskTemplate, "override", "OVR-11")
def off_is_stored(override: Any) -> Any:
    """override(reusable="off") stores the string."""
    return answered(lambda _, result, given: result.update(reusable="off") if given.get("reusable") == "off" else None)(
        override
    )


@mutant(overriding, "check_reuse", "OVR-24")
def override_allows_concurrency_of_sync(check: Any) -> Any:
    """override(reusable=ReusePolicy(concurrency=2)) is accepted for a sync function."""

    def broken(changes: dict[str, Any], **how: Any) -> None:
        policy = changes.get("reusable")
        if getattr(policy, "concurrency", 1) == 1:
            check(changes, **how)

    return broken


@mutant(fields_of_template.KEEP, "reusable", "OVR-13")
def any_reuse_is_accepted(_: Any) -> Any:
    """reusable takes any value."""
    return lambda value: value
