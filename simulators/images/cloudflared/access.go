package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// guard lets through what passed the login of one of its applications. A nil guard lets all through.
type guard struct {
	edge, team string
	audiences  []string
	client     http.Client
	lock       sync.Mutex
	keys       jose.JSONWebKeySet
}

func (a *agent) guarded(request originRequest) *guard {
	if request.Access == nil || !request.Access.Required {
		return nil
	}
	return &guard{
		edge: a.options.edge, team: request.Access.TeamName + ".cloudflareaccess.com", audiences: request.Access.AudTag,
		client: http.Client{Timeout: 10 * time.Second},
	}
}

func (g *guard) admit(request *http.Request) error {
	if g == nil {
		return nil
	}
	raw := request.Header.Get("Cf-Access-Jwt-Assertion")
	if raw == "" {
		return errors.New("no access token in request")
	}
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	key, err := g.key(token.Headers[0].KeyID)
	if err != nil {
		return err
	}
	var claims jwt.Claims
	if err := token.Claims(key, &claims); err != nil {
		return err
	}
	if claims.Expiry == nil {
		return errors.New("the access token has no end")
	}
	if !slices.ContainsFunc(g.audiences, claims.Audience.Contains) {
		return fmt.Errorf("Invalid token in jwt: %v", claims.Audience)
	}
	return claims.ValidateWithLeeway(jwt.Expected{Issuer: "https://" + g.team, Time: time.Now()}, 0)
}

// key asks the team for its certificates when one that is not known signs.
func (g *guard) key(id string) (any, error) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if len(g.keys.Key(id)) == 0 {
		if err := g.fetch(); err != nil {
			return nil, err
		}
	}
	found := g.keys.Key(id)
	if len(found) == 0 {
		return nil, fmt.Errorf("team %s has no key %q", g.team, id)
	}
	return found[0].Key, nil
}

func (g *guard) fetch() error {
	request, err := http.NewRequest(http.MethodGet, "http://"+g.edge+"/cdn-cgi/access/certs", nil)
	if err != nil {
		return err
	}
	request.Host = g.team
	response, err := g.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("certificates of team %s: %s", g.team, response.Status)
	}
	return json.NewDecoder(response.Body).Decode(&g.keys)
}
