"""Secrets that a task asks for."""

from __future__ import annotations

import hashlib
import pathlib
import re
from dataclasses import dataclass

from reference_impl.errors import InvalidValueError
from reference_impl.values.frozen import freeze

ENV_VAR = re.compile(r"[A-Z_][A-Z0-9_]*")
"""The names that an environment variable may have. Source: the contract, Secret."""

MOUNT = pathlib.Path("/etc/flyte/secrets")
"""The one folder where secrets can be mounted. Source: the contract, Secret."""


@dataclass(frozen=True)
class Secret:
    """A secret by key (and group), mounted as a file or set as an environment variable.

    Without a mount and a name, the variable is called `[GROUP_]KEY` in capitals, with `-` as `_`.

    Raises:
        InvalidValueError: The name is no environment variable's, or the mount is not the one folder there is.
    """

    key: str
    group: str | None = None
    mount: pathlib.Path | None = None
    as_env_var: str | None = None

    def __post_init__(self) -> None:
        if not self.mount and not self.as_env_var:
            name = f"{self.group}_{self.key}" if self.group else self.key
            freeze(self, as_env_var=name.replace("-", "_").upper())
        if self.mount and pathlib.Path(self.mount) != MOUNT:
            raise InvalidValueError(f"mount={str(self.mount)!r}: secrets can be mounted at {str(MOUNT)!r} only.")
        if self.as_env_var is not None and not ENV_VAR.fullmatch(self.as_env_var):
            raise InvalidValueError(
                f"as_env_var={self.as_env_var!r}: no name for an environment variable. It must match "
                f"{ENV_VAR.pattern}; give one with as_env_var=..."
            )

    def stable_hash(self) -> str:
        """Return a hash in hexadecimal that is the same in every process."""
        parts = (self.key, self.group or "", str(self.mount or ""), self.as_env_var or "")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def __hash__(self) -> int:
        return int(self.stable_hash()[:16], 16)


SecretRequest = str | Secret | list[str | Secret]
"""What a `secrets` parameter accepts: a key, a Secret, or a list of both."""


def secrets_from_request(secrets: SecretRequest) -> list[Secret]:
    """Return the request as a list of Secrets, keys turned into Secrets."""
    wanted = [secrets] if isinstance(secrets, (str, Secret)) else secrets
    return [secret if isinstance(secret, Secret) else Secret(key=secret) for secret in wanted]
