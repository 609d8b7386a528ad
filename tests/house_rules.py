"""The rules of the house as functions: a folder of sources in, a list of broken rules out.

``tests/test_house.py`` runs them on the project and, so that none of them can pass by being blind,
on small made-up trees that break each rule once.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 7
#: A kernel may take some more scalars where no record would make sense: tuples and records cost time in a call.
MAX_KERNEL_PARAMETERS = 12
ROOT_ROOM = "(root)"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A parsed source file and its dotted name."""

    name: str
    path: Path
    text: str
    tree: ast.Module
    package: bool


@dataclass(frozen=True)
class Import:
    """An import found anywhere in a module, function bodies included."""

    target: str
    line: int
    inside_function: bool


def modules(package_folder: Path) -> list[Module]:
    """Every module under a package folder, dotted names starting with the folder's own name."""
    found = []
    for path in sorted(package_folder.rglob("*.py")):
        parts = [package_folder.name, *path.relative_to(package_folder).with_suffix("").parts]
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, text, ast.parse(text), package))
    return found


def imports(module: Module) -> Iterator[Import]:
    """Absolute dotted targets of all imports; for ``from a import b`` both ``a`` and ``a.b`` are meant by ``a.b``."""
    inside = {id(node) for f in ast.walk(module.tree) if isinstance(f, Function) for node in ast.walk(f)}
    base = module.name.split(".")
    if not module.package:
        base = base[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) in inside)
        elif isinstance(node, ast.ImportFrom):
            stem = node.module.split(".") if node.module else []
            if node.level:
                stem = base[: len(base) - node.level + 1] + stem
            for alias in node.names:
                yield Import(".".join([*stem, alias.name]), node.lineno, id(node) in inside)


def targets(module: Module, known: Mapping[str, Module]) -> set[str]:
    """Modules of the same package that a module imports (the module, not the name in it)."""
    found = set()
    for item in imports(module):
        name = item.target
        while name and name not in known:
            name = name.rpartition(".")[0]
        if name and name != module.name:
            found.add(name)
    return found


def room(name: str, doors: Mapping[str, str]) -> str:
    """Room of a module: the part after the package's name; modules of one door share a room."""
    parts = name.split(".")
    if len(parts) == 1:
        return ROOT_ROOM
    return doors.get(parts[1], parts[1])


def upward_imports(
    package: list[Module], floors: Mapping[str, int], doors: Mapping[str, str], allowed: Mapping[tuple[str, str], str]
) -> list[str]:
    """Imports that do not go to a lower floor or stay in their room, and rooms without a floor."""
    known = {m.name: m for m in package}
    broken = [f"{m.name}: its room has no floor" for m in package if room(m.name, doors) not in floors]
    for module in package:
        here = room(module.name, doors)
        for target in sorted(targets(module, known)):
            there = room(target, doors)
            if here == there or here not in floors or there not in floors or (module.name, target) in allowed:
                continue
            if floors[there] >= floors[here]:
                broken.append(f"{module.name} (floor {floors[here]}) imports {target} (floor {floors[there]})")
    return broken


def circles(package: list[Module]) -> list[str]:
    """Circles of imports between modules, function-level imports included."""
    known = {m.name: m for m in package}
    arrows = {m.name: targets(m, known) for m in package}
    broken = []
    for start, first in arrows.items():
        reached, frontier = set(), set(first)
        while frontier:
            name = frontier.pop()
            reached.add(name)
            frontier |= arrows[name] - reached
        if start in reached:
            broken.append(f"{start} imports itself in the end")
    return broken


def foreign_imports(
    package: list[Module], rooms_allowed: Mapping[str, tuple[str, ...]], doors: Mapping[str, str]
) -> list[str]:
    """Third-party imports outside the rooms that may use them."""
    broken = []
    for module in package:
        for item in imports(module):
            library = item.target.split(".")[0]
            rooms = rooms_allowed.get(library)
            if rooms is not None and room(module.name, doors) not in rooms:
                broken.append(f"{module.name}:{item.line} imports {library}: only {', '.join(rooms)} may")
    return broken


def banned_imports(package: list[Module], here: str, banned: tuple[str, ...], doors: Mapping[str, str]) -> list[str]:
    """Imports that one room (or, with ``here = "*"``, the whole package) must not have."""
    return [
        f"{module.name}:{item.line} imports {item.target}"
        for module in package
        if here in {"*", room(module.name, doors)}
        for item in imports(module)
        if any(item.target == name or item.target.startswith(name + ".") for name in banned)
    ]


def root_imports(package: list[Module]) -> list[str]:
    """Imports of the package root or of names that only the root offers."""
    known = {m.name for m in package}
    root = min(known, key=len)
    broken = []
    for module in package:
        for item in imports(module):
            head, _, _ = item.target.rpartition(".")
            if item.target == root or (head == root and item.target not in known):
                broken.append(f"{module.name}:{item.line} imports from the package root: {item.target}")
    return broken


def silent_lazy_imports(package: list[Module]) -> list[str]:
    """Imports inside a function without a comment that says why, in their block of imports or just above it."""
    broken = []
    for module in package:
        lines = module.text.splitlines()
        for item in imports(module):
            if not item.inside_function:
                continue
            first = last = item.line - 1
            while first > 0 and re.match(r"\s*(import|from) ", lines[first]):
                first -= 1
            while last + 1 < len(lines) and re.match(r"\s*(import|from) ", lines[last]):
                last += 1
            if not any("#" in line for line in lines[first:last]):
                broken.append(f"{module.name}:{item.line} imports {item.target} inside a function without saying why")
    return sorted(set(broken))


def long_files(package: list[Module]) -> list[str]:
    """Files over the limit of lines."""
    counts = {m.path: len(m.text.splitlines()) for m in package}
    return [f"{path}: {count} lines" for path, count in counts.items() if count > MAX_FILE_LINES]


def _docstring_lines(tree: ast.AST) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef | ast.Module) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            found.update(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return found


def _code_lines(module: Module) -> set[int]:
    """Lines with code on them: no blank lines, comments or docstrings."""
    skip = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in skip:
            found.update(range(token.start[0], token.end[0] + 1))
    return found - _docstring_lines(module.tree)


def functions(module: Module) -> Iterator[tuple[str, Function]]:
    """All functions and methods with their qualified names."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield prefix + child.name, child
                yield from walk(child, prefix + child.name + ".")
            elif isinstance(child, ast.ClassDef):
                yield from walk(child, prefix + child.name + ".")
            else:
                yield from walk(child, prefix)

    yield from walk(module.tree, f"{module.name}:")


def long_functions(package: list[Module]) -> list[str]:
    """Functions over the limit of code lines (signature included; docstring, comments and blank lines not)."""
    broken = []
    for module in package:
        code = _code_lines(module)
        for name, node in functions(module):
            count = len(code & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
            if count > MAX_FUNCTION_LINES:
                broken.append(f"{name}: {count} lines of code")
    return broken


def parameters(node: Function) -> list[ast.arg]:
    """What a function takes, without self and cls."""
    taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [a for a in taken if a.arg not in {"self", "cls"}]


def annotated(arg: ast.arg) -> str:
    """Annotation of a parameter as text."""
    return "" if arg.annotation is None else ast.unparse(arg.annotation)


def crowded_functions(package: list[Module]) -> list[str]:
    """Functions with too many parameters; a kernel may take some scalars more."""
    broken = []
    for module in package:
        for name, node in functions(module):
            taken = parameters(node)
            records = [a for a in taken if annotated(a) not in {"float", "int"}]
            is_kernel = any("kernel" in ast.unparse(d) for d in node.decorator_list)
            if len(records) > MAX_PARAMETERS or len(taken) > (MAX_KERNEL_PARAMETERS if is_kernel else MAX_PARAMETERS):
                broken.append(f"{name}: {len(taken)} parameters")
    return broken


def public_names(module: Module) -> set[str]:
    """Names in ``__all__``, or the module-level names without a leading underscore."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return {n.name for n in module.tree.body if isinstance(n, Function | ast.ClassDef) and not n.name.startswith("_")}


def undocumented(package: list[Module], plain: Mapping[str, str]) -> list[str]:
    """Modules and public classes, methods and functions without docstring; public functions without their sections.

    In the rooms of ``plain`` a docstring is enough.
    """
    broken = [f"{m.name}: no module docstring" for m in package if m.tree.body and ast.get_docstring(m.tree) is None]
    for module in package:
        public = public_names(module)
        for node in module.tree.body:
            if not isinstance(node, Function | ast.ClassDef) or node.name not in public:
                continue
            where = f"{module.name}:{node.name}"
            text = ast.get_docstring(node) or ""
            if not text:
                broken.append(f"{where}: no docstring")
            if isinstance(node, ast.ClassDef):
                methods = [m for m in node.body if isinstance(m, Function) and not m.name.startswith("_")]
                broken += [f"{where}.{m.name}: no docstring" for m in methods if ast.get_docstring(m) is None]
                continue
            if room(module.name, {}) in plain:
                continue
            gives = node.returns is None or ast.unparse(node.returns) not in {"None", "NoReturn"}
            if parameters(node) and not re.search(r"^Parameters\n-+$", text, re.MULTILINE):
                broken.append(f"{where}: no section Parameters")
            if gives and not re.search(r"^(Returns|Yields)\n-+$", text, re.MULTILINE):
                broken.append(f"{where}: no section Returns")
    return broken


def loose_state(package: list[Module]) -> list[str]:
    """Module-level lists, dicts and sets that are not constants, and ``global`` statements."""
    broken = []
    for module in package:
        for node in module.tree.body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if not isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
                continue
            names = node.targets if isinstance(node, ast.Assign) else [node.target]
            broken += [
                f"{module.name}:{node.lineno} {name} is module-level mutable state"
                for name in map(ast.unparse, names)
                if not name.startswith("__") and name.strip("_") != name.strip("_").upper()
            ]
        broken += [f"{module.name}:{n.lineno} global" for n in ast.walk(module.tree) if isinstance(n, ast.Global)]
    return broken


def _says_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def stubs(package: list[Module]) -> list[str]:
    """Functions that do nothing, ``NotImplementedError``, and notes that something is still to be done."""
    broken = []
    for module in package:
        for number, line in enumerate(module.text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError", line):
                broken.append(f"{module.name}:{number} {line.strip()}")
        protocols = {
            id(f)
            for c in ast.walk(module.tree)
            if isinstance(c, ast.ClassDef) and any("Protocol" in ast.unparse(b) for b in c.bases)
            for f in c.body
        }
        for name, node in functions(module):
            if id(node) not in protocols and all(_says_nothing(statement) for statement in node.body):
                broken.append(f"{name} does nothing")
    return broken


def vague_names(package: list[Module]) -> list[str]:
    """Modules named after nothing in the field."""
    vague = re.compile(r"(^|[._])(utils?|helpers?|common|misc|stuff|v\d+)($|[._])")
    return [f"{m.name}: name says nothing" for m in package if vague.search(m.name)]


def machine_paths(files: list[Path]) -> list[str]:
    """Paths that exist on somebody's machine only."""
    pattern = re.compile(r"(?<![\w./~$}-])/(?:work|root|home|tmp|Users)/\w|\b[A-Z]:\\\\?[A-Za-z]|\.\./shared")
    broken = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line):
                broken.append(f"{path}:{number} {line.strip()[:100]}")
    return broken


def unit_less(names: Mapping[str, str], suffixes: tuple[str, ...], exceptions: Mapping[str, str]) -> list[str]:
    """Names (with where they stand) that end in no unit and have no reason not to."""
    return [
        f"{where}: {name} carries no unit"
        for where, name in names.items()
        if not f"_{name}".endswith(suffixes) and name not in exceptions
    ]


def float_parameters(package: list[Module]) -> dict[str, str]:
    """Parameters annotated as ``float`` of public functions: where they stand, and their names."""
    found = {}
    for module in package:
        public = public_names(module)
        for node in module.tree.body:
            if isinstance(node, Function) and node.name in public:
                for a in parameters(node):
                    if annotated(a) == "float":
                        found[f"{module.name}:{node.name}({a.arg})"] = a.arg
    return found
