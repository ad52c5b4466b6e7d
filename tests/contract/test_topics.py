import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.contract.topics import Channel, Topic, TopicError, parse_topic, subscription

NAMES = st.from_regex(r"[A-Za-z0-9_.-]{1,20}", fullmatch=True)


@given(site=NAMES, box=NAMES, key=NAMES, channel=st.sampled_from(Channel))
def test_every_topic_is_read_back_as_it_was_built(site: str, box: str, key: str, channel: Channel) -> None:
    topic = Topic(site=site, box=box, channel=channel, key=key if channel.has_key else None)

    assert parse_topic(str(topic)) == topic


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("gw/v1/putuo/box-1/event/more", id="a key where none belongs"),
        pytest.param("gw/v1/putuo/box-1/evidence", id="no key where one belongs"),
        pytest.param("gw/v2/putuo/box-1/event", id="another version"),
        pytest.param("gw/v1/putuo/box-1/nonsense", id="an unknown channel"),
        pytest.param("gw/v1/pu+tuo/box-1/event", id="a wildcard"),
        pytest.param("gw/v1/putuo/box-1/event\n", id="a line break"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_topic_is_refused(text: str) -> None:
    with pytest.raises(TopicError):
        parse_topic(text)


def test_a_name_with_a_slash_cannot_become_a_topic() -> None:
    with pytest.raises(TopicError, match="one level"):
        Topic(site="a/b", box="box", channel=Channel.EVENT)


def test_a_subscription_asks_for_all_boxes_unless_told() -> None:
    assert subscription(Channel.EVIDENCE) == "gw/v1/+/+/evidence/+"
    assert subscription(Channel.ACK, site="putuo", box="box-1") == "gw/v1/putuo/box-1/ack"


def test_only_health_may_be_lost_and_only_states_are_retained() -> None:
    assert {channel for channel in Channel if channel.qos == 0} == {Channel.HEALTH}
    assert {channel for channel in Channel if channel.retained} == {Channel.INCIDENT, Channel.STATUS}


def test_importing_the_contract_costs_neither_numpy_nor_a_runtime() -> None:
    code = (
        "import sys, edge.contract.messages; print({'numpy', 'cv2', 'onnxruntime', 'av'} & set(sys.modules))"
    )

    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "set()"
