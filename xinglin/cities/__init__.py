"""城市 Cities: one schema each, so that the data of two cities never mix."""
