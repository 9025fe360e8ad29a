"""Container images as values: a base and the layers on it. Nothing is built here."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.values.checks import need
from reference_impl.values.text import nearest

_PLATFORMS = ("linux/amd64", "linux/arm64")
"""What default images are built for; all others are built for the first alone, unless they say otherwise."""

_FETCHING = ("index_url", "extra_index_urls", "pre", "extra_args", "secret_mounts")
_PROJECT = (*_FETCHING, "project_install_mode")

_OPTIONS: dict[str, tuple[str, ...]] = {
    "apt": ("secret_mounts",),
    "code_bundle": ("copy_style",),
    "commands": ("secret_mounts",),
    "debian": ("flyte_version", "install_flyte"),
    "pip": _FETCHING,
    "poetry_project": ("poetry_lock", *_PROJECT),
    "requirements": _FETCHING,
    "source": ("copy_contents_only",),
    "uv_project": ("uvlock", *_PROJECT),
    "uv_script": _FETCHING,
}
"""Per kind of layer the options there are; kinds that are not here have none. Source: the SDK's methods."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One step of an image: what kind, its arguments in order, its options sorted by name."""

    kind: str
    arguments: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Image:
    """A base image and the layers on it.

    Two images of the same parts are equal; each `with_` method returns a new one. Only an image that is `extendable`
    and has a name takes layers: of another nobody knows what is in it, or what to call the result.
    """

    base_image: str | None = None
    dockerfile: Path | None = None
    registry: str | None = None
    name: str | None = None
    platform: tuple[str, ...] = _PLATFORMS[:1]
    python_version: tuple[int, int] = field(default_factory=lambda: sys.version_info[:2])
    extendable: bool = False
    layers: tuple[Layer, ...] = ()
    registry_secret: Any = None

    @classmethod
    def from_debian_base(
        cls,
        python_version: tuple[int, int] | None = None,
        *,
        registry: str | None = None,
        name: str | None = None,
        platform: tuple[str, ...] | None = None,
        registry_secret: Any = None,
        **options: Any,
    ) -> Self:
        """Return the default image for a version of Python, by default the running one; it is extendable.

        Raises:
            InvalidTypeError: There is no such option.
        """
        major, minor = python_version or sys.version_info[:2]
        image = cls(
            base_image=f"python:{major}.{minor}-slim-bookworm",
            registry=registry or "ghcr.io/flyteorg",
            name=name or "flyte",
            platform=tuple(platform or _PLATFORMS),
            python_version=(major, minor),
            extendable=True,
            registry_secret=registry_secret,
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
    def from_dockerfile(
        cls, file: str | Path, registry: str, name: str, platform: str | tuple[str, ...] | None = None
    ) -> Self:
        """Return an image to be built from a Dockerfile."""
        platforms = (platform,) if isinstance(platform, str) else tuple(platform or cls.platform)
        return cls(dockerfile=Path(file), registry=registry, name=name, platform=platforms)

    @classmethod
    def from_uv_script(cls, script: str | Path, **options: Any) -> Self:
        """Return the default image with the requirements that a uv script declares."""
        own = ("name", "registry", "registry_secret", "python_version", "platform")
        base = cls.from_debian_base(**{key: options.pop(key, None) for key in own})
        return base._with("uv_script", (script,), options)  # noqa: SLF001 - both are halves of one thing

    @property
    def uri(self) -> str:
        """The address of the image; for one that is built it carries a digest of what it is built from."""
        if self.base_image and not self.name:
            return self.base_image
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:16]
        return "/".join(filter(None, [self.registry, f"{self.name}:{digest}"]))

    def clone(self, **changes: Any) -> Self:
        """Return the image with a new registry, name, base image, Python version, or `extendable`; None keeps it."""
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    def _with(self, kind: str, arguments: tuple[object, ...] = (), options: Mapping[str, object] | None = None) -> Self:
        """Return the image with one more layer; options that are None are as if not given.

        Raises:
            InvalidTypeError: There is no such option.
            InvalidValueError: The image does not take layers.
        """
        known = _OPTIONS.get(kind, ())
        given = tuple(sorted((name, repr(value)) for name, value in (options or {}).items() if value is not None))
        if unknown := [name for name, _ in given if name not in known]:
            raise InvalidTypeError(f"{kind} layer, {unknown[0]}=...: no such option.{nearest(unknown[0], known)}")
        if not self.extendable or self.name is None:
            raise InvalidValueError(
                f"image {self.name or self.base_image!r} takes no layers. Use image.clone(name=..., extendable=True), "
                "or start with Image.from_debian_base()."
            )
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
        return self._with("source", (*(src if isinstance(src, list) else [src]), dst))

    def with_source_folder(self, src: Path, dst: str = ".", **options: Any) -> Self:
        """Return the image with a folder copied into it."""
        return self._with("source", (src, dst), options)

    def with_code_bundle(self, dst: str = ".", **options: Any) -> Self:
        """Return the image with the code of the tasks copied into it."""
        return self._with("code_bundle", (dst,), options)

    def with_dockerignore(self, path: Path) -> Self:
        """Return the image with a file that says what is not copied."""
        return self._with("dockerignore", (path,))

    def with_local_v2(self) -> Self:
        """Return the image with the SDK of this machine."""
        return self._with("local")
