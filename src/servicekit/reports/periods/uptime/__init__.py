"""The section on availability (``availability_blocks.py``), and its part on outages (``outage_blocks.py``)."""
