"""Write ``tickets.csv``: 2,400 synthetic tickets of the first quarter of 2026. No line of it is real.

Usage: python generate.py [tickets.csv]

The same file comes out every time: the only source of chance is a generator with a fixed seed. The quarter holds the
Spring Festival (15 to 23 February) and three worked weekends; agents work in the hours of the policy beside this
script. Some rows are spoilt on purpose, as in every export: a stamp that is not a date, a ticket listed twice.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from servicekit.policy import ServicePolicy

HERE = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY, EXPORTED_AT = datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2026, 4, 1, tzinfo=SHANGHAI)
TICKETS, SEED = 2_400, 2026

HEADER = (
    "工单号", "创建时间", "渠道", "问题类型", "客户等级", "坐席",
    "受理时间", "首次回复时间", "等待开始", "等待结束", "解决时间", "撤销时间", "状态",
)  # fmt: skip

CHANNELS = {"电话": 38, "在线": 34, "邮件": 18, "社交": 10}
TYPES = {"咨询": 62, "投诉": 16, "紧急": 8, "复杂": 14}
TIERS = {"普通": 78, "VIP": 17, "高级VIP": 5}
HOURS = dict(enumerate([1] * 7 + [2, 5, 12, 11, 7, 4, 6, 10, 11, 10, 8, 5, 4, 3, 3, 2, 1]))
"""How often a ticket comes in at each hour: the peaks are 09:00 to 11:00 and 14:00 to 17:00."""

# Mean times, in minutes: until the first reply by channel, and of the work itself by type.
REPLY = {"电话": 18.0, "在线": 0.17, "邮件": 130.0, "社交": 45.0}
WORK = {"咨询": 75.0, "投诉": 260.0, "紧急": 70.0, "复杂": 330.0}
HASTE = {"普通": 1.0, "VIP": 0.65, "高级VIP": 0.45}

Choice = TypeVar("Choice")


class Desk:
    """An imaginary desk: its calendars from the policy, its luck from a seed."""

    def __init__(self, policy: ServicePolicy, seed: int) -> None:
        self.hotline = policy.calendars["hotline"].compile()
        self.chat = policy.calendars["around_the_clock"].compile()
        self.random = Random(seed).random

    def pick(self, weights: Mapping[Choice, float]) -> Choice:
        """One of the keys, as often as its weight says."""
        point = self.random() * sum(weights.values())
        for choice, weight in weights.items():
            point -= weight
            if point < 0:
                return choice
        return choice

    def some(self, mean_minutes: float) -> timedelta:
        """An exponential waiting time, in whole seconds."""
        return timedelta(seconds=1 + round(-60 * mean_minutes * math.log(1 - self.random())))

    def arrival(self) -> datetime:
        """When a ticket comes in; on days off, two of three customers wait."""
        while True:
            at = FIRST_DAY + timedelta(days=int(self.random() * 90), hours=self.pick(HOURS))
            at += timedelta(seconds=int(self.random() * 3600))
            if self.hotline.is_business_day(at.date()) or self.random() < 1 / 3:
                return at

    def ticket(self, number: int, at: datetime) -> dict[str, str]:
        """One row of the export."""
        channel, kind, tier = self.pick(CHANNELS), self.pick(TYPES), self.pick(TIERS)
        if channel == "电话" and not self.hotline.is_open(at):
            channel = "在线"
        hours = self.chat if channel == "在线" else self.hotline
        replied_at = hours.add(at, self.some(REPLY[channel] * HASTE[tier]))
        row = dict.fromkeys(HEADER, "") | {
            "工单号": f"T{number:05}", "渠道": channel, "问题类型": kind, "客户等级": tier,
            "坐席": f"A{1 + int(self.random() * 12):02}", "状态": "处理中",
        }  # fmt: skip
        stamps = {"创建时间": at, "首次回复时间": replied_at}
        if kind == "投诉":
            stamps["受理时间"] = self.hotline.add(at, self.some(18 * HASTE[tier]))
        stamps |= self._ending(kind, tier, replied_at)
        row |= {name: local(stamp) for name, stamp in stamps.items() if stamp < EXPORTED_AT}
        row["状态"] = "已撤销" if row["撤销时间"] else "已解决" if row["解决时间"] else "处理中"
        return row

    def _ending(self, kind: str, tier: str, replied_at: datetime) -> dict[str, datetime]:
        chance = self.random()
        if chance < 0.015:
            return {"撤销时间": replied_at + self.some(90)}
        if chance < 0.03:
            return {}
        begun, waited = replied_at, {}
        if kind in ("投诉", "复杂") and self.random() < 0.3:
            paused = self.hotline.add(replied_at, self.some(40))
            begun = paused + self.some(600)
            waited = {"等待开始": paused, "等待结束": begun}
        return waited | {"解决时间": self.hotline.add(begun, self.some(WORK[kind] * HASTE[tier]))}


def local(stamp: datetime) -> str:
    """What the clock in Shanghai shows."""
    return f"{stamp.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def spoilt(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows with what every export has: tests, mergers, a ticket listed twice, stamps that are not dates."""
    for place in range(100, len(rows), 200):
        rows[place]["问题类型"] = "测试"
    for place in range(150, len(rows), 400):
        rows[place]["状态"] = "已合并"
    rows[321]["创建时间"] = "2026/1/十三"
    rows[654]["首次回复时间"] = "待定"
    rows[987]["渠道"] = "传真"
    rows[1505]["解决时间"] = "2025-12-31 10:00:00"
    rows.insert(1801, dict(rows[1800]))
    return rows


def tickets() -> list[dict[str, str]]:
    """All rows, in the order in which the tickets came in."""
    desk = Desk(ServicePolicy.load(HERE / "policy.yaml"), SEED)
    arrivals = sorted(desk.arrival() for _ in range(TICKETS))
    return spoilt([desk.ticket(number, at) for number, at in enumerate(arrivals, 1)])


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tickets.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(tickets())
