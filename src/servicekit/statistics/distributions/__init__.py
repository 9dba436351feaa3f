"""Tails and quantiles of the distributions that intervals and tests need, in logarithms, to about twelve digits.

What lives here: the normal distribution and what a confidence leaves to its tails (``normal.py``), the gamma
distribution, which counts, chi-square and queues rest on (``gamma.py``), and the beta distribution, which shares and
Student's t rest on (``beta.py``).
"""
