"""Placeholder of the room of measures, which is written elsewhere."""

__all__: list[str] = []
