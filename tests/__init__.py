"""Tests: unit (no app, no database), integration, browser, architecture."""
