"""What the annotated names in the body of a class say of its fields."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from docgen.runtime import effects
from docgen.runtime.scopes import Assignment, Binding

if TYPE_CHECKING:
    from docgen.runtime.world import World


def maker_call(binding: Binding, world: World, makers: frozenset[str]) -> ast.Call | None:
    """Return the call of a field maker (`field(...)`) that a name is assigned, None if it is assigned anything else."""
    expression = binding.how.expression if isinstance(binding.how, Assignment) else None
    if not isinstance(expression, ast.Call):
        return None
    callee = world.evaluator.evaluate(expression.func, binding.scope)
    return expression if effects.path_of(callee) in makers else None


def annotation_head(annotation: ast.expr | None) -> str:
    """Return the last name of what an annotation starts with: `ClassVar` of `typing.ClassVar[int]`, also inside a text."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2].strip()
    if isinstance(annotation, ast.Subscript):
        return annotation_head(annotation.value)
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    return annotation.id if isinstance(annotation, ast.Name) else ""
