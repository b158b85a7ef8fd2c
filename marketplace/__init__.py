"""Liên kết: the market that binds a harvest to a buyer before the fruit is ripe."""
