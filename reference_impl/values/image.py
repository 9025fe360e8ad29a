"""Container images as values: a base and the layers on top of it. Nothing is built here."""

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
"""The platforms of default images; any other image is built for the first one unless it names others."""

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
"""The options of each kind of layer; kinds that are not listed have none. Source: the SDK's methods."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One step of an image.

    Parameters:
        kind: What the step does.
        arguments: Its arguments, in order.
        options: Its options, as pairs of name and repr, sorted by name.
    """

    kind: str
    arguments: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Image:
    """A container image. Two images made of the same parts are equal.

    Each `with_` method returns a new image with one more layer. Only an image that has a name and is `extendable` takes
    layers; the content of any other image is not known, and neither is the name of the result.

    Parameters:
        base_image: The address of the image that the layers are put on.
        dockerfile: The Dockerfile that the image is built from.
        registry: The registry that the image is pushed to.
        name: The name of the image in the registry.
        platform: The platforms that it is built for.
        python_version: The version of Python in it, as (major, minor); by default the running one.
        extendable: Whether layers can be added.
        layers: The layers, in order.
        registry_secret: The secret that opens the registry.
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
        """Return the default image, which is extendable.

        Parameters:
            python_version: The version of Python as (major, minor); by default the running one.
            registry: The registry that the image is pushed to.
            name: The name of the image in the registry.
            platform: The platforms that it is built for.
            registry_secret: The secret that opens the registry.
            options: `flyte_version` and `install_flyte`.

        Raises:
            InvalidTypeError: An option does not exist.
        """
        version = python_version or sys.version_info[:2]
        image = cls(
            base_image=f"python:{version[0]}.{version[1]}-slim-bookworm",
            registry=registry or "ghcr.io/flyteorg",
            name=name or "flyte",
            platform=tuple(platform or _PLATFORMS),
            python_version=version,
            extendable=True,
            registry_secret=registry_secret,
        )
        return image._with("debian", (), options) if options else image

    @classmethod
    def from_base(cls, image_uri: str) -> Self:
        """Return an existing image.

        Parameters:
            image_uri: The address of the image.

        Raises:
            InvalidTypeError: The address is not a string.
        """
        need("image_uri", image_uri, (str,), "the address of an image")
        return cls(base_image=image_uri)

    @classmethod
    def from_ref_name(cls, name: str = "default") -> Self:
        """Return an image that is defined in the configuration.

        Parameters:
            name: The name of the image in the configuration.
        """
        return cls(name=name)

    @classmethod
    def from_dockerfile(
        cls, file: str | Path, registry: str, name: str, platform: str | tuple[str, ...] | None = None
    ) -> Self:
        """Return an image that is built from a Dockerfile.

        Parameters:
            file: The Dockerfile.
            registry: The registry that the image is pushed to.
            name: The name of the image in the registry.
            platform: The platform or platforms that it is built for.
        """
        platforms = (platform,) if isinstance(platform, str) else tuple(platform or cls.platform)
        return cls(dockerfile=Path(file), registry=registry, name=name, platform=platforms)

    @classmethod
    def from_uv_script(cls, script: str | Path, **options: Any) -> Self:
        """Return the default image with the requirements that a uv script declares.

        Parameters:
            script: The script.
            options: Parameters of `from_debian_base`, and options of `with_pip_packages`.

        Raises:
            InvalidTypeError: An option does not exist.
        """
        own = ("name", "registry", "registry_secret", "python_version", "platform")
        base = cls.from_debian_base(**{key: options.pop(key, None) for key in own})
        return base._with("uv_script", (script,), options)  # noqa: SLF001 - this is the class's own method

    @property
    def uri(self) -> str:
        """The address of the image. That of an image to be built ends in a digest of its parts."""
        if self.base_image and not self.name:
            return self.base_image
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:16]
        return "/".join(filter(None, [self.registry, f"{self.name}:{digest}"]))

    def clone(self, **changes: Any) -> Self:
        """Return a copy of the image with some fields changed.

        Parameters:
            changes: The new values by field name; None keeps the present value.
        """
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    def _with(self, kind: str, arguments: tuple[object, ...] = (), options: Mapping[str, object] | None = None) -> Self:
        """Return the image with one more layer; an option that is None counts as not given.

        Raises:
            InvalidTypeError: An option does not exist.
            InvalidValueError: The image does not take layers.
        """
        known = _OPTIONS.get(kind, ())
        given = tuple(sorted((name, repr(value)) for name, value in (options or {}).items() if value is not None))
        if unknown := [name for name, _ in given if name not in known]:
            raise InvalidTypeError(f"{kind} layer, {unknown[0]}=...: no such option.{nearest(unknown[0], known)}")
        if not self.extendable or self.name is None:
            raise InvalidValueError(
                f"image {self.name or self.base_image!r} does not take layers. Use image.clone(name=..., "
                "extendable=True), or start with Image.from_debian_base()."
            )
        layer = Layer(kind=kind, arguments=tuple(map(str, arguments)), options=given)
        return replace(self, layers=(*self.layers, layer))

    def with_pip_packages(self, *packages: str, **options: Any) -> Self:
        """Return the image with Python packages installed.

        Parameters:
            packages: The requirements.
            options: `index_url`, `extra_index_urls`, `pre`, `extra_args` and `secret_mounts`.
        """
        return self._with("pip", packages, options)

    def with_requirements(self, file: str | Path, **options: Any) -> Self:
        """Return the image with the packages that a requirements file lists.

        Parameters:
            file: The requirements file.
            options: As for `with_pip_packages`.
        """
        return self._with("requirements", (file,), options)

    def with_uv_project(self, pyproject_file: str | Path, **options: Any) -> Self:
        """Return the image with a uv project installed.

        Parameters:
            pyproject_file: The `pyproject.toml` of the project.
            options: `uvlock`, `project_install_mode`, and those of `with_pip_packages`.
        """
        return self._with("uv_project", (pyproject_file,), options)

    def with_poetry_project(self, pyproject_file: str | Path, **options: Any) -> Self:
        """Return the image with a poetry project installed.

        Parameters:
            pyproject_file: The `pyproject.toml` of the project.
            options: `poetry_lock`, `project_install_mode`, and those of `with_pip_packages`.
        """
        return self._with("poetry_project", (pyproject_file,), options)

    def with_apt_packages(self, *packages: str, **options: Any) -> Self:
        """Return the image with Debian packages installed.

        Parameters:
            packages: The names of the packages.
            options: `secret_mounts`.
        """
        return self._with("apt", packages, options)

    def with_commands(self, commands: list[str], **options: Any) -> Self:
        """Return the image after some shell commands have been run in it.

        Parameters:
            commands: The commands, in order.
            options: `secret_mounts`.
        """
        return self._with("commands", tuple(commands), options)

    def with_env_vars(self, env_vars: Mapping[str, str]) -> Self:
        """Return the image with environment variables set.

        Parameters:
            env_vars: The values by name.
        """
        return self._with("env", tuple(f"{name}={value}" for name, value in env_vars.items()))

    def with_workdir(self, workdir: str) -> Self:
        """Return the image with another working directory.

        Parameters:
            workdir: The directory.
        """
        return self._with("workdir", (workdir,))

    def with_source_file(self, src: Path | list[Path], dst: str = ".") -> Self:
        """Return the image with files copied into it.

        Parameters:
            src: The file or files.
            dst: The directory in the image.
        """
        return self._with("source", (*(src if isinstance(src, list) else [src]), dst))

    def with_source_folder(self, src: Path, dst: str = ".", **options: Any) -> Self:
        """Return the image with a folder copied into it.

        Parameters:
            src: The folder.
            dst: The directory in the image.
            options: `copy_contents_only`.
        """
        return self._with("source", (src, dst), options)

    def with_code_bundle(self, dst: str = ".", **options: Any) -> Self:
        """Return the image with the code of the tasks copied into it.

        Parameters:
            dst: The directory in the image.
            options: `copy_style`.
        """
        return self._with("code_bundle", (dst,), options)

    def with_dockerignore(self, path: Path) -> Self:
        """Return the image with a file that says what is not copied into it.

        Parameters:
            path: The file.
        """
        return self._with("dockerignore", (path,))

    def with_local_v2(self) -> Self:
        """Return the image with the SDK of this machine installed."""
        return self._with("local")
