"""What the platform's nginx configurations have in common, and how an nginx takes another one while it runs."""

from __future__ import annotations

from catalogue.definition import VERSION, File, Live

WRITABLE = """\
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
"""
"""For containers that can write nowhere but in /tmp; `pid` has to be there too."""
FOLDER = "/live"
VERSION_PORT = 9000
ANSWERS_VERSION = f'  server {{ listen 127.0.0.1:{VERSION_PORT}; access_log off; return 200 "{VERSION}"; }}\n'
"""What a configuration says by which the running nginx can be told from one that only found the file."""
CLOSED = f"""\
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {{ worker_connections 64; }}
http {{
  access_log off;
  server_tokens off;
{WRITABLE}{ANSWERS_VERSION}"""
"""Served while there is nothing better; `closed` adds a server. It has no version: nobody has filled that in."""

START = f"""\
set -eu
mkdir -p /tmp/closed
printf %s "$CLOSED" >/tmp/closed/nginx.conf
served={FOLDER}/current
if [ ! -e $served/nginx.conf ]; then
  echo "no configuration yet: closed" >&2
  served=/tmp/closed
elif ! nginx -t -q -c $served/nginx.conf; then
  echo "the last configuration is of no use: closed" >&2
  served=/tmp/closed
fi
ln -sfn "$served" /tmp/served
exec nginx -c /tmp/served/nginx.conf -g "daemon off;"
"""
"""Begins with the configuration that was last taken. nginx reads the path of its start again: hence /tmp/served."""
RELOAD = f"""\
set -eu
serves() {{ grep -qs "^nginx: worker process" "$1/cmdline" && ! grep -qs "shutting down" "$1/cmdline"; }}
former=""
for process in /proc/[0-9]*; do
  if serves "$process"; then former="$former $process"; fi
done
ln -sfn {FOLDER}/current /tmp/served
kill -HUP "$(cat /tmp/nginx.pid)"
tries=0
for process in $former; do
  while serves "$process"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 150 ]; then echo "nginx goes on with the configuration before" >&2; exit 1; fi
    sleep 0.1
  done
done
"""
"""Ends once no process takes requests by the former configuration; such processes finish those that they have."""


def closed(server: str) -> str:
    """A whole configuration with that one server: the health check answers, nothing else does."""
    return f"{CLOSED}{server}}}\n"


def live(*files: File) -> Live:
    """nginx.conf with what it refers to, by paths relative to it."""
    return Live(
        folder=FOLDER,
        files=files,
        check=("/bin/sh", "-c", 'exec nginx -t -q -c "$1/nginx.conf"', "check"),
        reload=("/bin/sh", "-c", RELOAD),
        version=("wget", "-q", "-T", "2", "-O", "-", f"http://127.0.0.1:{VERSION_PORT}/"),
    )
