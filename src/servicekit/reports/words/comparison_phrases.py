"""Phrases of comparisons of two policies."""

from __future__ import annotations

from collections.abc import Mapping

COMPARISON_PHRASES: Mapping[str, tuple[str, str]] = {
    "comparison.title": ("{first} -> {second}", "{first} -> {second}"),
    "comparison.as_of": ("Cases are judged as of {at}.", "工单按{at}的状态判定。"),
    "comparison.cases": ("{cases:case} judged by both policies.", "两份政策共同判定 {cases:case}。"),
    "comparison.records": (
        "{records:record}, {cases:case} judged by both policies.",
        "共 {records:record}，两份政策共同判定 {cases:case}。",
    ),
    "comparison.changes": ("Changes", "变化"),
    "comparison.attainment": ("Attainment, {convention}: {meaning}", "达成率，{convention}：{meaning}"),
    "comparison.flips": ("Flips", "结论变化的工单"),
    "comparison.no_flip": ("No verdict differs.", "所有结论相同。"),
    "comparison.shown": (
        "{shown} of {flips:flip} shown, at most {most} of each change; times are those of {timezone}.",
        "共 {flips:flip}，显示 {shown} 处，每种变化至多 {most} 处；时间为 {timezone} 时间。",
    ),
    "comparison.no_verdict": ("no verdict, see the problems (no case)", "没有结论，见“问题”（不构成工单）"),
    "comparison.not_opened": (
        "not yet opened at the instant of the report (no case)",
        "在报告时刻尚未创建（不构成工单）",
    ),
    "comparison.problems_of_first": ("Problems of the first policy alone", "仅第一份政策的问题"),
    "comparison.problems_of_second": ("Problems of the second policy alone", "仅第二份政策的问题"),
    "comparison.side": ("{outcome} ({target})", "{outcome}（{target}）"),
    "column.outcomes": ("outcomes", "结论数"),
    "column.before": ("before", "之前"),
    "column.after": ("after", "之后"),
    "column.points": ("points", "百分点"),
    "column.case": ("case", "工单"),
    "column.change": ("change", "变化"),
    "column.due_before": ("due before", "之前到期"),
    "column.due_after": ("due after", "之后到期"),
    "column.stopped": ("stopped", "停表"),
    "change.better": ("better", "改善"),
    "change.worse": ("worse", "恶化"),
    "change.appeared": ("appeared", "新增承诺"),
    "change.vanished": ("vanished", "承诺消失"),
    "change.other": ("other", "其他"),
    "change.unchanged": ("unchanged", "不变"),
    "meaning.better": ("late or missed before, met or open after", "之前逾期，之后按时完成或进行中"),
    "meaning.worse": ("met or open before, late or missed after", "之前按时完成或进行中，之后逾期"),
    "meaning.appeared": ("promised by the second policy only", "仅第二份政策作出承诺"),
    "meaning.vanished": ("promised by the first policy only", "仅第一份政策作出承诺"),
    "meaning.other": ("another verdict, neither better nor worse", "结论不同，但无优劣之分"),
    "meaning.unchanged": ("the same verdict, or promised by neither", "结论相同，或两者均未承诺"),
    "verdict.met": ("met", "按时完成"),
    "verdict.met_late": ("met_late", "逾期完成"),
    "verdict.missed": ("missed", "逾期未完成"),
    "verdict.open": ("open", "进行中"),
    "verdict.cancelled": ("cancelled", "已取消"),
    "verdict.no_target": ("no_target", "无承诺"),
}
