"""Container images as values: a base and the layers on it. Nothing is built here."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from reference_impl.checks import need


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One step of an image: what kind, its arguments in order, its options sorted by name."""

    kind: str
    arguments: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Image:
    """A base image and the layers on it.

    Two images of the same parts are equal; each `with_` method returns a new one.
    """

    base_image: str | None = None
    name: str | None = None
    registry: str | None = None
    python_version: tuple[int, int] | None = None
    platform: tuple[str, ...] = ("linux/amd64", "linux/arm64")
    dockerfile: Path | None = None
    layers: tuple[Layer, ...] = ()

    @classmethod
    def from_debian_base(
        cls,
        python_version: tuple[int, int] | None = None,
        *,
        registry: str | None = None,
        name: str | None = None,
        platform: tuple[str, ...] | None = None,
        **options: Any,
    ) -> Self:
        """Return the default image for a version of Python, by default the running one."""
        major, minor = python_version or sys.version_info[:2]
        image = cls(
            base_image=f"python:{major}.{minor}-slim-bookworm",
            name=name,
            registry=registry,
            python_version=(major, minor),
            platform=tuple(platform or cls.platform),
        )
        return image._with("debian", (), options) if options else image

    @classmethod
    def from_base(cls, image_uri: str) -> Self:
        """Return an existing image by its address.

        Raises:
            InvalidTypeError: The address is no text.
        """
        need("image_uri", image_uri, (str,), "the address of an image")
        return cls(base_image=image_uri)

    @classmethod
    def from_ref_name(cls, name: str = "default") -> Self:
        """Return an image that the configuration knows by a name."""
        return cls(name=name)

    @classmethod
    def from_dockerfile(cls, file: str | Path, registry: str, name: str, **options: Any) -> Self:
        """Return an image to be built from a Dockerfile."""
        image = cls(dockerfile=Path(file), registry=registry, name=name)
        return image._with("dockerfile", (), options) if options else image

    @classmethod
    def from_uv_script(cls, script: str | Path, **options: Any) -> Self:
        """Return the default image with the requirements that a uv script declares."""
        names = {key: options.pop(key, None) for key in ("name", "registry", "python_version")}
        return cls.from_debian_base(**names)._with("uv_script", (str(script),), options)  # noqa: SLF001 - both are halves of one thing

    @property
    def uri(self) -> str:
        """The address of the image; for one with layers it carries a digest of them."""
        if not self.layers and self.base_image and not self.name:
            return self.base_image
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:16]
        return "/".join(filter(None, [self.registry, f"{self.name or 'image'}:{digest}"]))

    def clone(self, **changes: Any) -> Self:
        """Return the image with a new registry, name, base image or Python version."""
        return replace(self, **{name: value for name, value in changes.items() if name in self.__dataclass_fields__})

    def _with(self, kind: str, arguments: tuple[object, ...] = (), options: Mapping[str, object] | None = None) -> Self:
        """Return the image with one more layer; options that are None are as if not given."""
        given = tuple(sorted((name, repr(value)) for name, value in (options or {}).items() if value is not None))
        layer = Layer(kind=kind, arguments=tuple(map(str, arguments)), options=given)
        return replace(self, layers=(*self.layers, layer))

    def with_pip_packages(self, *packages: str, **options: Any) -> Self:
        """Return the image with Python packages."""
        return self._with("pip", packages, options)

    def with_requirements(self, file: str | Path, **options: Any) -> Self:
        """Return the image with the packages that a requirements file lists."""
        return self._with("requirements", (file,), options)

    def with_uv_project(self, pyproject_file: str | Path, **options: Any) -> Self:
        """Return the image with a uv project."""
        return self._with("uv_project", (pyproject_file,), options)

    def with_poetry_project(self, pyproject_file: str | Path, **options: Any) -> Self:
        """Return the image with a poetry project."""
        return self._with("poetry_project", (pyproject_file,), options)

    def with_apt_packages(self, *packages: str, **options: Any) -> Self:
        """Return the image with Debian packages."""
        return self._with("apt", packages, options)

    def with_commands(self, commands: list[str], **options: Any) -> Self:
        """Return the image after some shell commands."""
        return self._with("commands", tuple(commands), options)

    def with_env_vars(self, env_vars: Mapping[str, str]) -> Self:
        """Return the image with environment variables."""
        return self._with("env", tuple(f"{name}={value}" for name, value in env_vars.items()))

    def with_workdir(self, workdir: str) -> Self:
        """Return the image with a working folder."""
        return self._with("workdir", (workdir,))

    def with_source_file(self, src: Path | list[Path], dst: str = ".") -> Self:
        """Return the image with files copied into it."""
        return self._with("copy", (*(src if isinstance(src, list) else [src]), dst))

    def with_source_folder(self, src: Path, dst: str = ".", *, copy_contents_only: bool = False) -> Self:
        """Return the image with a folder copied into it."""
        return self._with("copy", (src, dst), {"copy_contents_only": copy_contents_only})

    def with_dockerignore(self, path: Path) -> Self:
        """Return the image with a file that says what is not copied."""
        return self._with("dockerignore", (path,))

    def with_local_v2(self) -> Self:
        """Return the image with the SDK of this machine."""
        return self._with("local")
