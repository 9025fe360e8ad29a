"""Devices, images, secrets, pods, reuse and links: what a task asks a cluster for."""

import json
import pathlib
from dataclasses import dataclass
from datetime import timedelta

import flyte
from flyte import GPU, TPU, Device, Image, PodTemplate, Resources, ReusePolicy, Secret


@dataclass
class Dashboard(flyte.Link):
    """Lead from a task's page to its dashboard."""

    name: str = "Dashboard"
    icon_uri: str = ""

    def get_link(
        self,
        run_name: str,
        project: str,
        domain: str,
        context: dict[str, str],
        parent_action_name: str,
        action_name: str,
        pod_name: str,
        **kwargs: str,
    ) -> str:
        """Return the address of the dashboard of an action."""
        return f"https://dash.example/{project}/{domain}/{run_name}/{action_name}"


pod = PodTemplate(primary_container_name="trainer", labels={"tier": "gold"}, annotations={"note": "x"})
train = flyte.TaskEnvironment(
    name="train",
    image=Image.from_base("example.com/train:1"),
    resources=Resources(cpu=(1, 4), memory=("1Gi", "8Gi"), gpu="A100:2", disk="10Gi", shm="auto"),
    secrets=[Secret("api-key"), Secret(key="token", group="team-a"), "plain"],
    pod_template=pod,
    interruptible=True,
    queue="gpu",
)
serve = flyte.TaskEnvironment(
    name="serve", reusable=ReusePolicy(replicas=(1, 3), idle_ttl=120, concurrency=4, scaledown_ttl=timedelta(minutes=2))
)


@train.task(links=(Dashboard(),), report=True, short_name="fit", docs=None)
async def fit(epochs: int) -> int:
    """Fit."""
    return epochs * 2


@serve.task
async def answer(question: str) -> str:
    """Answer."""
    return question[::-1]


def show_device(device: Device | None) -> str:
    """Return the parts of a device."""
    return json.dumps(device and [device.quantity, device.device, device.device_class, device.partition])


def main() -> None:
    """Print what each task asks for."""
    print(show_device(train.resources.get_device()), show_device(Resources(gpu=2).get_device()))
    print(
        show_device(GPU("T4", 1)),
        show_device(TPU("V5P", "2x2x1")),
        show_device(Resources(gpu=GPU("L4", 4)).get_device()),
    )
    print(repr(train.resources.get_shared_memory()), fit.resources == train.resources, fit.interruptible, fit.queue)
    print([secret.as_env_var if isinstance(secret, Secret) else secret for secret in fit.secrets])
    print(
        Secret("k", as_env_var="THE_KEY").as_env_var, Secret("k", mount=pathlib.Path("/etc/flyte/secrets")).as_env_var
    )
    print(fit.pod_template is pod, pod.primary_container_name, pod.labels, PodTemplate().primary_container_name)
    print(fit.image is train.image, fit.image == Image.from_base("example.com/train:1"), fit.report, fit.short_name)
    print(fit.links[0].get_link("r", "p", "d", {}, "a", "b", "c"), len(fit.links))
    policy = answer.reusable
    print(
        policy.replicas,
        policy.min_replicas,
        policy.max_replicas,
        policy.concurrency,
        policy.idle_ttl,
        policy.scaledown_ttl,
    )
    for wrong in (
        lambda: Resources(gpu="A1:1"),
        lambda: ReusePolicy(idle_ttl=5),
        lambda: Secret("1 bad"),
        lambda: GPU("T4", 0),
    ):
        try:
            wrong()
        except ValueError:
            print("refused")
    flyte.init()
    print(flyte.run(fit, epochs=3).outputs()[0], flyte.run(answer, "abc").outputs()[0])


if __name__ == "__main__":
    main()
