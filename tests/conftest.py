import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-kills", type=int, default=30, help="how many processes the chaos test kills")
