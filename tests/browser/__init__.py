"""Tests in a real browser."""

import pytest

# So that a failing check of the support modules says what it found.
pytest.register_assert_rewrite("tests.browser.support")
