"""What is counted: the forms of each noun in English, for one and for several, and in Chinese with its measure word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Forms: TypeAlias = tuple[str, ...]

NOUNS: Mapping[str, tuple[Forms, Forms]] = {
    "record": (("record", "records"), ("条记录",)),
    "case": (("case", "cases"), ("个工单",)),
    "event": (("event", "events"), ("个事件",)),
    "customer": (("customer", "customers"), ("位客户",)),
    "contact": (("contact", "contacts"), ("次联系",)),
    "agent": (("agent", "agents"), ("名客服",)),
    "service": (("service", "services"), ("个服务",)),
    "day": (("day", "days"), ("天",)),
    "period": (("period", "periods"), ("期",)),
    "flip": (("flip", "flips"), ("处变化",)),
    "error": (("error", "errors"), ("个错误",)),
    "warning": (("warning", "warnings"), ("个警告",)),
    "business_day": (("business day", "business days"), ("个工作日",)),
    "calendar_day": (("calendar day", "calendar days"), ("个自然日",)),
}
