// demo-shop is what the demo watches: a web shop that sends itself requests, some of which fail.
//
//	GET  /metrics             http_requests_total{code,handler} and a latency histogram
//	POST /errors?percent=30   how many of them fail from now on; starts at $ERROR_PERCENT
package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1}

type shop struct {
	mutex        sync.Mutex
	errorPercent float64
	requests     map[string]uint64
	buckets      []uint64
	sum          float64
	count        uint64
}

func main() {
	percent, _ := strconv.ParseFloat(os.Getenv("ERROR_PERCENT"), 64)
	s := &shop{errorPercent: percent, requests: map[string]uint64{"200": 0, "500": 0}, buckets: make([]uint64, len(bounds))}
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			s.checkout()
		}
	}()
	http.HandleFunc("/metrics", s.metrics)
	http.HandleFunc("/errors", s.setErrors)
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	address := ":8080"
	if port := os.Getenv("PORT"); port != "" {
		address = ":" + port
	}
	log.Printf("listening on %s, %v%% of checkouts fail", address, percent)
	log.Fatal(http.ListenAndServe(address, nil))
}

func (s *shop) checkout() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	code, seconds := "200", 0.004+rand.ExpFloat64()*0.03
	if rand.Float64()*100 < s.errorPercent {
		code = "500"
	}
	s.requests[code]++
	s.sum += seconds
	s.count++
	for i, bound := range bounds {
		if seconds <= bound {
			s.buckets[i]++
		}
	}
}

func (s *shop) setErrors(w http.ResponseWriter, r *http.Request) {
	percent, err := strconv.ParseFloat(r.FormValue("percent"), 64)
	if r.Method != http.MethodPost || err != nil || percent < 0 || percent > 100 {
		http.Error(w, "POST /errors?percent=0..100", http.StatusBadRequest)
		return
	}
	s.mutex.Lock()
	s.errorPercent = percent
	s.mutex.Unlock()
	fmt.Fprintf(w, "%v%% of checkouts fail from now on\n", percent)
}

func (s *shop) metrics(w http.ResponseWriter, _ *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintln(w, "# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter")
	for _, code := range []string{"200", "500"} {
		fmt.Fprintf(w, "http_requests_total{handler=\"/checkout\",code=%q} %d\n", code, s.requests[code])
	}
	fmt.Fprintln(w, "# HELP http_request_duration_seconds Time to answer.\n# TYPE http_request_duration_seconds histogram")
	for i, bound := range bounds {
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{handler=\"/checkout\",le=\"%v\"} %d\n", bound, s.buckets[i])
	}
	fmt.Fprintf(w, "http_request_duration_seconds_bucket{handler=\"/checkout\",le=\"+Inf\"} %d\n", s.count)
	fmt.Fprintf(w, "http_request_duration_seconds_sum{handler=\"/checkout\"} %v\n", s.sum)
	fmt.Fprintf(w, "http_request_duration_seconds_count{handler=\"/checkout\"} %d\n", s.count)
}
