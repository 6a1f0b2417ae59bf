"""Definitions without what none of them uses: members that nothing reads, empty classes, modules that do nothing."""

import ast
from collections.abc import Iterable

_CALLED_BY_TORCH = ("__init__", "forward")


def pruned(definitions: dict[str, ast.stmt], start: Iterable[str]) -> dict[str, ast.stmt]:
    """The definitions that those in `start` need, in their order and without idle parts. Changes them in place."""
    needed = _needed(definitions, start)
    while any([_drop_idle_members(one, needed) for one in needed.values()]):
        needed = _needed(needed, start)
    for name, one in list(needed.items()):
        if isinstance(one, ast.ClassDef) and all(isinstance(part, ast.Expr) for part in one.body):
            for other in needed.values():
                _Replaced(name, one.bases[0]).visit(other)
    needed = _needed(needed, start)
    named = {node.value for one in needed.values() for node in ast.walk(one) if isinstance(node, ast.Constant)}
    for one in needed.values():
        _WithoutIdentities(one, named).visit(one)
    return _needed(needed, start)


def _needed(definitions, start):
    found, ahead = set(), list(start)
    while ahead:
        name = ahead.pop()
        if name in definitions and name not in found:
            found.add(name)
            ahead += [node.id for node in ast.walk(definitions[name]) if isinstance(node, ast.Name)]
    return {name: one for name, one in definitions.items() if name in found}


def _drop_idle_members(definition, needed):
    """Whether a class had a member that nothing reads, which it has no more."""
    if not isinstance(definition, ast.ClassDef):
        return False
    nodes = [node for one in needed.values() for node in ast.walk(one)]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
    kept = [one for one in definition.body if (name := _member(one)) is None or name in read | {*_CALLED_BY_TORCH}]
    had_idle = len(kept) < len(definition.body)
    definition.body = kept
    return had_idle


def _member(statement):
    match statement:
        case ast.FunctionDef(name) | ast.AnnAssign(ast.Name(name)) | ast.Assign([ast.Name(name)]):
            return name
    return None


class _Replaced(ast.NodeTransformer):
    def __init__(self, name, other):
        self.name, self.other = name, other

    def visit_Name(self, node):
        return self.other if node.id == self.name else node


class _WithoutIdentities(ast.NodeTransformer):
    """Takes out modules that hand on what they get, unless something asks for them by name."""

    def __init__(self, definition, named):
        self.idle = {statement.targets[0].attr for statement in ast.walk(definition)
                     if isinstance(statement, ast.Assign) and _is_identity(statement.value)} - named

    def visit_Assign(self, node):
        if getattr(node.targets[0], "attr", "") in self.idle:
            return None
        self.generic_visit(node)
        changes_nothing = ast.unparse(node.targets[0]) == ast.unparse(node.value)
        return None if changes_nothing else node

    def visit_Call(self, node):
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(ast.Name("self"), name), [argument]) if name in self.idle:
                return argument
            case ast.Call(ast.Attribute(ast.Name("nn"), "Sequential"), [*modules, last]) if _is_identity(last):
                node.args = modules
        return node


def _is_identity(node):
    return ast.unparse(node) == "nn.Identity()"
