"""``columns`` and ``init``: what they print and write runs at once, and nothing is written over."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from servicekit.cli import main
from servicekit.importers import PurchaseMapping

Run = Callable[..., tuple[int, str, str]]
FILES = ("policy.yaml", "columns.yaml", "tickets.csv")
DESK = Path("examples/service_desk")
HELP_DESKS = Path("examples/help_desks")
IN_ENGLISH = (
    "Ticket ID", "Created at", "Channel", "Issue type", "Customer tier", "Agent", "Acknowledged at", "First reply at",
    "Waiting from", "Waiting until", "Resolved at", "Cancelled at", "Status",
)  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], root: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(root)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def lists(tmp_path: Path) -> dict[str, Path]:
    """Tables as people have them, each with the number of its rows in its name."""
    texts = {
        "durations_1.csv": "id,opened,first_response_minutes,resolution_hours\n1,2026-03-02 09:00,30,2.5\n",
        "sep_1.csv": "sep=;\nid;opened;done\n1;2026-03-02 09:00;2026-03-02 10:00\n",
        "status_2.csv": '"ID";"Status";"Data de abertura";"Última atualização";\n'
        '"2 001";"Fechado";"02-03-2026 09:00";"02-03-2026 10:00";\n'
        '"2 002";"Pendente";"13-03-2026 09:00";"14-03-2026 09:00";\n',
        "records_2.json": '[{"id": 1, "created": "2026-03-02T09:00:00Z", "resolved": null},\n'
        ' {"id": 2, "created": "2026-03-02T09:00:00Z", "resolved": "2026-03-02T10:00:00Z"}]',
        "history_1.csv": "ticket,field,old,new,at\n1,status,,New,2026-03-02 09:00\n"
        "1,status,New,Closed,2026-03-02 10:00\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return {name: tmp_path / name for name in texts}


def reported(run: Run, policy: Path, tickets: Path, mapping: Path) -> dict[str, object]:
    code, out, err = run("report", policy, tickets, "--columns", mapping, "--format", "json")
    assert (code, err) == (0, "")
    report: dict[str, object] = json.loads(out)
    return report


def test_what_columns_prints_is_what_it_writes_and_what_report_reads(
    run: Run, tmp_path: Path, lists: dict[str, Path]
) -> None:
    for name, tickets in lists.items():
        out = tmp_path / f"{name}.yaml"
        code, printed, err = run("columns", tickets)
        assert (code, err) == (0, "")
        assert run("columns", tickets, "--out", out)[0] == 0
        assert out.read_text("utf-8") == printed
        report = reported(run, HELP_DESKS / "policy.yaml", tickets, out)
        assert report["cases"] == int(tickets.stem.rpartition("_")[2])


@pytest.mark.parametrize("export", ["zendesk.jsonl", "jira.json", "incidents.csv", "freshdesk.csv"])
def test_the_examples_of_help_desks_are_told(run: Run, tmp_path: Path, export: str) -> None:
    code, text, _ = run("columns", HELP_DESKS / export)
    assert code == 0
    product = {"incidents.csv": "servicenow"}.get(export, Path(export).stem)
    assert f"servicekit: {product}/1\n" in text
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    assert reported(run, HELP_DESKS / "policy.yaml", HELP_DESKS / export, tmp_path / "m.yaml")["cases"]


@pytest.mark.parametrize("header", [None, IN_ENGLISH])
def test_the_example_desk_is_judged_by_its_proposed_mapping(
    run: Run, tmp_path: Path, header: tuple[str, ...] | None
) -> None:
    rows = list(csv.reader((DESK / "tickets.csv").read_text("utf-8").splitlines()))
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header or rows[0], *rows[1:]])
    assert run("columns", tmp_path / "t.csv", "--out", tmp_path / "m.yaml")[0] == 0
    report = reported(run, DESK / "policy.yaml", tmp_path / "t.csv", tmp_path / "m.yaml")
    assert report["records"] == len(rows) - 1
    assert len(rows) - 10 < report["cases"] < len(rows)  # type: ignore[operator]


def test_columns_writes_over_nothing(run: Run, tmp_path: Path, lists: dict[str, Path]) -> None:
    (tmp_path / "m.yaml").write_text("mine\n")
    code, out, err = run("columns", lists["sep_1.csv"], "--out", tmp_path / "m.yaml")
    assert (code, out) == (1, "")
    assert "m.yaml" in err
    assert "exists" in err
    assert (tmp_path / "m.yaml").read_text() == "mine\n"


@pytest.mark.parametrize("more", [(), ("--purchases",)])
@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "{}"])
def test_columns_says_why_it_proposes_nothing(run: Run, tmp_path: Path, text: str, more: tuple[str, ...]) -> None:
    (tmp_path / "t.csv").write_text(text)
    code, out, err = run("columns", tmp_path / "t.csv", *more)
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_columns_of_purchases_are_proposed_where_they_are_asked_for(run: Run, tmp_path: Path) -> None:
    table, mapping = Path("examples/purchases/purchases.csv"), tmp_path / "m.yaml"
    code, text, err = run("columns", table, "--purchases")
    assert (code, err) == (0, "")
    assert run("columns", table, "--purchases", "--out", mapping)[:2] == (
        0,
        f"{mapping}: reads 6 of 8 orders; confirm what is remarked on in it\n",
    )
    assert mapping.read_text("utf-8") == text
    assert PurchaseMapping.parse(text).columns.order_id == "order"


def test_columns_of_no_file_is_one_line(run: Run, tmp_path: Path) -> None:
    code, _, err = run("columns", tmp_path / "none.csv")
    assert (code, err.count("\n"), "table.no-such-file" in err) == (1, 1, True)


def test_init_writes_documents_that_run_at_once(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "desk"
    code, out, err = run("init", folder)
    assert (code, err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    command = out.splitlines()[-1].split()
    assert command[0] == "servicekit"
    code, text, err = run(*command[1:], "--format", "json")
    report = json.loads(text)
    assert (code, err, report["cases"], report["problems"]) == (0, "", 10, [])
    totals = {line["metric"]: line for line in report["lines"] if line["channel"] is None}
    assert (
        totals["first_response"]["met"],
        totals["first_response"]["met_late"],
        totals["first_response"]["missed"],
    ) == (8, 1, 1)
    assert run("check", folder / "policy.yaml")[1].endswith("0 errors, 0 warnings\n")


@pytest.mark.parametrize("name", FILES)
def test_init_writes_over_nothing(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine\n")
    code, _, err = run("init", tmp_path)
    assert (code, name in err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine\n"


def test_init_begins_from_tickets_of_ones_own(run: Run, tmp_path: Path) -> None:
    """The policy speaks the words of the tickets, and promises only what they can show."""
    lines = [
        f"{n};2026-03-02 09:00;2026-03-02 12:00;{p};{c}"
        for n, (p, c) in enumerate([("Hoch", "E-Mail"), ("Normal", "it's")])
    ]
    tickets = tmp_path / "liste.csv"
    tickets.write_text("\n".join(["Nr;Erstellt am;Gelöst am;Priorität;Kanal", *lines]), "utf-8")
    code, out, _ = run("init", tmp_path / "desk", "--tickets", tickets)
    assert code == 0
    assert not (tmp_path / "desk" / "tickets.csv").exists()
    policy = (tmp_path / "desk" / "policy.yaml").read_text("utf-8")
    assert "priorities: ['Hoch', 'Normal']" in policy
    assert "when: {priority: 'Hoch'}, resolution: 4h" in policy
    assert "first_response" not in policy
    report = json.loads(run(*out.splitlines()[-1].split()[1:], "--format", "json")[1])
    assert report["cases"] == 2
    assert {group["code"] for group in report["problems"]} <= {"desk.as-of-from-data"}


def test_init_of_an_export_that_nobody_can_read_writes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    assert run("init", tmp_path / "desk", "--tickets", tmp_path / "t.csv")[0] == 1
    assert not (tmp_path / "desk").exists()
