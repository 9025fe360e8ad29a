"""The readers of signatures, fields, constructors and instances over one world, each given what it works with."""

from __future__ import annotations

from docgen.runtime.constructors import Constructors
from docgen.runtime.facts import Described
from docgen.runtime.fields import Fields
from docgen.runtime.instances import Instances
from docgen.runtime.makers import Makers
from docgen.runtime.models import Models
from docgen.runtime.signatures import Signatures
from docgen.runtime.values import Value
from docgen.runtime.world import World


class Readers:
    """Puts the readers together.

    Parameters:
        world: Where names are looked up.
        evaluates: Annotations are printed as the interpreter prints them, unless the module keeps them as text; else
            always as written.
    """

    def __init__(self, world: World, *, evaluates: bool) -> None:
        evaluator, classes = world.evaluator, world.classes
        self.world = world
        # A default may be an instance, which prints by its fields, whose defaults may be instances.
        self.signatures = Signatures(evaluator, world.notes, evaluates=evaluates, shown=self.shown)
        self.makers = Makers(evaluator, classes, world.trace)
        self.fields = Fields(world, classes, self.makers, self.signatures, world.trace)
        self.models = Models(world, classes, self.signatures)
        self.constructors = Constructors(
            names=world,
            classes=classes,
            signatures=self.signatures,
            models=self.models,
            fields=self.fields,
            python=world.python,
        )
        self._instances = Instances(evaluator, classes, self.constructors)
        self.described = Described(evaluator.evaluate, world.effects)

    def shown(self, value: Value) -> Value:
        """Return a value whose instances, at any depth, have the arguments that their repr prints."""
        return self._instances.shown(value)
