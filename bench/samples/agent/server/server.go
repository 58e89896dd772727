// Package server does the work.
package server

import (
	"log"
	"net/http"
	"sync"
	"time"

	"example.org/agent/client"
)

// Server works now and then.
type Server struct {
	mu    sync.Mutex
	done  map[string]int
	names []string
}

// Run works until it is stopped.
func (s *Server) Run(stop <-chan struct{}) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	http.HandleFunc("/work", s.handle)
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			go func() {
				if err := s.work(s.names); err != nil {
					log.Printf("no work: %v", err)
				}
			}()
		}
	}
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		names := append([]string{}, r.URL.Query()["name"]...)
		if err := s.work(names); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (s *Server) work(names []string) error {
	c, err := client.New("http://localhost", 10*time.Second)
	if err != nil {
		return err
	}
	count, err := c.Work(names...)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i < count; i++ {
		s.done[names[i]]++
	}
	return err
}
