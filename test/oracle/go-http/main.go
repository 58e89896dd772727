// Sends the requests of one scenario and prints, as JSON, how many sockets are open before, right after, and after a while.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"truth/lab"
)

const (
	requests = 6
	// Long enough for what the scenarios bound to 300 ms.
	idle = 900 * time.Millisecond
)

func main() {
	var options lab.Options
	if err := json.Unmarshal([]byte(os.Args[2]), &options); err != nil {
		panic(err)
	}
	directory, err := os.MkdirTemp("", "truth")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(directory)
	server, err := lab.Start(options, directory)
	if err != nil {
		panic(err)
	}
	before := lab.Sockets()
	message := send(os.Args[1], server, options.Hang)
	// What is closed is closed by goroutines of net/http.
	time.Sleep(150 * time.Millisecond)
	after := lab.Sockets() - before
	for round := 0; round < 2; round++ {
		runtime.GC()
		time.Sleep(idle / 2)
	}
	later := lab.Sockets() - before
	json.NewEncoder(os.Stdout).Encode(map[string]any{"after": after, "later": later, "error": message})
}

func send(name string, server *lab.Server, parallel bool) string {
	fetch := scenarios[name]
	var all sync.WaitGroup
	message := ""
	for count := 0; count < requests; count++ {
		if parallel {
			go fetch(server)
			continue
		}
		all.Add(1)
		if err := fetch(server); err != nil {
			message = fmt.Sprint(err)
		}
		all.Done()
	}
	all.Wait()
	return message
}
