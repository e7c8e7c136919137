"""Which assumed ranges turn a conclusion."""
