import pytest


@pytest.fixture
def chaos_kills(request: pytest.FixtureRequest) -> int:
    """How many processes are killed: 30, or what ``--chaos-kills`` says."""
    kills: int = request.config.getoption("--chaos-kills")
    return kills
