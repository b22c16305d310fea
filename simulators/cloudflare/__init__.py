"""A simulated Cloudflare account: the v4 API for tunnels, names, logins and limits, with the real one's rules.

What it refuses and with which code is that of the real API where public clients have recorded it; where nobody has,
the code is 10001 and only the refusal counts.
"""
