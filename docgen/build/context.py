"""What describing a symbol of any kind takes: the world that names are looked up in, and the readers of its parts."""

from __future__ import annotations

from docgen.build.annotations import Annotations
from docgen.build.docs import Docs
from docgen.build.places import Places
from docgen.build.values import Values
from docgen.runtime.readers import Readers
from docgen.runtime.world import World


class Context:
    """The readers of one build.

    Parameters:
        world: Where names are looked up.
    """

    def __init__(self, world: World) -> None:
        readers = Readers(world, evaluates=False)
        self.world = world
        self.constructors = readers.constructors
        self.values = Values(world, readers.shown)
        self.annotations = Annotations(world)
        self.places = Places(world)
        self.docs = Docs(world)
        self.described = readers.described
