// test-subject is what tests watch, in every state that a workload gets into.
//
//	test-subject serve                 :8080, see below
//	test-subject crash WORDS           says so on stderr after a second, and ends with code 3
//	test-subject hog FILE              takes memory until it is killed, the first time; serves once FILE is there
//
//	GET  /metrics                      queue_length N, and nothing else
//	POST /queue?length=N
//	POST /cpu?millis=N                 how much CPU it uses from now on, in thousandths of a core
//	GET  /broken                       500
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

func main() {
	mode, argument := "serve", ""
	if len(os.Args) > 1 {
		mode = os.Args[1]
	}
	if len(os.Args) > 2 {
		argument = os.Args[2]
	}
	switch mode {
	case "crash":
		time.Sleep(time.Second)
		fmt.Fprintln(os.Stderr, argument)
		os.Exit(3)
	case "hog":
		if _, err := os.Stat(argument); err != nil {
			hog(argument)
		}
	}
	serve()
}

func hog(file string) {
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		log.Fatal(err)
	}
	var kept [][]byte
	for {
		block := make([]byte, 1<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		time.Sleep(time.Millisecond)
	}
}

func serve() {
	var queue, millis atomic.Int64
	go burn(&millis)
	set := func(field string, value *atomic.Int64) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			number, err := strconv.ParseInt(r.FormValue(field), 10, 64)
			if r.Method != http.MethodPost || err != nil || number < 0 {
				http.Error(w, "POST "+r.URL.Path+"?"+field+"=NUMBER", http.StatusBadRequest)
				return
			}
			value.Store(number)
			fmt.Fprintln(w, number)
		}
	}
	http.HandleFunc("/queue", set("length", &queue))
	http.HandleFunc("/cpu", set("millis", &millis))
	http.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) })
	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		fmt.Fprintf(w, "# HELP queue_length Orders that wait.\n# TYPE queue_length gauge\nqueue_length %d\n", queue.Load())
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	log.Fatal(http.ListenAndServe(":8080", nil))
}

// burn is busy for that share of every tenth of a second.
func burn(millis *atomic.Int64) {
	const slice = 100 * time.Millisecond
	for {
		busy := slice * time.Duration(millis.Load()) / 1000
		for start := time.Now(); time.Since(start) < busy; {
		}
		time.Sleep(slice - busy)
	}
}
