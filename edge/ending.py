"""The end of a box, whatever hangs."""

import os
import sys
import threading


def leave_behind_what_hangs() -> None:
    """End now if a read hangs: its thread, within FFmpeg, would crash a Python that winds down."""
    if any(thread.name.startswith("camera ") for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
