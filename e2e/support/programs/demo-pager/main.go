// demo-pager is the webhook that the demo's alerts go to: it prints one line an alert, and GET /alerts answers all of them as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

type alert struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	Receiver    string            `json:"receiver"`
	ReceivedAt  time.Time         `json:"receivedAt"`
}

func main() {
	var mutex sync.Mutex
	received := []alert{}
	http.HandleFunc("GET /alerts", func(w http.ResponseWriter, _ *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(received)
	})
	http.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		var notification struct {
			Receiver string  `json:"receiver"`
			Alerts   []alert `json:"alerts"`
		}
		if err := json.NewDecoder(r.Body).Decode(&notification); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		mutex.Lock()
		defer mutex.Unlock()
		for _, each := range notification.Alerts {
			each.Receiver, each.ReceivedAt = notification.Receiver, time.Now().UTC()
			received = append(received, each)
			fmt.Printf("%s %s %s: %s\n", each.ReceivedAt.Format(time.TimeOnly), each.Status, each.Labels["alertname"], each.Annotations["summary"])
		}
	})
	http.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	address := ":8080"
	if port := os.Getenv("PORT"); port != "" {
		address = ":" + port
	}
	log.Fatal(http.ListenAndServe(address, nil))
}
