"""The health page: what a load balancer asks."""

import pytest

from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_it_works(client: PageClient) -> None:
    """The server and its database answer."""
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json == {"status": "ok"}


def test_it_protects(client: PageClient) -> None:
    """Each answer carries the policy and a request id."""
    headers = client.get("/health").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert len(headers["X-Request-Id"]) == 16
