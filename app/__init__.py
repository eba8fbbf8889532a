"""The web application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import (
    cli,
    compiled,
    errors,
    exchanges,
    extensions,
    formatting,
    headers,
    logs,
    received,
    static_files,
)
from app.config import Settings
from app.cookieless import SessionsWhereNeeded
from app.features import FEATURES
from app.home import views as home_views


class Application(Flask):
    """Flask with a short way for exchanges, and no look at each function whether it is a coroutine."""

    session_interface = SessionsWhereNeeded()
    request_class = received.Received
    json_provider_class = received.JSON

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is: none of ours is asynchronous."""
        return func

    def full_dispatch_request(self) -> Response:
        """Answer a request; see `app.exchanges`."""
        if not exchanges.asked_for(self):
            return super().full_dispatch_request()
        try:
            return exchanges.answer(self)
        except Exception as error:
            return self.finalize_request(self.handle_user_exception(error))


def create_app(settings: Settings) -> Flask:
    """Build the application from its settings."""
    app = Application(__name__, static_url_path=static_files.address())
    app.config.from_mapping(settings.flask())
    app.jinja_env.undefined = StrictUndefined
    app.url_map.converters.update(received.CONVERTERS)
    compiled.init_app(app, settings)

    headers.init_app(app, settings)
    logs.init_app(app)
    extensions.init_app(app)
    home_views.init_app(app)
    errors.init_app(app)
    formatting.init_app(app)
    for blueprint in FEATURES:
        app.register_blueprint(blueprint)
    cli.init_app(app)
    static_files.init_app(app, settings)

    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    return app
