// grafana-stand-in answers where Grafana would: its server cannot be built from a published Go module.
// It tells that it is not Grafana, is healthy, and lists the files that were provisioned, so that a stack can
// become ready and its mounts can be looked at. It draws no dashboard.
package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

const banner = "stand-in for Grafana: healthy, draws nothing"

func main() {
	http.HandleFunc("/api/health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"database": "ok", "version": "stand-in", "commit": banner})
	})
	http.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "# HELP grafana_build_info A stand-in: see the label.\n# TYPE grafana_build_info gauge")
		fmt.Fprintln(w, `grafana_build_info{version="stand-in",edition="stand-in"} 1`)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><title>Grafana stand-in</title><h1>%s</h1><p>Files that Grafana would read here:</p><ul>\n", banner)
		for _, file := range provisioned() {
			fmt.Fprintf(w, "<li><code>%s</code></li>\n", html.EscapeString(file))
		}
		fmt.Fprintln(w, "</ul>")
	})
	address := ":" + valueOr(os.Getenv("GF_SERVER_HTTP_PORT"), "3000")
	log.Printf("%s; listening on %s", banner, address)
	log.Fatal(http.ListenAndServe(address, nil))
}

// provisioned lists the mounted files; a ConfigMap's own links (..data) are left out.
func provisioned() []string {
	var files []string
	for _, root := range []string{"/etc/grafana", "/var/lib/grafana"} {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && !strings.Contains(path, "/..") {
				files = append(files, path)
			}
			return nil
		})
	}
	sort.Strings(files)
	return files
}

func valueOr(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
