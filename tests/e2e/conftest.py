"""What the tests of the whole way share."""

from tests.helpers.garbage import garbage_of_this_thread

__all__ = ["garbage_of_this_thread"]
