"""The question bank's pages: write, approve, retire questions; blueprints and their proof."""
