"""HubSpot's JSON."""
