"""The secrets that a task asks for."""

from __future__ import annotations

import hashlib
import pathlib
import re
from dataclasses import dataclass

from reference_impl.errors import InvalidValueError
from reference_impl.values.frozen import freeze

ENV_VAR = re.compile(r"[A-Z_][A-Z0-9_]*")
"""The names that an environment variable may have. Source: rule VAL-06."""

MOUNT = pathlib.Path("/etc/flyte/secrets")
"""The only folder that secrets can be mounted in. Source: rule VAL-06."""


@dataclass(frozen=True)
class Secret:
    """A secret, mounted as a file or set as an environment variable.

    Parameters:
        key: The key of the secret.
        group: The group that the key belongs to.
        mount: The folder that the secret is mounted in, `/etc/flyte/secrets`.
        as_env_var: The name of the environment variable. Without a mount it defaults to `[GROUP_]KEY` in capitals, with
            `_` in place of `-`.

    Raises:
        InvalidValueError: The name is not valid for an environment variable, or the folder is another one.
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
            raise InvalidValueError(f"mount={str(self.mount)!r}: secrets can only be mounted in {str(MOUNT)!r}.")
        if self.as_env_var is not None and not ENV_VAR.fullmatch(self.as_env_var):
            raise InvalidValueError(
                f"as_env_var={self.as_env_var!r}: not a valid name for an environment variable. Give one that matches "
                f"{ENV_VAR.pattern}."
            )

    def stable_hash(self) -> str:
        """Return a hash in hexadecimal that is the same in every process."""
        parts = (self.key, self.group or "", str(self.mount or ""), self.as_env_var or "")
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def __hash__(self) -> int:
        return int(self.stable_hash()[:16], 16)


SecretRequest = str | Secret | list[str | Secret]
"""What a `secrets` parameter accepts: a key, a Secret, or a list of both."""
