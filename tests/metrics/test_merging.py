"""Several workers read as one process: counted together, and what one had counted stays when it is gone."""

import platform
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry

from toteboard.metrics import listener
from toteboard.metrics.figures import Figures
from toteboard.metrics.histograms import BATCH, Histogram
from toteboard.metrics.listener import _Asked
from toteboard.metrics.merging import Workers
from toteboard.metrics.reading import families

from .snapshots import figures, lane

Values = dict[str, float]


def said(now: Figures) -> Iterator[Metric]:
    """As it comes over a worker's socket."""
    yield from text_string_to_metric_families(generate_latest(registered(now)).decode())


def registered(now: Figures) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Asked(lambda: families(now)))
    return registry


def values(metrics: Iterator[Metric]) -> Values:
    return {
        sample.name + "".join(f",{value}" for _, value in sorted(sample.labels.items())): sample.value
        for metric in metrics
        for sample in metric.samples
    }


def worker(bets: int, *, open_: int = 0, started: int = 0) -> Figures:
    sizes = Histogram(BATCH)
    for _ in range(bets):
        sizes.observe(1)
    return figures(lanes=[lane(verdicts={"taken": bets}, batches=sizes.spread())], open=open_, started=started)


def test_counters_and_histograms_of_workers_add_up_and_gauges_do_as_they_say() -> None:
    merged = values(
        Workers().merged({"1": said(worker(3, open_=2, started=20)), "2": said(worker(4, open_=5, started=10))})
    )
    assert merged["toteboard_bets_total,taken"] == 7
    assert merged["toteboard_bets_batch_size_bucket,1.0"] == 7
    assert merged["toteboard_bets_batch_size_count"] == 7
    assert merged["toteboard_connections_open"] == 7
    assert merged["toteboard_workers"] == 2
    assert merged["toteboard_start_time_seconds"] == 10
    assert merged["toteboard_build_info," + ",".join((platform.python_version(), "all", "1.0"))] == 1


def test_what_a_worker_that_is_gone_had_counted_stays_and_what_it_held_does_not() -> None:
    workers = Workers()
    workers.merged({"1": said(worker(3, open_=2)), "2": said(worker(4, open_=5))}).__next__()
    after = values(workers.merged({"2": said(worker(6, open_=5)), "3": said(worker(1, open_=1))}))
    assert after["toteboard_bets_total,taken"] == 3 + 6 + 1
    assert after["toteboard_bets_batch_size_count"] == 10
    assert after["toteboard_connections_open"] == 6
    later = values(workers.merged({"3": said(worker(1, open_=1))}))
    assert later["toteboard_bets_total,taken"] == 10, "nobody is taken for gone twice"


def test_a_histogram_says_how_many_up_to_each_bound() -> None:
    sizes = Histogram((1, 5))
    for value in (1, 2, 5, 6):
        sizes.observe(value)
    spread = sizes.spread()
    assert (spread.counts, spread.count, spread.sum) == ((1, 2, 1), 4, 14.0)
    assert (spread + spread).counts == (2, 4, 2)
    found = values(families(figures(lanes=[lane(batches=spread), lane(batches=spread)])))
    assert [found[f"toteboard_bets_batch_size_bucket,{bound}"] for bound in ("1.0", "5.0", "+Inf")] == [2, 6, 8]
    assert found["toteboard_bets_batch_size_sum"] == 28


def test_a_worker_that_is_slow_fails_the_scrape_and_is_not_taken_for_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "ANSWER_S", 0.1)
    collect = listener.of_workers(tmp_path)
    text = generate_latest(registered(worker(3)))
    with socket.socket(socket.AF_UNIX) as slow:
        slow.bind(str(tmp_path / "1.sock"))
        slow.listen()

        def answered() -> Values:
            def answer() -> None:
                asked, _ = slow.accept()
                asked.sendall(text)
                asked.close()

            thread = threading.Thread(target=answer)
            thread.start()
            found = values(iter(collect()))
            thread.join()
            return found

        assert answered()["toteboard_bets_total,taken"] == 3
        with pytest.raises(TimeoutError):
            collect()
        slow.accept()[0].close()
        assert answered()["toteboard_bets_total,taken"] == 3
    # Nobody listens any more: it is gone, and what it had counted stays.
    assert values(iter(collect()))["toteboard_bets_total,taken"] == 3
