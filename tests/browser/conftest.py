"""The browser walks through the same running house as the journeys do."""

from tests.journeys.conftest import running

__all__ = ["running"]
