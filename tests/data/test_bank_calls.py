"""A bank's calls of February 1999, by the mapping of the example: who was answered, who gave up, and after how long."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servicekit.cli import main
from servicekit.desk import Counted, Intake
from servicekit.errors import PolicyError
from servicekit.events import Contact, order_service
from servicekit.importers import read_sources


@pytest.fixture(scope="module")
def intake(root: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Intake[Contact]:
    """The example, with its file beside it."""
    folder = tmp_path_factory.mktemp("bank_calls")
    shutil.copytree(root / "examples" / "bank_calls", folder, dirs_exist_ok=True)
    (folder / "anonymous_bank_1999_02.tsv.gz").symlink_to(
        shared_data / "bank_calls_1999_02" / "anonymous_bank_1999_02.tsv.gz"
    )
    source = read_sources(folder / "sources.yaml").contacts
    assert source is not None
    assert source.as_of == datetime(1999, 2, 28, 22, tzinfo=UTC)
    return Intake(source.open())


@pytest.fixture(scope="module")
def calls(intake: Intake[Contact]) -> Sequence[Contact]:
    return list(intake)


def seconds(lengths: Sequence[timedelta | None]) -> float:
    return sum((length for length in lengths if length is not None), timedelta()).total_seconds()


def test_every_row_is_a_call_or_left_out_for_a_reason(intake: Intake[Contact], calls: Sequence[Contact]) -> None:
    assert (intake.records, intake.counted, intake.unreadable, intake.problems) == (33_344, 33_066, 0, ())
    assert intake.left_out == (Counted("a phantom call", 278),)
    assert len({call.contact_id for call in calls}) == 33_066
    assert order_service(calls).problems == ()


def test_calls_are_answered_or_given_up(calls: Sequence[Contact]) -> None:
    assert Counter(call.outcome for call in calls) == {"answered": 27_162, "abandoned": 5_904}
    assert sum(call.customer_id is None for call in calls) == 19_502
    assert sum(call.outcome == "answered" and call.agent is None for call in calls) == 491


def test_calls_are_given_up_by_priority(calls: Sequence[Contact]) -> None:
    offered = Counter(call.facts["priority"] for call in calls)
    given_up = Counter(call.facts["priority"] for call in calls if call.outcome == "abandoned")
    assert offered == {"0": 19_544, "1": 4_512, "2": 9_010}
    assert given_up == {"0": 4_076, "1": 919, "2": 909}


def test_lengths_are_those_of_the_published_figures(calls: Sequence[Contact]) -> None:
    answered = [call for call in calls if call.outcome == "answered"]
    given_up = [call for call in calls if call.outcome == "abandoned"]
    assert seconds([call.wait for call in answered]) / 27_162 == pytest.approx(40.774, abs=5e-4)
    assert seconds([call.handled for call in answered]) / 27_162 == pytest.approx(176.353, abs=5e-4)
    assert seconds([call.wait for call in calls]) == 1_367_207
    assert sum(call.handled is not None for call in given_up) == 97  # the bank's own record: time of service, nobody's
    in_time = sum(call.wait is not None and call.wait <= timedelta(seconds=20) for call in answered)
    assert (round(in_time / len(calls), 4), round(in_time / len(answered), 4)) == (0.4902, 0.5968)


def test_the_example_names_the_file_that_is_missing(root: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        read_sources(root / "examples" / "bank_calls" / "sources.yaml")
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [
        ("table.no-such-file", "tables.contacts.file")
    ]


def test_the_scorecard_of_the_example_prints_what_its_page_shows(
    root: Path, shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(root / "examples" / "bank_calls", tmp_path / "bank_calls")
    name = "anonymous_bank_1999_02.tsv.gz"
    (folder / name).symlink_to(shared_data / "bank_calls_1999_02" / name)
    assert main(["scorecard", str(folder / "policy.yaml"), str(folder / "sources.yaml")]) == 0
    table = next(part for part in capsys.readouterr().out.split("\n\n") if part.startswith("metric "))
    page = (folder / "README.md").read_text("utf-8")
    shown = "metric " + page.partition("    metric ")[2].partition("\n\n")[0]
    assert [line.split() for line in table.splitlines()] == [line.split() for line in shown.splitlines()]
