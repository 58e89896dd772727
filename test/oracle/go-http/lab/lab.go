// Package lab has the servers that the scenarios ask, and counts the sockets that are left.
package lab

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Options say how a server differs from one that answers each request at once, with a small body.
type Options struct {
	Status            int    `json:"status"`
	Body              int    `json:"body"`
	JSON              string `json:"json"`
	Chunked           bool   `json:"chunked"`
	Empty             bool   `json:"empty"`
	Close             bool   `json:"close"`
	Redirect          bool   `json:"redirect"`
	Hang              bool   `json:"hang"`
	Unix              bool   `json:"unix"`
	TLS               bool   `json:"tls"`
	HTTP2             bool   `json:"http2"`
	IdleTimeout       int    `json:"idleTimeout"`
	ReadHeaderTimeout int    `json:"readHeaderTimeout"`
	ReadTimeout       int    `json:"readTimeout"`
}

// Server is where a scenario sends its requests.
type Server struct {
	URL     string
	TLS     *tls.Config
	address net.Addr
	calls   int
}

// Dial connects to the server whatever the address is.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, s.address.Network(), s.address.String())
}

// Host gives another name of the server at each call.
func (s *Server) Host() string {
	s.calls++
	return "http://host" + strconv.Itoa(s.calls) + ".invalid/"
}

// Start makes a server listen in a directory or on the loopback address.
func Start(options Options, directory string) (*Server, error) {
	server := httptest.NewUnstartedServer(handler(options))
	server.Config.IdleTimeout = time.Duration(options.IdleTimeout) * time.Millisecond
	server.Config.ReadHeaderTimeout = time.Duration(options.ReadHeaderTimeout) * time.Millisecond
	server.Config.ReadTimeout = time.Duration(options.ReadTimeout) * time.Millisecond
	if options.Unix {
		listener, err := net.Listen("unix", filepath.Join(directory, "socket"))
		if err != nil {
			return nil, err
		}
		server.Listener.Close()
		server.Listener = listener
	}
	server.EnableHTTP2 = options.HTTP2
	if options.TLS {
		server.StartTLS()
	} else {
		server.Start()
	}
	url := server.URL
	if options.Unix {
		url = "http://unix"
	}
	return &Server{
		URL:     url + "/",
		TLS:     &tls.Config{InsecureSkipVerify: true},
		address: server.Listener.Addr(),
	}, nil
}

func handler(options Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if options.Hang {
			<-r.Context().Done()
			return
		}
		if options.Redirect && r.URL.Path == "/" {
			http.Redirect(w, r, "/there", http.StatusFound)
			return
		}
		if options.Close {
			w.Header().Set("Connection", "close")
		}
		if options.Status != 0 {
			w.WriteHeader(options.Status)
			return
		}
		if options.Empty {
			w.Header().Set("Content-Length", "0")
			return
		}
		body := options.JSON
		if body == "" {
			body = strings.Repeat("x", 240+options.Body)
		}
		if !options.Chunked {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
		w.Write([]byte(body))
		if options.Chunked {
			w.(http.Flusher).Flush()
		}
	})
}

// Sockets counts the open sockets of this process: those of the client and those of the server.
func Sockets() int {
	links, _ := filepath.Glob("/proc/self/fd/*")
	count := 0
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && strings.HasPrefix(target, "socket:") {
			count++
		}
	}
	return count
}
