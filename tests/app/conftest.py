"""The browser of the tests of the page."""

import pytest
from browser import launched


@pytest.fixture(scope="module")
def chromium():
    """A browser without a window."""
    with launched() as browser:
        yield browser
