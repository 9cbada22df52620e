"""Services of others, as they behave: push services over HTTP/2 with TLS. They check what they are sent."""
