"""Phrases of key figures: what the metrics of the field are called."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, tuple[str, str]] = {
    "csat": ("customer satisfaction (CSAT)", "客户满意度（CSAT）"),
    "nps": ("net promoter score (NPS)", "净推荐值（NPS）"),
    "ces": ("customer effort score (CES)", "客户费力度（CES）"),
    "response_rate": ("response rate", "问卷回收率"),
    "first_response": ("time to first response", "首次响应时间"),
    "next_response": ("time to next response", "后续响应时间"),
    "resolution_time": ("time to resolution", "解决时间"),
    "first_contact_resolution": ("first contact resolution", "首次联系解决率"),
    "resolution_rate": ("resolution rate", "解决率"),
    "open_cases": ("open cases", "未结工单"),
    "reopen_rate": ("reopen rate", "重新打开率"),
    "transfer_rate": ("transfer rate", "转接率"),
    "escalation_rate": ("escalation rate", "升级率"),
    "promises_kept": ("promises kept", "承诺达成率"),
    "service_level": ("service level", "服务水平"),
    "answer_speed": ("speed of answer", "应答速度"),
    "handling_time": ("handling time", "处理时长"),
    "abandonment": ("abandonment", "放弃率"),
    "patience": ("patience", "等待耐心"),
    "occupancy": ("occupancy", "占用率"),
    "utilisation": ("utilisation", "利用率"),
    "deflection": ("deflection", "分流率"),
    "self_service": ("self-service", "自助服务率"),
    "complaint_rate": ("complaint rate", "投诉率"),
    "cost_per_contact": ("cost per contact", "单次联系成本"),
    "repurchase": ("repurchase", "复购率"),
    "cases_per_agent_day": ("cases per agent and day", "人日均工单数"),
    "quality_score": ("quality score", "质检得分"),
    "quality_coverage": ("quality coverage", "质检覆盖率"),
    "training_pass": ("training passed", "培训通过率"),
}

FIGURE_PHRASES: Mapping[str, tuple[str, str]] = {
    **{f"figure.{name}": words for name, words in _NAMES.items()},
    **{f"measured.{name}": (name, chinese) for name, (_, chinese) in _NAMES.items()},
}
"""``figure`` for people, ``measured`` in charts, where English has the name under which a scorecard measures it."""
