"""The picture of a standing: a lane for each tier, the spans of the history in them, and what the next tier lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from servicekit.layout import shortened, svg
from servicekit.tiers.account.window_days import FIRST_DAY, LAST_DAY
from servicekit.tiers.standing.status import Progress, TierStatus

_EDGE, _TOP, _LANE, _BAR, _WIDE = 14.0, 64.0, 24.0, 14.0, 560.0
_HELD, _MISSING = {"fill": svg.BLUE}, {"fill": svg.TRACK}
_PROMISED = {"fill": svg.PALE_BLUE, "stroke": svg.BLUE}
_GRACE = {"fill": svg.PALE_AMBER, "stroke": svg.AMBER}
_PROJECTED = {"fill": "none", "stroke": svg.BLUE, "stroke_dasharray": "3 2"}
_LEAST, _BESIDE = 60, 26
_MOST_YEARS, _MOST_LABELS = 6, 9
_LONGEST_NAME, _LONGEST_LINE = 32, 100


class _Scale(NamedTuple):
    """Days along the picture, from the first that is shown to the last."""

    left: float
    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day begins; days outside stand at the edge."""
        day = min(max(day, self.first), self.last)
        return self.left + _WIDE * (day - self.first).days / max((self.last - self.first).days, 1)


def _after(day: date, days: int = 1) -> date:
    """So many days later, within the days that there are."""
    return date.fromordinal(min(max(day.toordinal() + days, FIRST_DAY), LAST_DAY))


def timeline_svg(status: TierStatus) -> str:
    """The drawing of a status as one SVG element, without scripts or styles from outside."""
    ended = dict.fromkeys(row.tier for row in status.spans if row.last_on is not None)
    lanes = [*reversed(status.ladder), *(name for name in ended if name not in status.ladder)]  # former names
    aims = {f"to keep {status.earned}": status.to_keep, f"towards {status.next_tier}": status.progress}
    metrics = [each.metric for lines in aims.values() for each in lines]
    left = _EDGE * 2 + max(_width(name, _LONGEST_NAME) for name in (*lanes, *metrics))
    scale = _Scale(left, *_days(status))
    bottom = _TOP + len(lanes) * _LANE
    until = f" through {status.valid_until}" if status.valid_until else ""
    title = f"{status.customer_id}: {status.tier} since {status.since}{until}"
    parts = [svg.heading(_EDGE, 18, shortened(title, _LONGEST_LINE))]
    parts += [svg.short_label(_EDGE, 35, status.reason, _LONGEST_LINE, fill=svg.FAINT), *_axis(scale, bottom)]
    for place, name in enumerate(lanes):
        top = _TOP + place * _LANE
        parts.append(svg.short_label(_EDGE, top + 16, name, _LONGEST_NAME))
        parts.append(svg.bar(left, _WIDE, (top + 5, _BAR), **_MISSING))
        parts += _spans(status, scale, name, top + 5)
    today = _after(status.as_of)
    asked = {"stroke": svg.RED, "stroke_width": "1.5", "title": f"end of {status.as_of}"}
    parts.append(svg.line(scale.x(today), _TOP - 4, bottom + 2, **asked))
    parts += _legend(status, left, bottom + 16)
    foot = bottom + 28
    for aim, lines in aims.items():
        parts += _progress(aim, lines, left, foot)
        foot += 24 + 20 * len(lines) if lines else 0
    ends = [left + _WIDE, left + _legend_width(status), _EDGE + _width(status.reason)]
    ends += [_EDGE + svg.text_width(shortened(title, _LONGEST_LINE), 13, is_bold=True)]
    ends += [_EDGE + _width(aim) for aim, lines in aims.items() if lines]
    ends += [left + _WIDE / 2 + 8 + _width(str(each)) for lines in aims.values() for each in lines]
    width = round(max(ends) + _EDGE)
    return svg.drawing(title, (width, round(foot + 4)), parts, description=status.explain())


def _days(status: TierStatus) -> tuple[date, date]:
    """From the enrolment, or some years ago, to a while after what is to come."""
    first = max(status.enrolled_on, _after(status.as_of, -366 * _MOST_YEARS))
    ahead = [day for day in (status.projected_on, status.valid_until) if day is not None]
    until = min(max(status.as_of, *ahead, _after(first, _LEAST)), _after(status.as_of, 366 * _MOST_YEARS))
    return first, _after(until, max((until - first).days // 12, 7))


def _axis(scale: _Scale, bottom: float) -> Iterator[str]:
    """The first days of years, or of months in a short history."""
    months = range(1, 13) if (scale.last - scale.first).days < 500 else (1,)
    days = [date(year, month, 1) for year in range(scale.first.year, scale.last.year + 1) for month in months]
    shown = [day for day in days if scale.first <= day < scale.last]
    for day in shown[:: len(shown) // _MOST_LABELS + 1]:
        text = f"{day.year}" if len(months) == 1 else f"{day:%Y-%m}"
        yield svg.label(scale.x(day), _TOP - 8, text, fill=svg.FAINT, text_anchor="middle")
        yield svg.line(scale.x(day), _TOP - 4, bottom, stroke=svg.LINE)


def _spans(status: TierStatus, scale: _Scale, tier: str, top: float) -> Iterator[str]:
    """What was held, what is promised, the grace, the projection, and the days of renewals."""
    today = _after(status.as_of)
    for row in status.spans:
        if (row.tier if row.last_on is not None else status.tier) == tier:
            end = today if row.last_on is None else _after(row.last_on)
            yield _bar(
                scale,
                row.first_on,
                end,
                top,
                f"{row.tier} {row.first_on} to {row.last_on or status.as_of}: {row.reason}",
                **_HELD,
            )
    if status.tier == tier and status.valid_until is not None:
        ends = _after(status.valid_until)
        yield _bar(scale, today, ends, top, f"valid through {status.valid_until}", **_PROMISED)
        if status.projected_on is not None and status.projected_on > ends:
            yield _bar(scale, max(ends, today), status.projected_on, top, "grace, until the review", **_GRACE)
    if status.projected_on is not None and status.projected_tier == tier:
        words = f"{tier} from {status.projected_on}, if nothing more happens"
        yield _bar(scale, status.projected_on, scale.last, top, words, **_PROJECTED)
    for change in status.history:
        if change.kind == "renew" and change.new == tier and change.on > scale.first:
            yield svg.line(
                scale.x(change.on), top - 3, top + _BAR + 3, stroke=svg.INK, stroke_width=2, title=str(change)
            )


def _legend(status: TierStatus, left: float, y: float) -> Iterator[str]:
    """What the colours mean, of those that are shown."""
    x = left
    for text, look in _looks(status).items():
        yield svg.bar(x, 10, (y - 8, 9), **look)
        yield svg.label(x + 14, y, text, fill=svg.FAINT)
        x += _BESIDE + svg.text_width(text)
    yield svg.label(x, y, _marks(status), fill=svg.FAINT)


def _legend_width(status: TierStatus) -> float:
    return sum(_BESIDE + svg.text_width(text) for text in _looks(status)) + svg.text_width(_marks(status))


def _looks(status: TierStatus) -> dict[str, dict[str, str]]:
    is_promised = status.valid_until is not None and status.valid_until > status.as_of
    looks = (("held", _HELD, True), ("valid until", _PROMISED, is_promised), ("grace", _GRACE, _has_grace(status)))
    return {text: look for text, look, is_shown in looks if is_shown}


def _marks(status: TierStatus) -> str:
    marks = ["line: the day asked about"]
    marks += ["tick: renewed"] if any(change.kind == "renew" for change in status.history) else []
    marks += ["dashed: projected"] if status.projected_on is not None else []
    return "; ".join(marks)


def _has_grace(status: TierStatus) -> bool:
    ends, review = status.valid_until, status.projected_on
    return ends is not None and review is not None and review > _after(ends)


def _bar(scale: _Scale, start: date, end: date, top: float, title: str, **look: str) -> str:
    x = scale.x(start)
    return svg.bar(x, max(scale.x(end) - x, 0.0), (top, _BAR), title=title, **look)


def _progress(aim: str, lines: Sequence[Progress], left: float, top: float) -> Iterator[str]:
    """How far each metric is, beside its threshold, under a line that says what for."""
    if lines:
        yield svg.short_label(_EDGE, top + 16, aim, _LONGEST_LINE, fill=svg.FAINT)
    for place, each in enumerate(lines):
        y = top + 22 + place * 20
        yield svg.short_label(_EDGE, y + 12, each.metric, _LONGEST_NAME)
        yield svg.bar(left, _WIDE / 2, (y + 2, _BAR - 2), **_MISSING, title=f"{each.missing:f} missing")
        yield svg.bar(left, _WIDE / 2 * _share(each), (y + 2, _BAR - 2), **_HELD, title=str(each))
        yield svg.short_label(left + _WIDE / 2 + 8, y + 12, str(each), _LONGEST_LINE, fill=svg.FAINT)


def _width(text: str, columns: int = _LONGEST_LINE) -> float:
    return svg.text_width(shortened(text, columns))


def _share(each: Progress) -> float:
    return min(max(float(each.value / each.needed), 0.0), 1.0)
