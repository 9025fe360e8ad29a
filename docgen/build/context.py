"""What describing a symbol of any kind takes: the world that names are looked up in, and the readers of its parts."""

from __future__ import annotations

from docgen.build.annotations import Annotations
from docgen.build.docs import Docs
from docgen.build.places import Places
from docgen.build.values import Values
from docgen.runtime.constructors import Constructors
from docgen.runtime.facts import Described
from docgen.runtime.instances import Instances
from docgen.runtime.signatures import Signatures
from docgen.runtime.world import World


class Context:
    """The readers of one build.

    Parameters:
        world: Where names are looked up.
    """

    def __init__(self, world: World) -> None:
        signatures = Signatures(world, evaluates=False)
        self.world = world
        self.constructors = Constructors(world, signatures)
        signatures.shown = Instances(world, self.constructors).shown
        self.values = Values(world, signatures.shown)
        self.annotations = Annotations(world)
        self.places = Places(world)
        self.docs = Docs(world)
        self.described = Described(world.evaluator.evaluate, world.effects)
