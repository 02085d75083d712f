"""`none`: never asked."""

from .base import Moment

MOMENT = Moment("none", asks=False)
