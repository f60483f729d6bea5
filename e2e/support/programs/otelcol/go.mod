module belfry.dev/otelcol

go 1.25.0

require (
	github.com/open-telemetry/opentelemetry-collector-contrib/exporter/elasticsearchexporter v0.156.0
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/basicauthextension v0.155.0 // 0.156 is not on the proxy
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/bearertokenauthextension v0.156.0
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension v0.156.0
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage v0.156.0
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/filterprocessor v0.156.0
	github.com/open-telemetry/opentelemetry-collector-contrib/processor/k8sattributesprocessor v0.156.0
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver v0.156.0
	go.opentelemetry.io/collector/confmap/provider/envprovider v1.62.0
	go.opentelemetry.io/collector/confmap/provider/fileprovider v1.62.0
	go.opentelemetry.io/collector/exporter/otlphttpexporter v0.156.0
	go.opentelemetry.io/collector/otelcol v0.156.0
	go.opentelemetry.io/collector/processor/memorylimiterprocessor v0.156.0
)

// Not on the proxy in the version that the components name.
replace github.com/open-telemetry/opentelemetry-collector-contrib/internal/k8sconfig v0.156.0 => github.com/open-telemetry/opentelemetry-collector-contrib/internal/k8sconfig v0.155.0

// Not in the checksum database in that version; the exporter uses it for profiles only.
replace go.opentelemetry.io/ebpf-profiler v0.0.202623 => go.opentelemetry.io/ebpf-profiler v0.0.0-20250212075250-7bf12d3f962f
