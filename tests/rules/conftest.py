"""Properties take as long as the machine is busy: no deadline for an example, no complaint about slow drawing.

Under CI the examples are the same every time, so that a landing is judged by its own change; elsewhere they are new ones.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "rules",
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("rules")
