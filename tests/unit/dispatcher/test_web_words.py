"""The words of the console: every one there, in every language."""

import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dispatcher.domain.ticket import Outcome, ReturnReason, Role, State, Verb
from dispatcher.web.words import LANGUAGES, load_words
from edge.contract.messages import Phase

WEB = Path(__file__).parents[3] / "dispatcher" / "web"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def keys_of(language: str) -> set[str]:
    tables = tomllib.loads((WEB / "locale" / f"{language}.toml").read_text("utf-8"))
    return {f"{group}.{key}" for group, table in tables.items() for key in table}


def test_every_language_has_the_same_words() -> None:
    first, *others = LANGUAGES

    for other in others:
        assert keys_of(first) == keys_of(other)


def test_phrases_of_a_key_take_the_same_values_in_every_language() -> None:
    zh, en = load_words("zh", SHANGHAI).phrases, load_words("en", SHANGHAI).phrases

    for key in zh:
        assert set(re.findall(r"\{\w+\}", zh[key])) == set(re.findall(r"\{\w+\}", en[key])), key


def test_every_word_that_a_template_asks_for_is_there_and_every_word_is_asked_for() -> None:
    text = "\n".join(file.read_text("utf-8") for file in (WEB / "templates").glob("*.html"))
    text += (WEB / "words.py").read_text("utf-8")
    exact = {match for match in re.findall(r"'([a-z_]+\.[a-z_0-9]+)'", text) if match in keys_of("zh")}
    groups = set(re.findall(r"'([a-z_]+)\.' ~", text)) | set(re.findall(r"name\('(\w+)'", text))
    asked = set(re.findall(r"t\('([a-z_]+\.[a-z_0-9]+)'", text))

    assert asked <= keys_of("zh")
    spare = {key for key in keys_of("zh") - exact if key.split(".")[0] not in groups | {"duration", "time"}}
    assert spare == set()


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("state", State),
        ("verb", Verb),
        ("role", Role),
        ("outcome", Outcome),
        ("phase", Phase),
        ("reason", ReturnReason),
    ],
)
def test_everything_that_can_be_said_of_a_ticket_has_a_word(group: str, codes: type[State]) -> None:
    for code in codes:
        assert f"{group}.{code}" in keys_of("zh")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 秒"),
        (59.6, "1 分 0 秒"),
        (3599, "59 分 59 秒"),
        (3600, "1 小时 0 分"),
        (90000, "1 天 1 小时"),
        (-61, "1 分 1 秒"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert load_words("zh", SHANGHAI).duration(seconds) == words
