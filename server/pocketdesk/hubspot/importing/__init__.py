"""What an account has at HubSpot, brought over through HubSpot's own API."""
