"""The web application."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, errors, extensions, formatting, headers, logs, static_files
from app.config import Settings
from app.features import FEATURES
from app.home import views as home_views


def create_app(settings: Settings) -> Flask:
    """Build the application from its settings."""
    app = Flask(__name__, static_url_path=static_files.address())
    app.config.from_mapping(settings.flask())
    app.jinja_env.undefined = StrictUndefined

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
