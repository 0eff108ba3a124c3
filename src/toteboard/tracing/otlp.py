"""Sends spans to a collector by OTLP over HTTP, with OpenTelemetry's own SDK: the extra `otel`. Knows no bet.

Source: https://opentelemetry.io/docs/specs/otlp/ and https://opentelemetry.io/docs/specs/semconv/http/http-spans/.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from threading import Timer

from toteboard.settings import SettingRefused, Settings
from toteboard.tracing.traces import Span, Traces

# What is still to be sent when a process ends is waited for no longer.
FLUSH_S = 2.0


class Collector:
    """Where spans go; what is told outside of `running` is forgotten.

    Raises SettingRefused where the extra `otel` is not installed.
    """

    def __init__(self, settings: Settings):
        try:
            import opentelemetry.exporter.otlp.proto.http.trace_exporter
            import opentelemetry.sdk.trace.export  # noqa: F401 only whether it is there
        except ImportError:
            raise SettingRefused("TOTEBOARD_TRACE_URL takes more: pip install 'toteboard[otel]'") from None
        self._url = settings.trace_url
        self._role = str(settings.role)
        self._send: Callable[[Span], None] | None = None

    def __call__(self, span: Span) -> None:
        if self._send is not None:
            self._send(span)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Spans are sent while the block runs, by a thread of the SDK's; what is queued at its end for FLUSH_S more."""
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope
        from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

        ours = version("toteboard")
        resource = Resource.create(
            {
                "service.name": "toteboard",
                "service.version": ours,
                "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
                "toteboard.role": self._role,
            }
        )
        scope, sampled = InstrumentationScope("toteboard", ours), TraceFlags(TraceFlags.SAMPLED)
        # Its queue is bounded and drops what does not fit: a collector that is away costs spans, not bets.
        exporter = OTLPSpanExporter(endpoint=self._url)
        processor = BatchSpanProcessor(exporter)

        def context(span: Span, number: int) -> SpanContext:
            return SpanContext(span.trace, number, is_remote=False, trace_flags=sampled)

        def send(span: Span) -> None:
            processor.on_end(
                ReadableSpan(
                    name=span.name,
                    context=context(span, span.number),
                    parent=None if span.parent is None else context(span, span.parent),
                    kind=SpanKind.SERVER if span.parent is None else SpanKind.INTERNAL,
                    resource=resource,
                    attributes=dict(span.attributes),
                    instrumentation_scope=scope,
                    start_time=span.began_ns,
                    end_time=span.ended_ns,
                )
            )

        self._send = send
        try:
            yield
        finally:
            self._send = None
            # What is queued is sent now; a collector that is away is given up after a while.
            give_up = Timer(FLUSH_S, exporter.shutdown)
            give_up.start()
            processor.shutdown()  # type: ignore[no-untyped-call]
            give_up.cancel()


def traces_to(collector: Collector, settings: Settings) -> Traces:
    """The traces of this process."""
    return Traces(collector, one_in=settings.trace_one_in, here=f"{socket.gethostname()} {os.getpid()}")
