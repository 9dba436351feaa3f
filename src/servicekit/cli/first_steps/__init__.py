"""The commands for somebody who has an export and no documents yet: ``columns`` and ``init``.

``starter`` holds what ``init`` writes.
"""
