// Package containerwatch follows the containers of the node it runs on.
package containerwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// Container is what the Docker engine says of one container.
type Container struct {
	ID    string `json:"Id"`
	State string `json:"State"`
}

// Watch hands the containers to handle, every ten seconds, until the context ends.
func Watch(ctx context.Context, handle func([]Container)) {
	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			containers, err := listContainers(5 * time.Second)
			if err != nil {
				log.Printf("containers: %v", err)
				continue
			}
			handle(containers)
		}
	}
}

func listContainers(timeout time.Duration) ([]Container, error) {
	client := &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: dialEngine,
		},
	}
	resp, err := client.Get("http://docker/containers/json")
	if err != nil {
		return nil, fmt.Errorf("ask the engine: %w", err)
	}
	defer resp.Body.Close()

	var containers []Container
	if err := json.NewDecoder(resp.Body).Decode(&containers); err != nil {
		return nil, fmt.Errorf("read the engine's answer: %w", err)
	}
	return containers, nil
}

func dialEngine(ctx context.Context, _, _ string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", "/var/run/docker.sock")
}
