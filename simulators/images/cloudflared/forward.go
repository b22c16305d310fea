package main

import (
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// ServeHTTP answers one request that came from the edge, by the first rule that fits.
func (a *agent) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	a.counts.begin()
	counted := &counted{ResponseWriter: w, status: http.StatusOK}
	defer a.counts.end(counted)
	host, _, err := net.SplitHostPort(request.Host)
	if err != nil {
		host = request.Host
	}
	for _, rule := range a.routing.Load().rules {
		if !rule.matches(strings.ToLower(host), request.URL.Path) {
			continue
		}
		if err := rule.guard.admit(request); err != nil {
			log.Printf("ERR request filtered by middleware handler host=%s error=%v", host, err)
			counted.WriteHeader(http.StatusForbidden)
			return
		}
		rule.handler.ServeHTTP(counted, request)
		return
	}
	counted.WriteHeader(http.StatusNotFound)
}

// origin forwards as it comes: host name, forwarded addresses, streams and upgrades.
func (a *agent) origin(service string, settings originRequest) (http.Handler, error) {
	target, err := url.Parse(service)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" {
		return nil, fmt.Errorf("service %q: the stand-in forwards to http and https", service)
	}
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: settings.NoTLSVerify},
	}
	return &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1,
		Rewrite: func(proxied *httputil.ProxyRequest) {
			proxied.SetURL(target)
			proxied.Out.Host = proxied.In.Host
			if settings.HTTPHostHeader != "" {
				proxied.Out.Host = settings.HTTPHostHeader
			}
			for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
				proxied.Out.Header[name] = proxied.In.Header[name]
			}
		},
		ErrorHandler: func(w http.ResponseWriter, request *http.Request, err error) {
			log.Printf("ERR Unable to reach the origin service host=%s originService=%s error=%v", request.Host, service, err)
			w.WriteHeader(http.StatusBadGateway)
		},
	}, nil
}
