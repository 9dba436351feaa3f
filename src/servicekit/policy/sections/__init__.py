"""The sections of a policy, one for each subject; ``section.py`` says what a section does in its context."""
