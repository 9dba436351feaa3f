"""``servicekit tiers``: where customers stand and why, who moves by another policy, and how it exits."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from servicekit.cli import main
from servicekit.reports import FORMATS

POLICY = """\
name: shop
version: "1"
timezone: Asia/Shanghai
tiers:
  currency: CNY
  enrolment: automatic
  window: year
  levels:
    normal: {}
    vip:
      qualify: {spend: 100 CNY}
      benefits: {points_multiplier: 1.5, dedicated_agent: true, others: [free shipping], yearly_cost: 73 CNY}
"""
OTHER = POLICY.replace('"1"', '"2"').replace("100 CNY", "200 CNY")
COLUMNS = "{currency: CNY, columns: {order_id: order, customer_id: customer, at: day, amount: paid}}"
PURCHASES = """\
order,customer,day,paid
1,Ann,2026-01-05,80.00
2,Ann,2026-02-05,70.00
3,Bob,2026-02-05,30.00
4,=Cid,2026-02-06,300.00
5,Dan,soon,300.00
"""
FILES = {"policy.yaml": POLICY, "other.yaml": OTHER, "columns.yaml": COLUMNS, "purchases.csv": PURCHASES}
TIERS = ("tiers", "policy.yaml", "purchases.csv", "--columns", "columns.yaml", "--as-of", "2026-06-30")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        return (code, *capsys.readouterr())

    return run


def record(run: Run, *arguments: str) -> dict[str, Any]:
    code, out, _ = run(*TIERS, *arguments, "--format", "json")
    assert code == 0
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return answer


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def test_customers_are_counted_by_tier_and_bad_rows_by_code(run: Run) -> None:
    answer = record(run)
    assert (answer["policy"], answer["as_of"], answer["customers"]) == ("shop 1", "2026-06-30", {"normal": 1, "vip": 2})
    assert (answer["records"], answer["events"], answer["unreadable"]) == (5, 4, 1)
    assert [(group["code"], group["count"]) for group in answer["problems"]] == [("table.bad-instant", 1)]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("more", [(), ("--member", "Ann"), ("--against", "other.yaml")])
def test_every_answer_comes_in_every_format(run: Run, more: tuple[str, ...], format: str) -> None:
    code, out, err = run(*TIERS, *more, "--format", format)
    assert (code, "problem" in err) == (0, "--member" in more)
    assert "shop 1" in out or '"shop"' in out


def test_member_is_explained_with_the_history(run: Run) -> None:
    code, out, _ = run(*TIERS, "--member", "Ann")
    assert code == 0
    assert out.splitlines() == [
        "Ann, shop 1",
        "===========",
        "As of 2026-06-30; enrolled on 2026-01-05.",
        "vip since 2026-02-05 through 2026-12-31: 150.00 of 100.00 CNY in 2026",
        "if nothing more happens: still vip from 2027-01-01",
        "",
        "Benefits",
        "--------",
        "  points multiplier  1.5",
        "  dedicated agent    yes",
        "  others             free shipping",
        "  yearly cost        73 CNY",
        "",
        "History",
        "-------",
        "tier    first day   last day    reason",
        "normal  2026-01-05  2026-02-04  enrolled",
        "vip     2026-02-05              150.00 of 100.00 CNY in 2026",
    ]


def test_member_is_plain_data_for_programs(run: Run) -> None:
    answer = record(run, "--member", "Bob")
    assert (answer["tier"], answer["since"], answer["valid_until"]) == ("normal", "2026-02-05", None)
    assert answer["progress"] == [
        {"metric": "spend", "value": "30.00", "needed": "100", "missing": "70.00", "currency": "CNY"}
    ]
    assert answer["history"] == []
    assert record(run, "--member", "Ann")["benefits"] == {
        "points_multiplier": "1.5", "dedicated_agent": True, "others": ["free shipping"], "yearly_cost": "73 CNY",
    }  # fmt: skip


def test_promises_to_a_tier_are_shown_where_it_has_the_benefit(run: Run, folder: Path) -> None:
    sla = (
        "vocabulary: {tiers: [normal, vip]}\nsla: {targets: [{resolution: 8h}, {when: {tier: vip}, resolution: 2h}]}\n"
    )
    for benefit, told in (("sla: true, ", [{"metric": "resolution", "target": "2h", "row": "targets[1]"}]), ("", [])):
        (folder / "policy.yaml").write_text(sla + POLICY.replace("benefits: {", f"benefits: {{{benefit}"), "utf-8")
        assert record(run, "--member", "Ann")["promises"] == told
        assert ("  resolution 2h  sla.targets[1]" in run(*TIERS, "--member", "Ann")[1]) == bool(told)


def test_member_is_explained_under_both_policies(run: Run) -> None:
    _, out, _ = run(*TIERS, "--member", "Ann", "--against", "other.yaml")
    assert "Ann, shop 1\n" in out
    assert "Ann, shop 2\n" in out
    assert "next vip: 150.00 of 200.00 CNY" in out
    _, out, err = run(*TIERS, "--member", "Ann", "--against", "other.yaml", "--format", "json")
    assert [each["tier"] for each in json.loads(out)] == ["vip", "normal"]
    assert err == "servicekit: 1 problem in the purchases; without --member they are listed\n"


def test_two_policies_are_compared(run: Run, folder: Path) -> None:
    answer = record(run, "--against", "other.yaml", "--out", "moves.csv")
    assert answer["transitions"] == [
        {"before": "normal", "after": "normal", "customers": 1},
        {"before": "vip", "after": "normal", "customers": 1},
        {"before": "vip", "after": "vip", "customers": 1},
    ]
    assert (answer["higher"], answer["lower"], answer["unchanged"], answer["moves"]) == (0, 1, 2, 1)
    assert answer["before"]["benefits"]["dedicated_agent"] == 2
    assert answer["before"]["cost"] == ["58.20 CNY"]  # (146 + 145) days of 73 CNY a year
    assert table(folder / "moves.csv") == [
        ["customer_id", "before", "after", "differs_from", "days"],
        ["Ann", "vip", "normal", "2026-02-05", "146"],
    ]


def test_same_policy_twice_moves_nobody(run: Run) -> None:
    _, out, _ = run(*TIERS, "--against", "policy.yaml")
    assert "Nobody stands, or ever stood, elsewhere." in out


def test_row_per_customer_is_written(run: Run, folder: Path) -> None:
    assert run(*TIERS, "--out", "tiers.csv")[0] == 0
    head, *rows = table(folder / "tiers.csv")
    assert [dict(zip(head, row, strict=True))["tier"] for row in rows] == ["vip", "normal", "vip"]
    assert dict(zip(head, rows[1], strict=True)) == {
        "customer_id": "Bob", "tier": "normal", "since": "2026-02-05", "valid_until": "", "earned": "normal",
        "next_tier": "vip", "missing": "spend 70.00", "projected_tier": "normal", "projected_on": "",
        "reason": "where everybody starts",
    }  # fmt: skip


def test_texts_are_neutral_for_spreadsheets_alone(run: Run, folder: Path) -> None:
    run(*TIERS, "--out", "exact.csv")
    run(*TIERS, "--out", "people.csv", "--spreadsheet")
    assert [table(folder / name)[3][0] for name in ("exact.csv", "people.csv")] == ["=Cid", "'=Cid"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((*TIERS, "--member", "Anm"), 2, "did you mean 'Ann'?"),
        ((*TIERS, "--member", "Ann", "--out", "x.csv"), 2, "--out"),
        ((*TIERS, "--member", "Ann", "--against", "other.yaml", "--format", "html"), 2, "one report"),
        ((*TIERS, "--spreadsheet"), 2, "--out OUT.csv"),
        ((*TIERS, "--out", "purchases.csv"), 2, "overwrite"),
        ((*TIERS, "--against", "other.yaml", "--out", "other.yaml"), 2, "overwrite"),
        ((*TIERS[:-1], "30 June"), 2, "expected a day"),
        (TIERS[:-2], 2, "--as-of"),
        ((*TIERS, "--strict"), 1, "table.bad-instant"),
        ((*TIERS, "--against", "plain.yaml"), 1, "policy.no-tiers"),
        (("tiers", "plain.yaml", *TIERS[2:]), 1, "policy.no-tiers"),
        (("tiers", "policy.yaml", "none.csv", *TIERS[3:]), 1, "none.csv"),
        (("tiers", "policy.yaml", "policy.yaml", *TIERS[3:]), 1, "column"),
        ((*TIERS, "--out", "nowhere/x.csv"), 1, "nowhere"),
    ],
)
def test_fault_is_one_line_and_an_exit_code(
    run: Run, folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "plain.yaml").write_text("name: desk", "utf-8")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    left, out, err = run(*arguments)
    assert (left, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_strict_exits_with_one_when_a_customer_is_odd(run: Run, folder: Path) -> None:
    whole = "\n".join(PURCHASES.splitlines()[:-1])
    (folder / "purchases.csv").write_text(whole, "utf-8")
    (folder / "policy.yaml").write_text(POLICY.replace("  enrolment: automatic\n", ""), "utf-8")
    assert (run(*TIERS)[0], run(*TIERS, "--strict")[0]) == (0, 1)
    _, out, _ = run(*TIERS)
    assert "3 errors (tiers.not-enrolled)" in out


def test_nothing_is_written_when_the_table_breaks_off(run: Run, folder: Path) -> None:
    rows = "".join(f"{n},Eve {n},2026-01-05,50.00\n" for n in range(20_000))
    whole = gzip.compress(f"order,customer,day,paid\n{rows}".encode())
    (folder / "purchases.csv").write_bytes(whole[: len(whole) // 2])
    code, out, err = run(*TIERS, "--out", "tiers.csv")
    assert (code, "table.broken-off" in out, "tiers.csv" in err) == (1, True, True)
    assert not (folder / "tiers.csv").exists()


def test_export_of_a_shop_is_read_by_its_mapping(run: Run, folder: Path, root: Path) -> None:
    shop = root / "examples" / "purchases"
    (folder / "policy.yaml").write_text(POLICY.replace("CNY", "USD"), "utf-8")
    code, out, _ = run("tiers", "policy.yaml", str(shop / "orders_export.csv"), "--columns", str(shop / "shopify.yaml"),
                       "--as-of", "2026-06-30", "--format", "json")  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    assert answer["events"] > 0
    assert sum(answer["customers"].values()) > 0
    assert answer["left_out"] != []
