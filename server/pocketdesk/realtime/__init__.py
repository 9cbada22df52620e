"""Socket session, hub, gateway, bus and presence; knows the features only through ports."""
