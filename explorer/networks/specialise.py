"""Classes and functions with some values put in: what these decide is decided, and what they leave idle is gone.

Partial evaluation of the few forms that this project's networks are written in, so that one network can be told as
plain code. A name that is known (`spec`, `parts`, ...) means the same wherever it stands: it vanishes from signatures
and calls, and what can be computed from it becomes a literal. Branches that are not taken go, loops over known values
are written out, and a function that comes down to one expression stands where it was called.
"""

import ast
import builtins
import copy
import inspect
from collections.abc import Iterable, Mapping

from torch import nn

_UNKNOWN = object()
_BUILTINS = {name: getattr(builtins, name) for name in ("enumerate", "len", "range", "tuple", "zip")}
_FOLDED = (ast.Attribute, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.JoinedStr, ast.Name, ast.Subscript,
           ast.UnaryOp)


class Specialiser:
    """Makes specialised definitions out of `sources`, by name; a method's name is `Class.method`.

    `known` are values by name, and `constants` those that the sources' modules have of their own.
    """

    def __init__(self, sources: Mapping[str, ast.stmt], known: Mapping[str, object], constants: Mapping[str, object]):
        self.sources, self.known, self.constants = sources, known, constants
        self._made: dict[str, ast.stmt] = {}

    def __call__(self, name: str) -> ast.stmt:
        """The class or function of this name, specialised."""
        if name not in self._made:
            owner, _, method = name.rpartition(".")
            source = self.sources[owner or name]
            known = self.known
            if owner:  # of a known object: its `self` is known too
                source = next(one for one in source.body if getattr(one, "name", "") == method)
                known = {**known, "self": next(value for value in known.values() if type(value).__name__ == owner)}
            self._made[name] = _Evaluation(self, known).visit(copy.deepcopy(source))
        return self._made[name]

    def needed(self, start: Iterable[str]) -> dict[str, ast.stmt]:
        """Those in `start` and all that they come to name, in the order of the sources."""
        found, ahead = set(), list(start)
        while ahead:
            name = ahead.pop()
            if name in self.sources and name not in found:
                found.add(name)
                ahead += [node.id for node in ast.walk(self(name)) if isinstance(node, ast.Name)]
        return {name: self(name) for name in self.sources if name in found}


class _Evaluation(ast.NodeTransformer):
    """One definition; `settled` are the expressions that names stand for at the statement reached."""

    def __init__(self, special: Specialiser, known: Mapping[str, object]):
        self.special, self.known = special, known
        self.settled: dict[str, ast.expr] = {}

    def visit(self, node):
        return self._literal(super().visit(self._literal(node)))

    # Statements

    def visit_ClassDef(self, node):
        for one in node.body:
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
                self.settled[f"self.{one.targets[0].id}"] = one.value
        node.body = [self.visit(one) if isinstance(one, ast.FunctionDef) else one for one in node.body]
        return node

    def visit_FunctionDef(self, node):
        self.settled = {name: value for name, value in self.settled.items() if name.startswith("self.")}
        names = node.args.args
        defaults = dict(zip([one.arg for one in names][::-1], node.args.defaults[::-1]))
        node.args.args = [one for one in names if one.arg not in self.known or one.arg == "self"]
        node.args.defaults = [defaults[one.arg] for one in node.args.args if one.arg in defaults]
        node.body = self._block(node.body)
        return node

    def visit_Assign(self, node):
        target = node.targets[0]
        if _path(target) in self.known:
            return []
        value = node.value = self.visit(node.value)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts)
            return self._block([ast.copy_location(ast.Assign([one], each), node) for one, each in pairs])
        name = _path(target)
        if _is_literal(value) or isinstance(target, ast.Name) and isinstance(value, ast.Name):
            self.settled[name] = value
            return []
        self.settled.pop(name, None)
        return node

    def visit_For(self, node):
        node.iter = self.visit(node.iter)
        values = self._value(node.iter)
        if values is _UNKNOWN:
            for one in ast.walk(node):
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                    self.settled.pop(one.id, None)
            node.body = self._block(node.body)
            return node
        turns = []
        for value in values:
            turns += self._block([ast.Assign([copy.deepcopy(node.target)], _written(value)), *copy.deepcopy(node.body)])
        return turns

    def visit_If(self, node):
        node.test = self.visit(node.test)
        if isinstance(node.test, ast.Constant):
            return self._block(node.body if node.test.value else node.orelse)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return node

    def visit_Match(self, node):
        subject = self.visit(node.subject).value
        return self._block(next(case.body for case in node.cases if case.pattern.value.value == subject))

    def visit_Expr(self, node):
        self.generic_visit(node)
        match node.value:
            case ast.Call(ast.Attribute(ast.Name("self"), "add_module"), [ast.Constant(name), module]):
                return ast.copy_location(ast.Assign([_own(name, ast.Store())], module), node)
        return node

    def _block(self, statements):
        """What is left of the statements, up to the first return."""
        left = []
        for statement in statements:
            found = self.visit(statement)
            left += found if isinstance(found, list) else [found]
            if left and isinstance(left[-1], ast.Return):
                break
        return left

    # Expressions

    def visit_Name(self, node):
        return copy.deepcopy(self.settled[node.id]) if node.id in self.settled and _is_read(node) else node

    def visit_Attribute(self, node):
        if _path(node) in self.settled and _is_read(node):
            return copy.deepcopy(self.settled[_path(node)])
        return self.generic_visit(node)

    def visit_IfExp(self, node):
        node.test = self.visit(node.test)
        if isinstance(node.test, ast.Constant):
            return self.visit(node.body if node.test.value else node.orelse)
        self.generic_visit(node)
        return node.body if ast.dump(node.body) == ast.dump(node.orelse) else node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        decisive = isinstance(node.op, ast.Or)
        if any(isinstance(one, ast.Constant) and bool(one.value) == decisive for one in node.values):
            return ast.Constant(decisive)
        node.values = [one for one in node.values if not isinstance(one, ast.Constant)] or node.values[-1:]
        return node if len(node.values) > 1 else node.values[0]

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Dict) and isinstance(node.slice, ast.Constant):
            return next(value for key, value in zip(node.value.keys, node.value.values) if key.value == node.slice.value)
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(ast.Name("self"), "get_submodule"), [ast.Constant(str(name))]):
                return _own(name, ast.Load())
            case ast.Call(ast.Attribute(ast.Name(owner), method)) if owner in self.known and owner != "self":
                return self._call(node, f"{type(self.known[owner]).__name__}.{method}")
            case ast.Call(ast.Name(name)) if name in self.special.sources:
                return self._call(node, name)
            case ast.Call(ast.Attribute(ast.Name("nn"), name)):
                defaults = inspect.signature(getattr(nn, name)).parameters
                node.keywords = [one for one in node.keywords if not _says(one.value, defaults[one.arg].default)]
        return node

    def _call(self, node, name):
        """A call of one of the sources: without what is known, or what the function comes down to."""
        if getattr(node, "is_special", False):
            return node
        node.is_special = True
        made = self.special(name)
        source = self.special.sources[name] if "." not in name else made
        parameters = [one.arg for one in _function(source).args.args if one.arg != "self"]
        given = dict(zip(parameters, node.args)) | {one.arg: one.value for one in node.keywords}
        node.args = [value for one, value in zip(parameters, node.args) if one not in self.known]
        node.keywords = [one for one in node.keywords if one.arg not in self.known]
        result = _only_result(made)
        if result is None:
            return node
        arguments = _function(made).args
        defaults = {one.arg: value for one, value in zip(arguments.args[::-1], arguments.defaults[::-1])}
        bound = defaults | given
        return self.visit(_Substitution(bound).visit(copy.deepcopy(result)))

    def _literal(self, node):
        """The literal that an expression comes down to, or what was given."""
        if isinstance(node, _FOLDED) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            value = self._value(node)
            if isinstance(value, int | float | str | tuple | list | None):
                return _written(value)
        return node

    def _value(self, node):
        """What the expression is, if all that it names is known."""
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        read, bound = ({one.id for one in names if _is_read(one) is reading} for reading in (True, False))
        values = {"__builtins__": {}, **_BUILTINS, **self.special.constants, **self.known}
        if not read - bound <= values.keys():
            return _UNKNOWN
        expression = ast.fix_missing_locations(ast.Expression(copy.deepcopy(node)))
        return eval(compile(expression, "<network>", "eval"), values)


class _Substitution(ast.NodeTransformer):
    """Puts a call's arguments in the place of parameters."""

    def __init__(self, bound):
        self.bound = bound

    def visit_Name(self, node):
        return copy.deepcopy(self.bound.get(node.id, node))


def _path(node):
    """`name` or `name.attribute`, "" for any other expression."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(name), attribute):
            return f"{name}.{attribute}"
    return ""


def _own(name, ctx):
    return ast.Attribute(ast.Name("self", ast.Load()), name, ctx)


def _is_read(name):
    return isinstance(name.ctx, ast.Load)


def _is_literal(node):
    match node:
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
            return True
        case ast.Tuple(parts) | ast.List(parts):
            return all(map(_is_literal, parts))
    return False


def _says(node, value):
    return isinstance(node, ast.Constant) and node.value == value


def _written(value):
    return ast.parse(repr(value), mode="eval").body


def _function(definition):
    """The function itself, or what makes a class' objects."""
    if isinstance(definition, ast.FunctionDef):
        return definition
    return next(one for one in definition.body if getattr(one, "name", "") == "__init__")


def _only_result(definition):
    """The expression that a function comes down to, None if it does more."""
    match definition:
        case ast.FunctionDef(body=[ast.Return(value)] | [ast.Expr(ast.Constant()), ast.Return(value)]):
            return value
    return None
