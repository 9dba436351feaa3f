"""Phrases of reports on availability."""

from __future__ import annotations

from collections.abc import Mapping

UPTIME_PHRASES: Mapping[str, tuple[str, str]] = {
    "section.availability": ("Availability", "可用性"),
    "empty.uptime": (
        "There is no data: no table of outages was given, or nothing says until when outages are recorded.",
        "没有数据：未提供故障记录表，或未说明故障记录截止到何时。",
    ),
    "column.service": ("service", "服务"),
    "column.availability": ("availability", "可用率"),
    "column.outages": ("outages", "故障次数"),
    "column.downtime": ("downtime", "停机时间"),
    "column.maintenance": ("maintenance left out", "不计入的计划维护"),
    "column.budget": ("budget used", "已用错误预算"),
    "column.credit": ("credit", "服务抵扣"),
    "column.until": ("until", "结束"),
    "column.in_period": ("in the period", "报告期内时长"),
    "column.reason": ("reason", "原因"),
    "uptime.span": (
        "From {first} to {last}, by the clock of {timezone}; as far as is known at {at}.",
        "统计{first}至{last}（{timezone} 时间），以{at}所知为准。",
    ),
    "uptime.unrecorded": (
        "Nothing at all is recorded of {names}: that no outage is recorded does not say that it was measured.",
        "{names}没有任何记录：没有故障记录并不表示曾经监测。",
    ),
    "uptime.other_window": (
        "The period is not a window of the promise on {names}: it is held against the target, and no credit is told.",
        "报告期不是{names}承诺的计量周期：仍与目标比较，但不列出抵扣。",
    ),
    "uptime.known_until": (
        "Outages are known until {at}; the budget is that of the whole period.",
        "故障记录只到{at}；错误预算按整个报告期计算。",
    ),
    "uptime.own_clock": (
        "The period of {service} is cut by the clock of {timezone}.",
        "{service}的报告期按 {timezone} 时间划分。",
    ),
    "uptime.no_time": ("no time counts", "无计入时间"),
    "uptime.meaning": (
        "uptime over the time that counts: open hours without the maintenance that is left out; never rounded up",
        "计入时间内的可用时间占比：只计开放时间，扣除不计入的计划维护；绝不向上取整",
    ),
    "uptime.allowed": (
        "downtime over what the target allows in the whole period",
        "停机时间占目标在整个报告期内所允许时间的比例",
    ),
    "uptime.figure": ("Up, down and maintenance by day and hour", "按日期与时刻统计的可用、停机与计划维护"),
    "uptime.days_of": ("{service} by day and hour", "{service}：按日期与时刻"),
    "uptime.told": (
        "Down on {days:day} of {all}; longest on {worst}: {length}.",
        "{all} 天中有 {days:day}停机；最长的一天是{worst}：{length}。",
    ),
    "uptime.pictures": (
        "Pictures of {services:service} without downtime, or with less, are left out.",
        "另有 {services:service}没有停机或停机较少，不附图。",
    ),
    "uptime.day": ("{day}: down {down}, maintenance {maintenance}", "{day}：停机 {down}，计划维护 {maintenance}"),
    "uptime.up": ("up", "可用"),
    "uptime.down": ("down", "停机"),
    "uptime.excluded": ("maintenance left out", "不计入的计划维护"),
    "uptime.longest": ("The longest outages", "持续最久的故障"),
    "uptime.none": ("No outage is recorded in the period.", "报告期内没有故障记录。"),
    "uptime.lasting": ("not over", "尚未结束"),
    "uptime.no_reasons": (
        "Reasons are left out: a free text may name a person.",
        "不列出原因：自由文本可能涉及个人。",
    ),
    "uptime.trend": ("Availability by period", "各期可用率"),
    "uptime.budgets": ("Error budget used by period", "各期已用错误预算"),
    "uptime.budget_of": ("Error budget of {service} by period", "{service}：各期已用错误预算"),
    "uptime.used": ("{period}: {share}", "{period}：{share}"),
    "uptime.overspent": (
        "Overspent in {missed:period} of {all}.",
        "{all} 期中有 {missed:period}超支。",
    ),
    "quality.outage": ("outages: {reason}", "故障记录：{reason}"),
    "uncounted.unpromised": ("of a service that is not promised anything", "所属服务没有承诺"),
    "uncounted.unreadable": ("could not be read (see the problems)", "无法读取（见“问题”）"),
}
