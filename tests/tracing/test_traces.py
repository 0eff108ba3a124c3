"""What is told of a bet: by numbers that follow from its own, so that two processes tell of one trace."""

from uuid import UUID, uuid4

from toteboard.tracing.traces import BEGUN_MAX, ROOT, Span, Traces

BET = UUID("01900000-0000-7000-8000-0000000003e8")


def traces(one_in: int = 1, here: str = "host 1") -> tuple[Traces, list[Span]]:
    told: list[Span] = []
    return Traces(told.append, one_in=one_in, here=here), told


def test_every_process_takes_the_same_bets_one_in_so_many() -> None:
    one, other = traces(10)[0], traces(10, "host 2")[0]
    bets = [uuid4() for _ in range(5000)]
    taken = [bet for bet in bets if one.takes(bet)]
    assert [bet for bet in bets if other.takes(bet)] == taken
    assert 300 < len(taken) < 700
    # The trace of number 0 is none.
    assert not traces()[0].takes(UUID(int=0))


def test_two_processes_tell_of_one_trace_under_one_root() -> None:
    (one, first), (other, second) = traces(), traces(here="host 2")
    one.parsed(BET, 5, 10)
    one.decided(BET, 20, 30, bets=3, lane=1)
    one.answered(BET, 201)
    other.record(BET, "fold", 40, 50)
    other.record(BET, "fold", 41, 50)
    spans = first + second
    assert {span.trace for span in spans} == {BET.int}
    (root,) = [span for span in spans if span.parent is None]
    assert (root.name, root.began_ns, root.attributes) == (ROOT, 5, {"http.response.status_code": 201})
    assert {span.parent for span in spans if span is not root} == {root.number}
    assert len({span.number for span in spans}) == len(spans)


def test_what_had_to_be_learnt_first_is_part_of_it() -> None:
    one, told = traces()
    one.parsed(BET, 5, 10)
    one.parsed(BET, 500, 510)
    one.answered(BET, 201)
    assert [(span.name, span.began_ns) for span in told] == [("parse", 10), (ROOT, 5)]


def test_a_span_does_not_end_before_it_began() -> None:
    one, told = traces()
    one.record(BET, "fold", 40, 30)
    assert (told[0].began_ns, told[0].ended_ns) == (40, 40)


def test_bets_that_nobody_answers_are_forgotten() -> None:
    one, told = traces()
    for number in range(1, BEGUN_MAX + 3):
        one.parsed(UUID(int=number), 1, 2)
    told.clear()
    for number in (1, 2, 3):
        one.answered(UUID(int=number), 503)
    assert [span.began_ns == 1 for span in told] == [False, False, True]
