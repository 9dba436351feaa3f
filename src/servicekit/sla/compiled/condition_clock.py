"""The clock of a measure or an agreement: started and stopped by conditions instead of signals."""

from __future__ import annotations

from collections.abc import Mapping

from servicekit.rules import Fields, Test, Value, compile_condition, fields_read
from servicekit.sla.custom_clocks import EVENT_FACTS, Agreement, Measure


class ConditionClock:
    """The compiled conditions of one measure or agreement.

    ``asks_event`` says that the start is about the event itself, which may come again and again.
    """

    __slots__ = ("asks_event", "start", "stop")

    def __init__(self, document: Measure | Agreement, fields: Fields) -> None:
        start = document.start if isinstance(document, Measure) else document.when
        known = {**fields, **EVENT_FACTS}
        self.start: Test = compile_condition(start, known)
        self.stop: Test | None = compile_condition(document.stop, known) if isinstance(document, Measure) else None
        self.asks_event: bool = bool({"event", "milestone", "answers"} & set(fields_read(start)))

    def is_done(self, facts: Mapping[str, Value], *, holds: bool) -> bool:
        """Whether a clock that runs is to stop; ``holds`` says whether its start condition is true."""
        return not holds if self.stop is None else self.stop(facts)
