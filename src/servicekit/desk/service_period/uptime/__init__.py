"""The availability of services in a period: what was down, measured against what is promised."""
