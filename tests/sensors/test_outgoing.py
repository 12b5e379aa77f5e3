"""Room is bounded, freed by what is published, and never lost over a disconnect."""

from itertools import count

from paho.mqtt.client import MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode

from sensors.outgoing import Outgoing


class Client:
    """Numbers publications as paho does."""

    def __init__(self, rc: MQTTErrorCode = MQTTErrorCode.MQTT_ERR_SUCCESS) -> None:
        self.rc, self.mids = rc, count(1)

    def publish(self) -> MQTTMessageInfo:
        sent = MQTTMessageInfo(next(self.mids))
        sent.rc = self.rc
        return sent


def test_room_ends_at_the_limit_and_comes_back_with_each_published_message() -> None:
    outgoing, client = Outgoing(2), Client()
    assert [outgoing.send(client.publish, 1) for _ in range(3)] == [True, True, False]
    outgoing.finished(1)
    assert [outgoing.send(client.publish, 1) for _ in range(2)] == [True, False]


def test_it_is_empty_when_all_is_published() -> None:
    outgoing, client = Outgoing(9), Client()
    outgoing.send(client.publish, 1)
    assert not outgoing.until(outgoing.empty, 0.0)
    outgoing.finished(1)
    assert outgoing.until(outgoing.empty, 0.0)


def test_a_disconnect_frees_what_was_sent_without_guarantee_only() -> None:
    outgoing, client = Outgoing(2), Client()
    for qos in (0, 1):
        outgoing.send(client.publish, qos)
    outgoing.disconnected()
    assert [outgoing.send(client.publish, 1) for _ in range(2)] == [True, False]


def test_without_a_connection_only_qos_1_takes_room() -> None:
    outgoing, client = Outgoing(1), Client(MQTTErrorCode.MQTT_ERR_NO_CONN)
    assert [outgoing.send(client.publish, qos) for qos in (0, 0, 1, 1)] == [True, True, True, False]


def test_a_full_client_is_a_full_queue() -> None:
    outgoing = Outgoing(9)
    assert not outgoing.send(Client(MQTTErrorCode.MQTT_ERR_QUEUE_SIZE).publish, 1)
    assert outgoing.empty()
