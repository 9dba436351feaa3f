"""Integer spans against sets of integers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from servicekit.timeline.spans import Span, clip, intersect, merge, subtract

ANY = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def instants(spans: Iterable[Span]) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}


def is_span_list(spans: list[Span]) -> bool:
    return all(a < b for a, b in spans) and all(a[1] < b[0] for a, b in pairwise(spans))


@given(ANY)
def test_merging_keeps_every_instant_and_no_seam(spans: list[Span]) -> None:
    assert is_span_list(merge(spans))
    assert instants(merge(spans)) == instants(spans)


@given(ANY, ANY)
def test_intersection_and_difference_are_those_of_sets(a: list[Span], b: list[Span]) -> None:
    first, second = merge(a), merge(b)
    for found, expected in (
        (intersect(first, second), instants(first) & instants(second)),
        (subtract(first, second), instants(first) - instants(second)),
    ):
        assert is_span_list(found)
        assert instants(found) == expected


@given(ANY, st.integers(0, 30), st.integers(0, 30))
def test_clipping_keeps_what_lies_inside(spans: list[Span], start: int, end: int) -> None:
    assert instants(clip(merge(spans), start, end)) == {at for at in instants(spans) if start <= at < end}
