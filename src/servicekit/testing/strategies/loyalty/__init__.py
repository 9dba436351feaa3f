"""Strategies for customers and programmes.

What lives here: purchases and logs of customers (``customers.py``); tier programmes of every shape, and what customers
do under them (``tier_programs.py``); loyalty programmes of every shape (``points_programs.py``).
"""
