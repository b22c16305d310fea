"""The text of the proxy's nginx configuration, in the pieces that planning/proxy.py puts together.

Names are looked up when a request comes, so that a replaced container is found under its new address. Answers and
bodies go through piece by piece. What a client says about itself (`X-Forwarded-*`, mail address) is replaced by what
is known: nginx passes on no header that is empty, and none that has an underscore in its name.
"""

from __future__ import annotations

CONFIGURATION = """\
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
worker_processes 2;
# Connections that outlive a change of configuration end with the day at the latest.
worker_shutdown_timeout 12h;
events { worker_connections 4096; }
http {
  log_format requests escape=json
    '{"time":"$$time_iso8601","name":"$$host","method":"$$request_method","path":"$$uri","status":$$status,'
    '"seconds":$$request_time,"bytes":$$bytes_sent,"to":"$$upstream_addr","visitor":"$$email","request":"$$request_id"}';
  access_log /dev/stdout requests;
  server_tokens off;
${nginx.writable}  server_names_hash_bucket_size 512;
  server_names_hash_max_size 4096;
  map_hash_bucket_size 512;
  # The tunnel's connector closes what it no longer needs after 90 s: never before it.
  keepalive_timeout 120s;
  keepalive_requests 100000;
  large_client_header_buffers 8 32k;
  client_max_body_size 512m;
  resolver 127.0.0.11 valid=1s ipv6=off;
  resolver_timeout 2s;

  proxy_http_version 1.1;
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_buffer_size 16k;
  proxy_buffers 8 16k;
  proxy_connect_timeout 2s;
  proxy_read_timeout 3600s;
  proxy_send_timeout 3600s;
  proxy_set_header Host $$host$$port;
  proxy_set_header Upgrade $$http_upgrade;
  proxy_set_header Connection $$upgrading;
  proxy_set_header Forwarded "";
  proxy_set_header X-Forwarded-For $$visitor;
  proxy_set_header X-Forwarded-Host $$host$$port;
  proxy_set_header X-Forwarded-Proto https;
  proxy_set_header X-Forwarded-Port "";
  proxy_set_header X-Forwarded-Prefix "";
  proxy_set_header X-Forwarded-Server "";
  proxy_set_header Cf-Access-Client-Id "";
  proxy_set_header Cf-Access-Client-Secret "";
  proxy_set_header X-Real-IP $$visitor;
  proxy_set_header X-Request-ID $$request_id;
  proxy_set_header Cf-Access-Jwt-Assertion $$checked;
  proxy_set_header Cf-Access-Authenticated-User-Email $$email;
${proxy.person}  add_header X-Content-Type-Options $$nosniff;

  map $$http_upgrade $$upgrading { default upgrade; "" ""; }
  map $$http_host $$port { default ""; "~(?<given>:[0-9]{1,5})$$" $$given; }
  map $$http_cf_connecting_ip $$visitor { default $$http_cf_connecting_ip; "" $$remote_addr; }
  map $$http_cf_access_jwt_assertion $$assertion {
    default $$http_cf_access_jwt_assertion;
    "" $$cookie_CF_Authorization;
  }
  map $$upstream_http_x_content_type_options $$nosniff { default ""; "" nosniff; }
  map $$host $$target {
    default "";
${proxy.targets}
  }
  map $$uri $$refusal {
    default "";
    /-/refused/login '{"detail":"no valid login came with this request; open https://$$host in a browser"}';
    /-/refused/too-large '{"detail":"the body is too large"}';
    /-/refused/unchecked '{"detail":"the login cannot be checked now; try again in a minute"}';
    /-/refused/away '{"detail":"what stands behind this name does not answer; try again in a minute"}';
  }

${nginx.version}  server {
    listen ${proxy.port} default_server;
    set $$checked "";
    set $$email "";
    ${proxy.nobody}
    location = ${proxy.health} { access_log off; return 200 "ok"; }
    location / { return 404; }
  }
${proxy.servers}
}
"""

SERVER = """\
  server {
    listen ${proxy.port};
    server_name ${server.names};
    set $$checked ${server.checked};
    set $$email "";
    ${proxy.nobody}
${server.several}
    location / {
${server.login}
      proxy_pass http://$$target;
      error_page 401 =403 /-/refused/login;
      error_page 413 /-/refused/too-large;
      error_page 500 =503 /-/refused/unchecked;
      error_page 502 504 =503 /-/refused/away;
    }
${server.check}
    location /-/refused/ { internal; default_type application/json; return 200 $$refusal; }
  }
"""

LOGIN = """\
      auth_request /-/access;
      auth_request_set $$email $$upstream_http_x_access_email;
"""
PEOPLE = """\
      error_page 413 /-/refused/too-large;
      error_page 500 =503 /-/refused/unchecked;
      error_page 502 504 =503 /-/refused/away;
"""
CHECK = """\
    location = /-/access {
      internal;
      access_log off;
      set $$access_check ${address.access-check};
      proxy_pass http://$$access_check/check;
      proxy_pass_request_headers off;
      proxy_pass_request_body off;
      proxy_set_header Host access-check;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_set_header X-Access-Name $$host;
      proxy_set_header Cf-Access-Jwt-Assertion $$assertion;
      proxy_connect_timeout 1s;
      proxy_read_timeout 10s;
    }
"""

SEVERAL = """\
    # Held back until it is whole, a request can be given to another side; 504 says that the first never got it.
    proxy_request_buffering on;
    client_max_body_size 16m;
    client_body_buffer_size 256k;
    proxy_next_upstream http_504 non_idempotent;
    add_header X-Content-Type-Options $$nosniff;
    add_header Set-Cookie $$remember;
"""
SIDES = """\
  # A browser stays on its side: index page and assets belong together. Whoever keeps no cookie is drawn each time.
  map $$cookie_ai_platform_draw $$draw { default $$request_id; "~^[0-9a-f]{32}$$" $$cookie_ai_platform_draw; }
  map $$cookie_ai_platform_draw $$remember {
    default "ai_platform_draw=$$request_id; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax";
    "~^[0-9a-f]{32}$$" "";
  }
  map $$server_port $$side {
${sides.addresses}
  }
  # Nothing was sent, or doing it twice is doing it once (RFC 9110, 9.2.2).
  map "$$request_method:$$upstream_bytes_sent" $$again {
    default "";
    "~^(GET|HEAD|OPTIONS|PUT|DELETE):" 1;
    "~:(0|-)?$$" 1;
  }
${sides.groups}
  # An upstream looks names up only once; here each side is looked up anew, and takes its place in the group.
  server {
${sides.listen}
    access_log off;
    location / {
      proxy_pass http://$$side;
      proxy_set_header Host $$host$$port;
      proxy_set_header Upgrade $$http_upgrade;
      proxy_set_header Connection $$upgrading;
      add_header X-Content-Type-Options "";
      proxy_intercept_errors on;
      error_page 502 504 = @away;
    }
    location @away {
      default_type application/json;
      if ($$again) { return 504 '{"detail":"what stands behind this name does not answer; try again in a minute"}'; }
      return 502 '{"detail":"the answer broke off; whether the request was carried out is unknown"}';
    }
  }
"""
GROUP = """\
  upstream ${group.name} {
    zone ${group.name} 64k;
    hash $$draw consistent;
${group.members}
    keepalive 16;
  }
"""
MEMBER = "    server 127.0.0.1:${member.port} weight=${member.weight} max_fails=2 fail_timeout=10s;"
