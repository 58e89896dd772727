// Package main asks a server once a minute.
package main

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

func ask(url string) error {
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

func status(url string) (int, error) {
	response, err := http.Get(url)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}

func main() {
	for range time.Tick(time.Minute) {
		if err := ask("http://localhost:8080"); err != nil {
			fmt.Println(err)
		}
		fmt.Println(status("http://localhost:8080"))
	}
}
