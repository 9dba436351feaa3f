"""A page as a reader's browser shows it: what it fetches, says and breaks, by Chromium, axe-core and the Nu checker.

Scripts of the judge are evaluated by the browser's debugger, which a strict content security policy does not forbid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from tests.browser.nu_checker import NuChecker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright, Route

T = TypeVar("T")

_HERE = Path(__file__).parent
_LAYOUT, _OUTSIDE = ((_HERE / name).read_text("utf-8") for name in ("layout_faults.js", "outside_names.js"))
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = f"""axe.run({{runOnly: {{type: "tag", values: {_RULES}}}, preload: false, resultTypes: ["violations"]}})
.then((found) => found.violations.flatMap((rule) => rule.nodes.map((node) =>
    [rule.tags.includes("best-practice"), `${{rule.id}}: ${{node.target.join(" ")}}: ${{node.failureSummary}}`])))"""


class Look(NamedTuple):
    """How a page is looked at: the width of the window in pixels, the colours that the reader likes, and on what."""

    width: int
    scheme: Literal["light", "dark"] = "light"
    medium: Literal["screen", "print"] = "screen"

    def __str__(self) -> str:
        return f"{self.width} px, {self.scheme}, {self.medium}"


A4 = Look(794, medium="print")
SCREENS = tuple(Look(width, scheme) for width in (360, 768, 1280) for scheme in ("light", "dark"))
LOOKS = (*SCREENS, A4)


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What is wrong with a page, kind by kind; ``advice`` alone may be declined."""

    requests: tuple[str, ...] = ()
    """What it fetches besides itself, or would fetch."""
    console: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """Errors of scripts."""
    accessibility: tuple[str, ...] = ()
    """Rules of WCAG 2.2 A and AA, by axe-core."""
    markup: tuple[str, ...] = ()
    """Errors in the HTML, by the Nu checker."""
    layout: tuple[str, ...] = ()
    """Texts that are cut, overlap, are too small or too faint; pages that scroll sideways."""
    advice: tuple[str, ...] = ()
    """What axe-core calls best practice, and warnings of the Nu checker."""

    @property
    def faults(self) -> tuple[str, ...]:
        """All but the advice, each with its kind before it."""
        kinds = ("requests", "console", "errors", "accessibility", "markup", "layout")
        return tuple(f"{kind}: {text}" for kind in kinds for text in getattr(self, kind))


class PageJudge:
    """One Chromium, without a network, and a fresh profile for each page.

    Playwright lives in a thread of its own, since it keeps an event loop running, and tests beside it run theirs.
    """

    def __init__(self, chromium: str, checker: NuChecker) -> None:
        self._thread, self._checker = ThreadPoolExecutor(max_workers=1), checker
        self._axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
        self._playwright, self._browser = self._thread.submit(_started, chromium).result()

    def stop(self) -> None:
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()

    def verdict(self, file: Path, looks: Iterable[Look] = LOOKS) -> PageVerdict:
        """All that is wrong with a page that is kept in a file."""
        said: dict[str, list[str]] = {"requests": [], "console": [], "errors": []}
        found = self.ask(file, lambda page: _looks(page, self._axe, looks), said)
        remarks = self._checker.messages(file.read_bytes())
        return PageVerdict(
            **{kind: tuple(texts) for kind, texts in said.items()},
            accessibility=tuple(_gathered((look, text) for look, kind, text in found if kind == "rule")),
            markup=tuple(remark.text for remark in remarks if remark.is_error),
            layout=tuple(_gathered((look, text) for look, kind, text in found if kind == "layout")),
            advice=(
                *_gathered((look, text) for look, kind, text in found if kind == "practice"),
                *(remark.text for remark in remarks if not remark.is_error),
            ),
        )

    def ask(self, file: Path, work: Callable[[Page], T], said: Mapping[str, list[str]] | None = None) -> T:
        """What ``work`` finds in the open page; what the page itself says meanwhile is added to ``said``."""
        return self._thread.submit(_with_page, self._browser, file.resolve().as_uri(), work, said).result()


def evaluated(page: Page, script: str) -> Any:
    """The value of an expression, whatever the page allows its own scripts."""
    session = page.context.new_cdp_session(page)
    answer = session.send("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
    session.detach()
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def _started(chromium: str) -> tuple[Playwright, Browser]:
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    return playwright, playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


def _with_page(browser: Browser, url: str, work: Callable[[Page], T], said: Mapping[str, list[str]] | None) -> T:
    context = browser.new_context(offline=True)
    try:
        page = context.new_page()
        page.route("**/*", lambda route: _itself_alone(route, url))
        if said is not None:
            page.on("request", lambda request: request.url == url or said["requests"].append(request.url))
            page.on("console", lambda message: said["console"].append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: said["errors"].append(error.message))
        page.goto(url)
        if said is not None:
            said["requests"] += evaluated(page, _OUTSIDE)
        return work(page)
    finally:
        context.close()


def _itself_alone(route: Route, url: str) -> None:
    route.continue_() if route.request.url == url else route.abort()


def _looks(page: Page, axe: str, looks: Iterable[Look]) -> Sequence[tuple[Look, str, str]]:
    evaluated(page, axe)
    return [(look, *found) for look in looks for found in _look(page, look)]


def _look(page: Page, look: Look) -> Iterator[tuple[str, str]]:
    page.set_viewport_size({"width": look.width, "height": 800})
    page.emulate_media(media=look.medium, color_scheme=look.scheme)
    yield from (("layout", text) for text in evaluated(page, _LAYOUT))
    if look.medium == "screen":
        for is_practice, text in evaluated(page, _AXE):
            yield "practice" if is_practice else "rule", " ".join(text.split())


def _gathered(found: Iterable[tuple[Look, str]]) -> Iterator[str]:
    """Each text once, with the looks in which it was found."""
    looks: dict[str, list[Look]] = {}
    for look, text in found:
        looks.setdefault(text, []).append(look)
    return (f"{text} ({'; '.join(map(str, seen))})" for text, seen in looks.items())
