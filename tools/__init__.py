"""Tools for development and tests; the product itself does not import them."""
