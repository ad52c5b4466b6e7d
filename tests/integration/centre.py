"""A centre that hears everything on its broker, keeps it, and acks what it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.contract.messages import Ack, Refusal
from edge.contract.topics import Channel, parse_topic
from tests.build import NOON

ACK = "gw/v1/putuo/box-1/ack"


class Centre:
    """Hears everything, keeps it, and acks what it is told to."""

    def __init__(self, port: int) -> None:
        self.events: list[str] = []
        self.payloads: list[bytes] = []
        self.channels: list[Channel] = []
        self.retained: dict[str, bytes] = {}
        self.acks, self.refuses = True, False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, "centre", protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("gw/v1/#", 1)
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        listening = threading.Event()
        self._client.on_subscribe = lambda *_: listening.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert listening.wait(10), "the broker did not confirm the centre's subscription"

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, message: mqtt.MQTTMessage) -> None:
        topic, payload = parse_topic(message.topic), bytes(message.payload)
        self.channels.append(topic.channel)
        if topic.channel.retained:
            self.retained[message.topic] = payload
        if topic.channel is Channel.EVENT:
            key = json.loads(payload)["id"]
            self.events.append(key)
            self.payloads.append(payload)
            refused = [Refusal(id=key, reason="unknown kind")] if self.refuses else []
            self._ack(Ack(at=NOON, committed=[] if self.refuses else [key], refused=refused))
        if topic.channel is Channel.EVIDENCE and topic.key:
            self._ack(Ack(at=NOON, evidence=[topic.key]))

    def _ack(self, ack: Ack) -> None:
        if self.acks:
            self._client.publish(ACK, ack.to_json(), 1)


@contextmanager
def a_centre(port: int) -> Iterator[Centre]:
    centre = Centre(port)
    try:
        yield centre
    finally:
        centre.close()
