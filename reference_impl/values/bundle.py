"""The code that a task is shipped with, and the settings that apply when it is serialized."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass, replace
from typing import Any

from reference_impl.errors import InvalidValueError
from reference_impl.values.frozen import freeze, frozen_list
from reference_impl.values.terse import Terse


@dataclass(frozen=True, kw_only=True, repr=False)
class CodeBundle(Terse):
    """Packed code: an archive or a pickle.

    Parameters:
        computed_version: The version of the code.
        destination: The folder that the code is unpacked to.
        tgz: The path of the archive.
        pkl: The path of the pickle.
        downloaded_path: The folder that the code was unpacked to, once it was.
        files: The files in the bundle; the list is copied.

    Raises:
        InvalidValueError: Neither an archive nor a pickle is given.
    """

    computed_version: str
    destination: str = "."
    tgz: str | None = None
    pkl: str | None = None
    downloaded_path: pathlib.Path | None = None
    files: list[str] | None = None

    def __post_init__(self) -> None:
        if self.tgz is None and self.pkl is None:
            raise InvalidValueError(
                "tgz=None, pkl=None: a code bundle is an archive or a pickle. Give one of the paths."
            )
        if self.files is not None:
            freeze(self, files=frozen_list(self.files))

    def with_downloaded_path(self, path: pathlib.Path) -> CodeBundle:
        """Return the same bundle with the folder that it was unpacked to.

        Parameters:
            path: The folder.
        """
        return replace(self, downloaded_path=path)


@dataclass(frozen=True)
class SerializationContext:
    """The settings that apply when a task is serialized. `{{...}}` in a default is filled in when the task runs.

    Parameters:
        version: The version that the task is registered under.
        project: The project of the task.
        domain: The domain of the task.
        org: The organisation of the task.
        code_bundle: The code that the task is shipped with.
        input_path: Where the container reads its inputs.
        output_path: Where the container writes its outputs.
        interpreter_path: The Python interpreter in the container.
        image_cache: The images that were built: an object with a string `serialized_form` or `to_transport`.
        root_dir: The folder that module names start from.
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
        """Return the path of the entry point script, which is in the folder of the interpreter.

        Parameters:
            interpreter_path: Another interpreter than that of this context.
        """
        return str(pathlib.PurePath(interpreter_path or self.interpreter_path).parent / "runtime.py")
