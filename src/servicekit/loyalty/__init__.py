"""Loyalty: points that are earned, held, spent, given back and expire, in a journal that loses nothing."""
