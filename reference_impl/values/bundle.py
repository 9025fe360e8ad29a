"""What a task is packed in, and what is known when it is packed."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass, replace
from typing import Any

from reference_impl.errors import InvalidValueError
from reference_impl.values.frozen import freeze, frozen_list
from reference_impl.values.terse import Terse


@dataclass(frozen=True, kw_only=True, repr=False)
class CodeBundle(Terse):
    """Packed code: its version, where it is unpacked, and the archive (`tgz`) or pickle (`pkl`) it is in.

    Raises:
        InvalidValueError: Neither archive nor pickle.
    """

    computed_version: str
    destination: str = "."
    tgz: str | None = None
    pkl: str | None = None
    downloaded_path: pathlib.Path | None = None
    files: list[str] | None = None

    def __post_init__(self) -> None:
        if self.tgz is None and self.pkl is None:
            raise InvalidValueError("tgz=None, pkl=None: a code bundle is one of the two. Give the path of it.")
        if self.files is not None:
            freeze(self, files=frozen_list(self.files))

    def with_downloaded_path(self, path: pathlib.Path) -> CodeBundle:
        """Return the same bundle, unpacked at `path`."""
        return replace(self, downloaded_path=path)


@dataclass(frozen=True)
class SerializationContext:
    """What is known when a task is packed; `{{...}}` stands for what is filled in later.

    `image_cache` is anything with a `serialized_form` or a `to_transport` text. `root_dir` is the folder that modules
    are named from.
    """

    version: str
    project: str | None = None
    domain: str | None = None
    org: str | None = None
    code_bundle: CodeBundle | None = None
    input_path: str = "{{.input}}"
    output_path: str = "{{.outputPrefix}}"
    interpreter_path: str = "/opt/venv/bin/python"
    image_cache: Any = None
    root_dir: pathlib.Path | None = None

    def get_entrypoint_path(self, interpreter_path: str | None = None) -> str:
        """Return the path of the entry point, which lies beside the interpreter."""
        return str(pathlib.PurePath(interpreter_path or self.interpreter_path).parent / "runtime.py")
