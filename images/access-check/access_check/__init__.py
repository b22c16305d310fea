"""Whether a request carries a valid assertion of Cloudflare Access for the name that it asks for."""
