"""What a host is to be, and the one shell script that makes it so. Knows nothing of Pulumi.

`role_of(plan, name)` is what the plan wants of a host (hosts/planned.py), `render_script(role)` the script, and
`parse_report(stdout)` reads what the script printed. How it is sent: hosts/login_command.py.
"""
