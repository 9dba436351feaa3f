"""What reports say: blocks (``block.py``) of what is told (``told.py``), without a layout and without a language."""
