"""The log of a box: lines for people on a terminal, JSON for machines otherwise."""

import logging
import sys

import structlog


def set_up_logging() -> None:
    """Send every line to standard error, from INFO on."""
    for_people = sys.stderr.isatty()
    renderers = (
        [structlog.dev.ConsoleRenderer(pad_event_to=20)]
        if for_people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if for_people else "iso", utc=not for_people),
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
