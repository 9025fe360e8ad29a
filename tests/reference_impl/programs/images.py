"""Describe container images layer by layer, and see which ones take layers."""

import flyte

custom = (
    flyte.Image.from_debian_base(name="mine", registry="example.org/me", python_version=(3, 12))
    .with_apt_packages("git", "curl")
    .with_pip_packages("numpy==1.26", "pandas", pre=True)
    .with_env_vars({"A": "1"})
    .with_workdir("/app")
    .with_commands(["echo hi"])
)
existing = flyte.Image.from_base("python:3.11-slim")

plain_env = flyte.TaskEnvironment("plain-image")
own_env = flyte.TaskEnvironment("own-image", image=custom)
named_env = flyte.TaskEnvironment("named-image", image="example.org/x/y:1")


@plain_env.task
def plain() -> str:
    """Run in the default image."""
    return "plain"


@own_env.task
def own() -> str:
    """Run in an image of our own."""
    return "own"


@named_env.task
def named() -> str:
    """Run in an image that exists already."""
    return "named"


def refusals() -> list[str]:
    """Return what cannot be done to an image."""
    attempts = {
        "layer on an image of others": lambda: existing.with_pip_packages("x"),
        "layer on one without name": lambda: existing.clone(extendable=True).with_workdir("/"),
        "layer on a Dockerfile": lambda: flyte.Image.from_dockerfile("Dockerfile", "r", "n").with_env_vars({"A": "b"}),
        "unknown option": lambda: custom.with_pip_packages("x", index="y"),
        "unknown change": lambda: custom.clone(title="x"),
        "assignment": lambda: setattr(custom, "name", "x"),
    }
    found = []
    for what, attempt in attempts.items():
        try:
            attempt()
        except (ValueError, TypeError, AttributeError) as error:
            found.append(f"{what}: {type(error).__name__}")
    return found


def main() -> None:
    """Print what is known of each image."""
    for image in (custom, existing, flyte.Image.from_ref_name("team")):
        print(image.name, image.registry, image.base_image, image.platform, image.extendable)
    print(
        custom.python_version,
        custom.uri.rpartition(":")[0],
        existing.uri,
        custom.with_workdir("/") == custom.with_workdir("/"),
    )
    taken = existing.clone(registry="example.org", name="taken", extendable=True).with_pip_packages("x")
    print(taken.name, taken.base_image, taken.extendable, taken.uri.startswith("example.org/taken:"))
    print(len({custom, custom.with_pip_packages("x"), custom.clone()}), plain.image == flyte.Image.from_debian_base())
    print(plain_env.image, plain.image.name, own.image == custom, named_env.image, named.image.uri)
    print(plain(), own(), named())
    print("\n".join(refusals()))


if __name__ == "__main__":
    main()
