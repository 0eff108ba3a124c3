"""What the worker processes of one `serve` say, made one: counted together, so that it reads as one process. Asks nobody."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from toteboard.metrics.names import BY_NAME, PREFIX, Merged

# A sample's name and labels.
Key = tuple[str, tuple[tuple[str, str], ...]]
Samples = dict[Key, float]
# What of the client's own metrics of a process does not add up.
_OF_PROCESSES = {"process_start_time_seconds": Merged.MIN, "process_max_fds": Merged.MIN}
_MERGE: Mapping[Merged, Any] = {Merged.SUM: lambda one, other: one + other, Merged.MAX: max, Merged.MIN: min}


class Workers:
    """The workers' metrics, merged at each scrape. What a worker that is gone had counted stays counted."""

    def __init__(self) -> None:
        self._last: dict[str, Samples] = {}
        self._gone: Samples = {}
        self._known: dict[str, Metric] = {}

    def merged(self, told: Mapping[str, Iterable[Metric]]) -> Iterator[Metric]:
        """One family for all that live, by worker, and those before them."""
        now = {worker: self._samples(metrics) for worker, metrics in told.items()}
        for worker in self._last.keys() - now.keys():
            self._leave(self._last[worker])
        self._last = now
        whole: Samples = {}
        for samples in (self._gone, *now.values()):
            for key, value in samples.items():
                whole[key] = value if key not in whole else _MERGE[self._how(key)](whole[key], value)
        families: dict[str, Metric] = {}
        for (name, labels), value in whole.items():
            known = self._known[name]
            family = families.setdefault(known.name, Metric(known.name, known.documentation, known.type))
            family.add_sample(name, dict(labels), value)
        yield from families.values()

    def _samples(self, metrics: Iterable[Metric]) -> Samples:
        samples: Samples = {}
        for metric in metrics:
            for sample in metric.samples:
                self._known[sample.name] = metric
                samples[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
        return samples

    def _leave(self, samples: Samples) -> None:
        for key, value in samples.items():
            if self._known[key[0]].type in ("counter", "histogram"):
                self._gone[key] = value if key not in self._gone else _MERGE[self._how(key)](self._gone[key], value)

    def _how(self, key: Key) -> Merged:
        name = key[0]
        if name in _OF_PROCESSES:
            return _OF_PROCESSES[name]
        found = BY_NAME.get(name.removeprefix(PREFIX))
        return found.merged if found is not None else Merged.SUM
