"""The data plane of the simulated account: names that answer, logins, limits, and tunnels that carry requests.

Two listeners: `front` for visitors (TLS), `door` for connectors, which dial in. All state is that of the account, so a
call to the API is followed by the very next request.
"""
