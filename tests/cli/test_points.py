"""``servicekit points``: what each verb books or answers, in every form, and how it exits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from servicekit.cli import main

POLICY = """\
name: shop
version: "1"
timezone: Asia/Shanghai
loyalty:
  currency: CNY
  currencies: {points: {unit_value: 0.01 CNY}}
  earn: {base: {rate: {points: 1, per: 1 CNY}}}
  expiry: {kind: rolling_months, months: 12}
"""
TIERS = """\
tiers:
  currency: CNY
  enrolment: automatic
  levels: {normal: {}, vip: {qualify: {spend: 100 CNY}, benefits: {points_multiplier: 2}}}
"""
COLUMNS = "{currency: CNY, columns: {order_id: order, customer_id: customer, at: day, amount: paid}}"
PURCHASES = """\
order,customer,day,paid
1,Ann,2026-01-05,80.00
2,Ann,2026-02-05,70.50
3,Bob,2026-02-05,30.00
3,Bob,2026-02-09,-10.00
4,=Cid,2026-02-06,0.50
5,Dan,soon,300.00
"""
BALANCES = "member,points,expires_on\nAnn,300,2026-12-31\nEve,40,\n"
OTHER = POLICY.replace('"1"', '"2"').replace("points: 1, per: 1 CNY", "points: 1, per: 20 CNY").replace("0.01", "0.25")
FILES = {
    "policy.yaml": POLICY,
    "other.yaml": OTHER,
    "tiers.yaml": POLICY + TIERS,
    "columns.yaml": COLUMNS,
    "purchases.csv": PURCHASES,
}
Run = Callable[..., tuple[int, str, str]]
EARN = ("earn", "policy.yaml", "purchases.csv", "--columns", "columns.yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in {**FILES, "balances.csv": BALANCES}.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str, store: str = "points.db") -> tuple[int, str, str]:
        try:
            code = main(("points", *arguments, "--store", store))
        except SystemExit as left:
            code = int(left.code or 0)
        return (code, *capsys.readouterr())

    return run


def record(run: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = run(*arguments, "--format", "json")
    assert code == 0, err
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return answer


def test_purchases_earn_once_however_often_they_are_told(run: Run) -> None:
    first, again = record(run, *EARN), record(run, *EARN)
    assert (first["booked"], first["booked before"], first["points"], first["of 0 points"]) == (5, 0, 170, 1)
    assert (again["booked"], again["booked before"], again["entries"], "points" in again) == (0, 5, 0, False)
    assert [(row["problem"], row["times"]) for row in first["rows"]] == [("table.bad-instant", 1)]


def test_purchases_earn_with_the_tier_before_them(run: Run) -> None:
    told = record(run, "earn", "tiers.yaml", *EARN[2:])
    assert (told["points"], told["in tier normal"], told["in tier vip"]) == (170, 2, 1)
    rows = "order,customer,day,paid\n6,Ann,2026-02-06,10.00\n"
    Path("purchases.csv").write_text(rows, "utf-8")
    later = record(run, "earn", "tiers.yaml", *EARN[2:])
    assert (later["points"], later["in tier vip"]) == (20, 1)
    Path("purchases.csv").write_text(PURCHASES, "utf-8")
    assert record(run, "earn", "tiers.yaml", *EARN[2:])["booked before"] == 5


def test_a_changed_purchase_is_refused_and_fails_a_strict_run(run: Run, folder: Path) -> None:
    (folder / "purchases.csv").write_text("order,customer,day,paid\n1,Ann,2026-01-05,80.00\n", "utf-8")
    assert run(*EARN)[0] == 0
    (folder / "purchases.csv").write_text("order,customer,day,paid\n1,Ann,2026-01-05,90.00\n", "utf-8")
    answer = record(run, *EARN)
    assert (answer["refused"], answer["rows"][0]["problem"]) == (1, "ledger.idempotency-conflict")
    assert run(*EARN, "--strict")[0] == 1


QUESTIONS = (
    ("balance", "--as-of", "2026-06-30"),
    ("balance", "--as-of", "2026-06-30", "--member", "Ann"),
    ("expiring", "--as-of", "2026-06-30", "--member", "Ann"),
    ("statement", "--member", "Ann", "--from", "2026-02-01", "--to", "2027-02-28"),
    ("liability", "--as-of", "2026-06-30", "--expected", "0.9"),
    ("verify",),
    ("simulate", "other.yaml", "--as-of", "2026-06-30"),
    ("expire", "--as-of", "2027-03-01"),
)


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
@pytest.mark.parametrize("verb", QUESTIONS, ids=lambda verb: verb[0])
def test_every_verb_answers_in_every_format(run: Run, verb: tuple[str, ...], format: str) -> None:
    run(*EARN)
    code, out, err = run(verb[0], "policy.yaml", *verb[1:], "--format", format)
    assert (code, err) == (0, "")
    first = {"json": "{", "markdown": "# "}.get(format, "")
    assert out.startswith(first)
    assert "points" in out or "entries" in out


def test_balance_counts_a_member_or_all(run: Run) -> None:
    run(*EARN)
    ann = record(run, "balance", "policy.yaml", "--as-of", "2026-06-30", "--member", "Ann")
    everybody = record(run, "balance", "policy.yaml", "--as-of", "2026-06-30")
    assert ann["rows"] == [{"currency": "points", "available": 150, "pending": 0, "held": 0, "debt": 0}]
    assert (everybody["accounts"], everybody["rows"][0]["available"]) == (3, 170)


def test_balances_are_taken_over_once_with_their_days(run: Run) -> None:
    take = ("import-balances", "policy.yaml", "balances.csv", "--on", "2026-03-01")
    first, again = record(run, *take), record(run, *take)
    assert (first["booked"], first["points"], again["booked"], again["booked before"]) == (2, 340, 0, 2)
    ann = record(run, "expiring", "policy.yaml", "--as-of", "2026-03-01", "--member", "Ann")
    eve = record(run, "expiring", "policy.yaml", "--as-of", "2026-03-01", "--member", "Eve")
    assert [(row["unusable from"], row["points"]) for row in ann["rows"]] == [("2026-12-31", 300)]
    assert [(row["unusable from"], row["points"]) for row in eve["rows"]] == [("2027-03-02", 40)]


BAD_BALANCES = {
    "member,points,expires_on\nAnn,1.5,\n,3,\nBob,-1,\nBob,7,soon\n": ["table.bad-value"] * 4,
    "member,points\nAnn,5\nAnn,6\n": ["table.duplicate-balance"],
    "member,points,expires_on\nAnn,5,2026-03-01\nBob,5,2026-02-01\n": ["ledger.invalid-day"] * 2,
    f"member,points\nAnn,{2**60}\n#Bob,5\n": ["ledger.invalid-points", "ledger.invalid-key"],
    "customer,points\nAnn,5\n": ["table.missing-column"],
}


@pytest.mark.parametrize("text", BAD_BALANCES)
def test_one_bad_balance_keeps_all_out(run: Run, folder: Path, text: str) -> None:
    (folder / "balances.csv").write_text(f"{text}", "utf-8")
    code, out, err = run("import-balances", "policy.yaml", "balances.csv", "--on", "2026-03-01")
    codes = [line.split()[2] for line in err.splitlines() if line.startswith("servicekit: error ")]
    assert (code, out, codes) == (1, "", BAD_BALANCES[text])
    assert record(run, "verify", "policy.yaml")["entries"] == 0


def test_a_table_that_is_no_text_is_told(run: Run, folder: Path) -> None:
    (folder / "balances.csv").write_bytes(b"member,points\n\xff\xfe,5\n")
    code, _, err = run("import-balances", "policy.yaml", "balances.csv", "--on", "2026-03-01")
    assert (code, "Traceback" in err, err.startswith("servicekit: error table.")) == (1, False, True)


WRONG_STORES = {
    "none.db": (2, "there is no file 'none.db'"),
    ":memory:": (2, "expected a file such as points.db"),
    "mysql://root@db/points": (2, "expected a file such as points.db"),
    "postgresql://user:secret@host:port/points": (2, "the address cannot be read"),
    "postgresql://user:secret@127.0.0.1:1/points": (1, "cannot be reached"),
    "policy.yaml": (1, "not a database"),
    ".": (1, "unable to open"),
}


@pytest.mark.parametrize("store", WRONG_STORES)
def test_a_store_that_is_none_is_told_without_its_password(run: Run, store: str) -> None:
    code, out, err = run("verify", "policy.yaml", store=store)
    expected, words = WRONG_STORES[store]
    assert (code, out, words in err) == (expected, "", True), err
    assert "secret" not in err


def test_a_policy_without_points_is_told(run: Run, folder: Path) -> None:
    (folder / "policy.yaml").write_text("name: shop\n", "utf-8")
    code, _, err = run(*EARN)
    assert (code, "policy.no-loyalty" in err, (folder / "points.db").exists()) == (1, True, False)


def test_an_unknown_member_or_currency_is_told(run: Run) -> None:
    run(*EARN)
    balance = ("balance", "policy.yaml", "--as-of", "2026-06-30")
    for more, words in ((("--member", "Zoe"), "Zoe"), (("--currency", "pints"), "did you mean 'points'?")):
        code, _, err = run(*balance, *more)
        assert (code, words in err) == (1, True)


def test_another_programme_is_simulated_on_the_journal(run: Run, folder: Path) -> None:
    run(*EARN)
    simulate = ("simulate", "policy.yaml", "other.yaml", "--as-of", "2026-06-30", "--out", "gains.csv")
    answer = record(run, *simulate)
    figures = {row["points"]: (row["before"], row["after"]) for row in answer["rows"]}
    assert (figures["earned"], figures["taken back"], figures["outstanding"]) == ((180, 8), (10, 0), (170, 8))
    assert (answer["members who gain"], answer["members who lose"]) == (2, 0)
    assert (answer["owed before"], answer["owed after"]) == ("1.70 CNY", "2.00 CNY")
    rows = (folder / "gains.csv").read_text("utf-8").splitlines()
    assert rows == ["member,before,after,gain", "Ann,150,7,1/4", "Bob,20,1,1/20"]
    assert run(*simulate[:-1], "other.yaml")[0] == 2
    same = record(run, "simulate", "policy.yaml", "policy.yaml", "--as-of", "2026-06-30")
    assert (same["members who gain"], same["members who lose"]) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE points_lots SET remaining = remaining + 1",
        "UPDATE points_books SET available = available + 1",
        "DELETE FROM points_bookings WHERE key = 'order:1'",
    ],
)
def test_verify_finds_what_a_writer_beside_us_has_done(run: Run, change: str) -> None:
    run(*EARN)
    with sqlite3.connect("points.db") as connection:
        connection.execute(change)
    code, out, _ = run("verify", "policy.yaml", "--format", "json")
    answer = json.loads(out)
    assert (code, answer["title"]) == (1, "Not sound")
    assert answer["rows"]


@pytest.mark.parametrize("wrong", [("--expected", "1.5"), ("--expected", "much"), ("--as-of", "today")])
def test_wrong_words_are_usage(run: Run, wrong: tuple[str, str]) -> None:
    assert run("liability", "policy.yaml", "--as-of", "2026-06-30", *wrong)[0] == 2
