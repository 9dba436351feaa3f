"""Sphinx settings. The reference is generated here: one page per public room, from its ``__all__``."""

from __future__ import annotations

import ast
import inspect
import re
from html import unescape
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import servicekit

if TYPE_CHECKING:
    from docutils.nodes import Element, TextElement, document
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "servicekit"
author = "servicekit contributors"
release = version = servicekit.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_title = f"servicekit {release}"
html_show_copyright = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Pages that begin with `file_format: mystnb` are notebooks: their cells run whenever the page is read.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 60
nb_render_markdown_format = "myst"  # tables, too

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False

# A link to one of our own names must lead somewhere. Names of other projects, of type variables and of
# modules inside a room are shown without a link: the build must not need a network.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!servicekit\.).*"),
    (r"py:mod", r"servicekit\..*"),
    (r"py:.*", r"servicekit\.\w+\.\w+\..*"),  # what annotations mention and no door offers
    (r"py:.*", r"servicekit\.(.*\.)?(_\w+|[A-Z]|Annotated)"),
]
suppress_warnings = ["ref.python"]  # a field named `type` is not what the word `type` in an annotation means

REFERENCE = Path(__file__).parent / "reference" / "api"
ROOMS = sorted(
    [*servicekit._ROOMS, "desk.service_period", "frames.metrics", "kpi.clv", "testing.laws", "testing.strategies"]
)
SOURCE = Path(servicekit.__file__).parent
PYDANTIC_NOISE = re.compile(r"model_.*")
DESCRIPTION = re.compile(r'aria-label="((?![XY]-axis )[^"]+)"')


def notes_of(room: str) -> dict[str, str]:
    """The docstrings below the constants and type aliases of a room's files."""
    notes = {}
    for file in [*(SOURCE / room).rglob("*.py"), *SOURCE.glob(f"{room}.py")]:
        body = ast.parse(file.read_text("utf-8")).body
        for statement, following in pairwise([*body, ast.Pass()]):
            if isinstance(statement, ast.AnnAssign | ast.Assign):
                text = following.value if isinstance(following, ast.Expr) else None
                is_note = isinstance(text, ast.Constant) and isinstance(text.value, str)
                notes[ast.unparse(target_of(statement))] = inspect.cleandoc(text.value) if is_note else ""
    return notes


def target_of(statement: ast.AnnAssign | ast.Assign) -> ast.expr:
    return statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]


def page_of(room: str) -> str:
    """One room; what it passes on from another room is described there."""
    module = import_module(f"servicekit.{room}")
    homes = {name: getattr(getattr(module, name), "__module__", "") or "" for name in module.__all__}
    guests = {
        name: home.split(".")[1]
        for name, home in homes.items()
        if home.startswith("servicekit.") and home.split(".")[1] != room.partition(".")[0]
    }
    notes = notes_of(room) if hasattr(module, "__path__") else {}  # in a room of one file autodoc finds them
    lines = [room, "=" * len(room), "", f".. automodule:: servicekit.{room}"]
    lines += [f"   :exclude-members: {', '.join(guests)}"] * bool(guests)
    lines += [f"\nAlso here: :class:`servicekit.{home}.{name}`." for name, home in guests.items()]
    lines += [
        f"\n.. py:data:: {name}\n\n{indent(notes[name], '   ')}"
        for name in module.__all__
        if name in notes and not inspect.isclass(getattr(module, name))  # a file may have an alias of the same name
    ]
    return "\n".join([*lines, ""])


def write_reference(app: Sphinx) -> None:
    """A page per room; written only where it changed, so that a second build is quick."""
    REFERENCE.mkdir(exist_ok=True)
    pages = {f"{room}.rst": page_of(room) for room in ROOMS}
    for old in REFERENCE.glob("*.rst"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        page = REFERENCE / name
        if not page.exists() or page.read_text("utf-8") != text:
            page.write_text(text, "utf-8")


def skip_noise(app: Sphinx, what: str, name: str, *rest: object) -> bool | None:
    """Leave out what every pydantic model inherits and repeats."""
    return True if what == "class" and PYDANTIC_NOISE.fullmatch(name) else None


def find_in_a_room(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: TextElement) -> Element | None:
    """Link a name, however it was written, to the room that exports it."""
    name = node.get("reftarget", "").rpartition(".")[2]
    homes = [room for room in ROOMS if name in import_module(f"servicekit.{room}").__all__]
    if node.get("refdomain") != "py" or len(homes) != 1:
        return None
    python, target = env.get_domain("py"), f"servicekit.{homes[0]}.{name}"
    return python.resolve_xref(env, node["refdoc"], app.builder, "obj", target, node, content)


def describe_charts(app: Sphinx, doctree: document, name: str) -> None:
    """Give a chart that a notebook has drawn the text that it says of itself, in place of the name of its file."""
    from docutils.nodes import image  # tests read this file where no manual is built

    for node in doctree.findall(image):
        if node["uri"].endswith(".svg") and not node.get("alt"):
            told = DESCRIPTION.search((Path(app.srcdir) / node["uri"]).read_text("utf-8"))
            node["alt"] = unescape(told[1]) if told else ""


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", write_reference)
    app.connect("autodoc-skip-member", skip_noise)
    app.connect("missing-reference", find_in_a_room)
    app.connect("doctree-resolved", describe_charts)
