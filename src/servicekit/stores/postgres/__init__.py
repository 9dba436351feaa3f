"""PostgreSQL by psycopg: a connection whose statements go out together (``database.py``), and plain redemptions, which
a function of the database decides (``redemption.py``).
"""
