"""Properties take as long as the machine is busy: no deadline for an example, no complaint about slow drawing."""

from hypothesis import HealthCheck, settings

settings.register_profile("rules", deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")
