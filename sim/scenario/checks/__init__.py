"""What the schema alone cannot say: references, routes, prices, factors and bounds."""
