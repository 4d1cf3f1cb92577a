"""The stop file: while ``STOP`` lies in the data folder, this machine hands nothing to a carrier, whatever else works.

For the moment in which the pages or the database do not answer and something has to stop: it takes no login and no query.
"""

from __future__ import annotations

import os
from pathlib import Path

from service import settings

NAME = "STOP"


def path() -> Path:
    return settings.get().data / NAME


def lies_there() -> bool:
    """Looked up before every single message. When the folder itself cannot be read, nothing goes out either."""
    try:
        os.stat(f"{settings.get().data}/{NAME}")
    except FileNotFoundError:
        return not settings.get().data.is_dir()
    except OSError:
        return True
    return True
