"""Creates the readers of signatures, fields, constructors and instances of one world, and connects them."""

from __future__ import annotations

import ast

from docgen.runtime.constructors import Constructors
from docgen.runtime.facts import Described
from docgen.runtime.fields import Fields
from docgen.runtime.instances import Instances
from docgen.runtime.makers import Makers
from docgen.runtime.models import Models
from docgen.runtime.signatures import Signatures
from docgen.runtime.values import Scope, Value
from docgen.runtime.world import World


class Readers:
    """The connected readers.

    Parameters:
        world: The world in which names are looked up.
        evaluates: Print annotations as the interpreter does, unless the module stores them as strings; otherwise always
            as written.
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

    def shown(self, value: Value, node: ast.AST | None, home: Scope) -> Value:
        """Return a value whose instances, at any depth, have the arguments that their repr prints."""
        return self._instances.shown(value, node, home)
