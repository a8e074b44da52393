"""What the tests ask of a built page."""

from __future__ import annotations

from bs4 import BeautifulSoup


def ids_of(page: BeautifulSoup) -> set[str]:
    """Return what a link's fragment may name."""
    return {str(tag['id']) for tag in page.select('[id]')}
