"""What every describer of symbols needs: the world that names are looked up in, and the readers of their parts."""

from __future__ import annotations

from collections.abc import Callable

from docgen.build.annotations import Annotations
from docgen.build.docs import Docs
from docgen.build.fields import Fields
from docgen.build.places import Places
from docgen.build.texts import Texts
from docgen.build.values import Values
from docgen.runtime.readers import Readers
from docgen.runtime.world import World


class Context:
    """The readers of one build.

    Parameters:
        world: Where names are looked up.
        is_own: Returns True for modules of the documented packages; the user cannot change those of others.
        shows_private: Private members of classes are described too.
    """

    def __init__(self, world: World, is_own: Callable[[str], bool], *, shows_private: bool = False) -> None:
        readers = Readers(world, evaluates=False)
        self.world = world
        self.shows_private = shows_private
        self.constructors = readers.constructors
        self.values = Values(world, readers.shown)
        self.annotations = Annotations(world)
        self.places = Places(world)
        self.docs = Docs(world, is_own)
        self.fields = Fields(world, self.constructors, self.values)
        self.texts = Texts(world, self.docs, self.fields)
        self.described = readers.described


class Describer:
    """Describes symbols of one kind.

    Parameters:
        context: The readers of their parts.
    """

    def __init__(self, context: Context) -> None:
        self.world = context.world
        self.shows_private = context.shows_private
        self.constructors = context.constructors
        self.values = context.values
        self.annotations = context.annotations
        self.places = context.places
        self.docs = context.docs
        self.fields = context.fields
        self.texts = context.texts
        self.described = context.described
