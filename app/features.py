"""The blueprints that make up the application, in the order of their layers."""

from app.home import blueprint as home

FEATURES = (home,)
