"""Finding the live run and clearing an old one, over real brokers."""

import threading
from collections.abc import Iterator

import pytest

from api.retained import clear_retained
from api.service import NoRun, find_run
from sensors.broker import Broker
from sensors.bus import Bus, Message
from sensors.clockmessage import ClockMessage, encode_clock
from sensors.topics import alert_topic, clock_topic

pytestmark = pytest.mark.stack


@pytest.fixture
def city(broker: Broker) -> Iterator[Bus]:
    bus = Bus(broker.url, "test-city")
    assert bus.wait_connected(10)
    yield bus
    bus.close()


def tick(city: Bus, run: str, t_ms: int, area: str = "core") -> None:
    clock = ClockMessage(run=run, t_ms=t_ms, area=area)
    city.publish(clock_topic(run), encode_clock(clock), 1, True)


def test_the_run_whose_clock_moves_is_found_with_its_area(broker: Broker, city: Bus) -> None:
    tick(city, "r2-newer-but-dead", 5)
    tick(city, "r1", 10, area="quarter")
    assert city.flush(10)
    done = threading.Event()

    def live() -> None:
        t_ms = 10
        while not done.wait(0.05):
            t_ms += 1
            tick(city, "r1", t_ms, area="quarter")

    thread = threading.Thread(target=live)
    thread.start()
    try:
        found = find_run(broker.url, None)
    finally:
        done.set()
        thread.join()
    assert (found.run, found.area) == ("r1", "quarter")


def test_ticks_of_a_dead_run_since_the_last_search_do_not_make_it_live(
    broker: Broker, city: Bus
) -> None:
    tick(city, "r1-dead", 1)
    tick(city, "r2", 1)
    assert city.flush(10)
    find_run(broker.url, None, within_s=0.2)
    for t_ms in range(2, 20):
        tick(city, "r1-dead", t_ms)
    assert city.flush(10)
    assert find_run(broker.url, None, within_s=0.5).run == "r2"


def test_without_a_city_no_run_is_found(broker: Broker) -> None:
    with pytest.raises(NoRun, match="no city's clock"):
        find_run(broker.url, None, within_s=0.2)


def test_a_broker_that_does_not_answer_is_named_with_the_reason() -> None:
    with pytest.raises(NoRun, match=r"broker 127.0.0.1:1 cannot be reached \(Connection refused\)"):
        find_run("mqtt://127.0.0.1:1", None, connect_within_s=1.0)


def test_clearing_a_run_leaves_the_others(broker: Broker, city: Bus) -> None:
    tick(city, "old", 1)
    city.publish(alert_topic("old", "a1"), b"{}", 1, True)
    tick(city, "live", 2)
    assert city.flush(10)
    assert clear_retained(broker.url, "old") == 2
    left: list[str] = []
    heard = threading.Event()

    def hear(message: Message) -> None:
        left.append(message.topic)
        heard.set()

    witness = Bus(broker.url, "test-witness")
    witness.subscribe("hengfu/v1/#", hear)
    assert heard.wait(10)
    witness.close()
    assert left == [clock_topic("live")]
