"""The words of an explanation, in English and in Chinese, and how it writes a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
"""English or Chinese."""


@dataclass(frozen=True, slots=True)
class Words:
    """The names of spans, layers, verdicts and metrics in one language."""

    kinds: Mapping[str, str]
    layers: Mapping[str, str]
    outcomes: Mapping[str, str]
    metrics: Mapping[str, str]
    headings: Mapping[str, str]
    title: str
    colon: str
    comma: str

    def metric(self, name: str) -> str:
        """The name of a metric for people; a metric that the policy names itself keeps its name."""
        known = self.metrics.get(name)
        if known is not None:
            return known
        stage, _, rest = name.partition(":")
        return f"{self.metrics[stage]}{self.colon}{rest}" if stage in self.metrics and rest else name


_EN = Words(
    kinds={"counted": "counted", "closed": "closed", "paused": "paused", "discarded": "given up, restarted"},
    layers={
        "weekly": "outside hours",
        "season": "outside hours of the season",
        "holiday": "holiday",
        "make-up": "outside hours of a make-up day",
        "recurrence": "recurring closure",
        "date": "hours of that date",
        "break": "break",
        "opening": "outside the opening",
        "closure": "closure",
        "algebra": "outside combined hours",
    },
    outcomes={
        "met": "met",
        "met_late": "done, but late",
        "missed": "missed",
        "open": "open",
        "cancelled": "cancelled",
        "no_target": "nothing promised",
    },
    metrics={
        "first_response": "first response",
        "acknowledgement": "acknowledgement",
        "next_response": "next response",
        "periodic_update": "periodic update",
        "pausable_update": "pausable update",
        "ownership": "ownership",
        "requester_wait": "requester wait",
        "agent_work": "agent work",
        "resolution": "resolution",
        "first_resolution": "first resolution",
        "total_resolution": "total resolution",
        "reach_stage": "stage",
        "ola": "OLA",
        "uc": "contract",
    },
    headings={
        "case": "case",
        "target": "target",
        "due": "due",
        "elapsed": "elapsed",
        "from": "from",
        "what": "what",
        "why": "why",
        "length": "length",
        "total": "elapsed so far",
        "none": "none",
        "changed": "new target",
        "late": "after the due moment",
        "resolved": "resolved",
    },
    title="{metric} of case {case_id}: {outcome}",
    colon=": ",
    comma=", ",
)

_ZH = Words(
    kinds={"counted": "计时", "closed": "非工作时间", "paused": "暂停", "discarded": "重新计时前"},
    layers={
        "weekly": "营业时间外",
        "season": "季节营业时间外",
        "holiday": "节假日",
        "make-up": "调休上班日营业时间外",
        "recurrence": "定期停业",
        "date": "当日特别安排",
        "break": "休息",
        "opening": "临时开放时间外",
        "closure": "停业",
        "algebra": "组合营业时间外",
    },
    outcomes={
        "met": "按时完成",
        "met_late": "逾期完成",
        "missed": "逾期未完成",
        "open": "进行中",
        "cancelled": "已取消",
        "no_target": "无承诺",
    },
    metrics={
        "first_response": "首次响应",
        "acknowledgement": "受理确认",
        "next_response": "后续响应",
        "periodic_update": "定期通报",
        "pausable_update": "可暂停通报",
        "ownership": "认领",
        "requester_wait": "客户等待",
        "agent_work": "客服处理",
        "resolution": "解决",
        "first_resolution": "首次解决",
        "total_resolution": "最终解决",
        "reach_stage": "阶段",
        "ola": "内部协议",
        "uc": "支撑合同",
    },
    headings={
        "case": "工单",
        "target": "目标",
        "due": "到期",
        "elapsed": "已用",
        "from": "开始",
        "what": "性质",
        "why": "原因",
        "length": "时长",
        "total": "累计用时",
        "none": "无",
        "changed": "新目标",
        "late": "到期之后",
        "resolved": "已解决",
    },
    title="工单 {case_id} {metric}：{outcome}",
    colon="：",
    comma="，",
)

LANGUAGES: Mapping[Language, Words] = MappingProxyType({"en": _EN, "zh": _ZH})
"""The languages that an explanation is given in."""


def words_in(language: Language) -> Words:
    """The words of a language.

    >>> words_in("zh").metric("resolution")
    '解决'

    Raises:
        ValueError: the language is not one of :data:`LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ValueError(f"an explanation is given in {' or '.join(LANGUAGES)}, not in {language!r}")
    return LANGUAGES[language]


def moment_text(local: datetime) -> str:
    """A moment to the minute, with seconds where it has any.

    >>> moment_text(datetime(2026, 1, 5, 9)), moment_text(datetime(2026, 1, 5, 9, 0, 30))
    ('2026-01-05 09:00', '2026-01-05 09:00:30')
    """
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second or local.microsecond else f"{local:%Y-%m-%d %H:%M}"
