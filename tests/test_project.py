"""The project keeps its shape: where files are, and which package may import which."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from checks.metrics import METRICS, Subject
from checks.plugin.health_session import metric_names
from checks.run.settings import OWN_METRICS

ROOT = Path(__file__).parents[1]
CHECKS = ROOT / "checks"
MODULES = sorted(CHECKS.rglob("*.py"))
CHECK_MODULES = sorted(CHECKS.glob("test_*.py"))

TOP_LEVEL = {
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "pyproject.toml",
    "thresholds.yaml",
    "conftest.py",
    "checks",
    "tests",
}
MOST_LINES_OF_A_MODULE = 350
MOST_CHARACTERS_OF_SQL = 140
MOST_MODULES = 110
"""Beside `__init__.py` and the checks: what takes more is a house in which one follows hops, not thoughts."""

RIDDLES = {"told", "found", "asked", "given", "wanted", "sought", "kept"}

MADE_BY_COMMANDS = {"reports", "build", "dist"}
"""Not part of the project, and ignored by git."""

LAYERS = [
    ("errors", "metrics", "places", "text", "units", "window", "statistics"),
    ("aws",),
    ("config",),
    ("logs", "verdicts"),
    ("analysis",),
    ("alarms",),
    ("resources", "report"),
    ("history", "outputs"),
    ("run",),
    ("plugin",),
    ("entry",),
]
"""Each may import those before it, and what stands in the same row. `run` is what the plugin holds on to."""

KNOWN_ONLY_TO = {
    "boto3": {"aws"},
    "botocore": {"aws"},
    "duckdb": {"analysis", "config", "logs"},
    "jinja2": {"report", "history"},
    "pytest": {"entry", "__main__", "plugin", "check"},
    "pytest_metadata": {"plugin"},
    "urllib3": {"aws", "outputs"},
    "setuptools": {"build_backend"},
    "websockets": {"resources"},
    "yaml": {"config", "logs"},
}


def layer(module: Path) -> str:
    """Return the part of the project that a file belongs to."""
    first, *_ = module.relative_to(CHECKS).with_suffix("").parts
    return "check" if first.startswith("test_") else first


def imports(module: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, anywhere in it."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively, which these tests don't follow"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(module: Path) -> str:
    return str(module.relative_to(CHECKS))


def allowed_rooms(module: Path) -> set[str]:
    """Return what a module of the layers may import from: its own row, and those before it."""
    row = next(number for number, row in enumerate(LAYERS) if layer(module) in row)
    return {"__version__", *chain.from_iterable(LAYERS[: row + 1])}


def imported_rooms(module: Path) -> set[str]:
    return {dotted.split(".")[1] for dotted in imports(module) if dotted.startswith("checks.")}


def imported_libraries(module: Path) -> set[str]:
    return {dotted.split(".")[0] for dotted in imports(module)} & set(KNOWN_ONLY_TO)


def test_the_top_level_is_as_given() -> None:
    """Only the given files are there, besides what commands create and names that begin with a dot."""
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    made = {one for one in names if one in MADE_BY_COMMANDS or one.endswith(".egg-info")}
    environments = {one for one in names if (ROOT / one / "pyvenv.cfg").is_file()}
    assert names - made - environments == TOP_LEVEL


def test_imports_point_one_way() -> None:
    """entry → plugin → run → outputs → report → analysis → verdicts → config → aws → ground floor."""
    layered = [module for module in MODULES if layer(module) in chain.from_iterable(LAYERS)]
    assert len(layered) > len(MODULES) // 2
    wrong = {name(module): imported_rooms(module) - allowed_rooms(module) for module in layered}
    assert {module: rooms for module, rooms in wrong.items() if rooms} == {}


def test_libraries_are_known_where_they_belong() -> None:
    """DuckDB only in the analysis, AWS where it is read or called, pytest in the plugin and the checks."""
    wrong = {
        (name(module), library)
        for module in MODULES
        for library in imported_libraries(module)
        if layer(module) not in KNOWN_ONLY_TO[library]
    }
    assert wrong == set()


@pytest.mark.parametrize(("package", "knows"), [("history", "store.py"), ("outputs", "notify.py")])
def test_one_module_of_a_package_knows_aws(package: str, knows: str) -> None:
    """If the history is in a file and nobody is notified, boto3 is not even loaded."""
    modules = (CHECKS / package).rglob("*.py")
    met = {module.name for module in modules if any(dotted.startswith("checks.aws") for dotted in imports(module))}
    assert met == {knows}


@pytest.mark.parametrize(
    ("entry", "libraries"),
    [
        ("checks.plugin", ("boto", "urllib3")),
        ("checks.__main__", ("boto", "urllib3", "duckdb", "msgspec", "dataclasses", "_pytest")),
    ],
)
def test_what_is_slow_to_load_is_loaded_where_it_is_used(entry: str, libraries: tuple[str, ...]) -> None:
    """A run without AWS need not wait half a second for boto3, nor `history` for DuckDB.

    Completion in a shell waits for the command alone.
    """
    statement = f"import sys, {entry}; print([name for name in sys.modules if name.startswith({libraries})])"
    command = [sys.executable, "-c", statement]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_errors_stand_below_all() -> None:
    """The module imports nothing, so every module can import it."""
    assert not list(imports(CHECKS / "errors.py"))


def test_each_subject_has_its_checks() -> None:
    """Each subject of metrics has a module of checks, which names all metrics of the subject."""
    named = {}
    for module in CHECK_MODULES:
        functions = vars(import_module(f"checks.{module.stem}")).values()
        named[module.stem] = [*chain.from_iterable(map(metric_names, functions))]
    subjects = {subject: [name for name, metric in METRICS.items() if metric.subject is subject] for subject in Subject}
    subjects[Subject.OWN] = [OWN_METRICS]  # what a team measures itself is known only to its thresholds.yaml
    assert named == {f"test_{subject}": metrics for subject, metrics in subjects.items()}


def test_a_check_is_short() -> None:
    """A check has a subject, a number and a limit: at most five lines, and no logic."""
    of_modules = {name(module): list(functions(module)) for module in CHECK_MODULES}
    assert all(of_modules.values())
    wrong = {
        f"{module}: {function.name}"
        for module, those in of_modules.items()
        for function in those
        if (function.end_lineno or 0) - function.lineno >= 5 or any(map(is_logic, ast.walk(function)))
    }
    assert wrong == set()


def is_logic(node: ast.AST) -> bool:
    return isinstance(node, ast.If | ast.For | ast.While | ast.Try)


def test_the_wheel_has_all_packages() -> None:
    """pyproject.toml names each folder of modules, under its installed name."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        packages = tomllib.load(file)["tool"]["setuptools"]["packages"]
    folders = {module.parent.relative_to(ROOT) for module in MODULES}
    assert sorted(packages) == sorted(f"websocket_health_checks.{'.'.join(folder.parts)}" for folder in folders)


def test_conftest_only_loads_the_plugin() -> None:
    """It has three lines, and nothing of its own."""
    text = (ROOT / "conftest.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 3
    assert 'pytest_plugins = ["checks.plugin"]' in text


@pytest.mark.parametrize("kind", ["modules", "classes"])
def test_a_name_has_one_meaning(kind: str) -> None:
    """No two modules and no two classes share a name, with or without a leading underscore."""
    places = defaultdict(set)
    for module in MODULES:
        classes = [node.name for node in ast.walk(parsed(module)) if isinstance(node, ast.ClassDef)]
        for one in {"modules": [module.stem], "classes": classes}[kind]:
            places[one.lstrip("_")].add(name(module))
    shared = {one: sorted(modules) for one, modules in places.items() if len(modules) > 1}
    assert {one: modules for one, modules in shared.items() if one not in {"init__", "main__"}} == {}


def test_few_modules() -> None:
    """Before there are too many modules, a small one becomes part of one that fits."""
    modules = [name(module) for module in MODULES if module not in CHECK_MODULES and module.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES, modules


def test_a_module_is_one_idea() -> None:
    """A module with more lines has more than one idea."""
    lines = {name(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {module: number for module, number in lines.items() if number > MOST_LINES_OF_A_MODULE} == {}


def test_lines_of_sql_fit_on_a_screen() -> None:
    """This matters most for patterns: each line of a pattern is a few alternatives."""
    places = (
        f"{file.relative_to(CHECKS)}:{number}"
        for file in CHECKS.rglob("*.sql")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MOST_CHARACTERS_OF_SQL
    )
    assert list(places) == []


def test_each_module_has_the_test_of_its_name() -> None:
    """`checks/ROOM/module.py` is tested in `tests/ROOM/test_module.py`, and a package in the test of its name."""
    assert {name(module) for module in MODULES if holds_code(module) and not is_tested(module)} == set()


def holds_code(module: Path) -> bool:
    """Whether a module has code: checks are tested by whole runs, and most packages are only a docstring."""
    is_package = module.name == "__init__.py"
    return module not in CHECK_MODULES and (not is_package or any(functions(module)))


def is_tested(module: Path) -> bool:
    folder = ROOT / "tests" / module.parent.relative_to(CHECKS)
    stem = module.parent.name if module.stem == "__init__" else module.stem.strip("_")
    return (folder / f"test_{stem}.py").is_file()


def test_functions_are_short() -> None:
    """Without docstrings, half have up to 7 lines, nine in ten up to 25, and none more than 45."""
    lengths = sorted(
        (body_lines(one), f"{name(module)}: {one.name}") for module in MODULES for one in functions(module)
    )
    assert lengths[len(lengths) // 2][0] <= 7
    assert lengths[len(lengths) * 9 // 10][0] <= 25
    assert [one for one in lengths if one[0] > 45] == []


def test_names_are_nouns_of_the_field() -> None:
    """A name says what a thing is, not what somebody did with it."""
    riddles = {
        f"{name(module)}: {one}"
        for module in MODULES
        for one in set(own_names(module))
        if not RIDDLES.isdisjoint(word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", one))
    }
    assert riddles == set()


@cache
def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def functions(module: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(parsed(module)) if isinstance(node, ast.FunctionDef))


def body_lines(function: ast.FunctionDef) -> int:
    """Return the number of lines of a function below its name and its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def own_names(module: Path) -> Iterator[str]:
    """Yield the names that a module defines, not those that it imports."""
    for node in ast.walk(parsed(module)):
        match node:
            case ast.Name(id=one, ctx=ast.Store()) | ast.Attribute(attr=one, ctx=ast.Store()) | ast.arg(arg=one):
                yield one
            case ast.FunctionDef(name=one) | ast.ClassDef(name=one) | ast.alias(asname=str(one)):
                yield one
