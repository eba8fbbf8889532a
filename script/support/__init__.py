"""The logic behind script/server, script/test and script/check.

Everything that runs before the packages are installed uses the standard library alone. Nothing
here is imported by the product.
"""
