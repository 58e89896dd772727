// Package client asks the server for work.
package client

import (
	"fmt"
	"net/http"
	"time"
)

const idleTimeout = 30 * time.Second

// Client asks one server.
type Client struct {
	http *http.Client
	base string
}

// New makes a client with a Transport of its own.
func New(base string, timeout time.Duration) (*Client, error) {
	if base == "" {
		return nil, fmt.Errorf("no server")
	}
	tr := newTransport()
	tr.MaxIdleConns = 10
	return &Client{http: &http.Client{Transport: tr, Timeout: timeout}, base: base}, nil
}

func newTransport() *http.Transport {
	return &http.Transport{IdleConnTimeout: idleTimeout}
}

// Work asks for what is to be done.
func (c *Client) Work(names ...string) (int, error) {
	for _, name := range names {
		req, err := http.NewRequest(http.MethodGet, c.base+"/"+name, nil)
		if err != nil {
			return 0, err
		}
		resp, err := c.http.Do(req)
		if err != nil {
			continue
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("status %d", resp.StatusCode)
		}
	}
	return len(names), nil
}
