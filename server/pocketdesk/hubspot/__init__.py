"""HubSpot's public paths and shapes, over our views and actions: no rules of its own."""
