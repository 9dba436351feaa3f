"""Blocks as text: in aligned columns for a terminal (``plain_text.py``), and as Markdown (``markdown.py``)."""
