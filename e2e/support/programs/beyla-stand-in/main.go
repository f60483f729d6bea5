// beyla-stand-in counts who talks to whom where Grafana Beyla would, whose Go module is not published with the eBPF programs
// that it embeds. It reads the same config and environment, loads an eBPF program of its own into a packet socket of the node,
// asks the API server whose addresses they are, and shows the same series. So what a manifest gives an exporter (capabilities,
// the network of the node, permissions, config) is put to the test; what Beyla itself does with it is not.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

const (
	serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"
	btf            = "/sys/kernel/btf/vmlinux"
	everyPacket    = 0x0300 // ETH_P_ALL in the byte order of the network
)

// flow is the key of the map in the kernel: numbers as the host writes them, as ld_abs loads them.
type flow struct {
	Source, Target         uint32
	SourcePort, TargetPort uint32
	Interface              uint32
}

type owner struct{ namespace, name, kind, node string }

type exporter struct {
	flows  *ebpf.Map
	node   string
	cidrs  []*net.IPNet
	mutex  sync.Mutex
	owners map[string]owner
}

func main() {
	// In the words of Beyla, which the operator knows a mend for.
	if _, err := os.Stat(btf); err != nil {
		fail(errors.New("kernel does not support BTF (CONFIG_DEBUG_INFO_BTF): no vmlinux BTF found"))
	}
	config, err := os.ReadFile(strings.TrimPrefix(argument(), "-config="))
	if err != nil {
		fail(err)
	}
	flows, err := count()
	if err != nil {
		fail(err)
	}
	e := &exporter{flows: flows, node: os.Getenv("NODE_NAME"), cidrs: cidrs(config), owners: map[string]owner{}}
	if err := e.learn(); err != nil {
		fail(err)
	}
	go func() {
		for range time.Tick(2 * time.Second) {
			if err := e.learn(); err != nil {
				log.Print(err)
			}
		}
	}()
	http.HandleFunc(setting(config, "path"), e.metrics)
	fail(http.ListenAndServe(":"+setting(config, "port"), nil))
}

func argument() string {
	if len(os.Args) < 2 {
		fail(errors.New("no -config"))
	}
	return os.Args[1]
}

func fail(err error) {
	fmt.Printf("time=%s level=ERROR msg=\"can't start Beyla\" error=%q\n", time.Now().UTC().Format(time.RFC3339), err)
	os.Exit(255)
}

// setting is a field of prometheus_export, the only part of the config that is heeded here.
func setting(config []byte, name string) string {
	found := regexp.MustCompile(`(?s)\nprometheus_export:\n(?:  [^\n]*\n)*?  ` + name + `: ([^\n]+)`).FindSubmatch(append([]byte("\n"), config...))
	if found == nil {
		fail(fmt.Errorf("no prometheus_export.%s in the config", name))
	}
	return string(found[1])
}

// cidrs is network.cidrs of the config.
func cidrs(config []byte) (all []*net.IPNet) {
	list := regexp.MustCompile(`\n  cidrs:( \[[^\]]*\]|(\n +- [^\n]+)+)`).Find(config)
	for _, text := range regexp.MustCompile(`[0-9a-fA-F.:]+/\d+`).FindAll(list, -1) {
		_, cidr, err := net.ParseCIDR(string(text))
		if err != nil {
			fail(err)
		}
		all = append(all, cidr)
	}
	return all
}

// cidrOf is the first that holds the address; empty where none does.
func (e *exporter) cidrOf(address string) string {
	for _, cidr := range e.cidrs {
		if cidr.Contains(net.ParseIP(address)) {
			return cidr.String()
		}
	}
	return ""
}

// count loads a program that adds up the bytes of each IPv4 flow on each interface, and hangs it on a packet socket.
func count() (*ebpf.Map, error) {
	flows, err := ebpf.NewMap(&ebpf.MapSpec{Name: "flows", Type: ebpf.Hash, KeySize: uint32(binary.Size(flow{})), ValueSize: 8, MaxEntries: 1 << 16})
	if err != nil {
		return nil, fmt.Errorf("the following capabilities are required: CAP_BPF (%w)", err)
	}
	program, err := ebpf.NewProgram(&ebpf.ProgramSpec{Name: "count", Type: ebpf.SocketFilter, License: "Apache-2.0", Instructions: instructions(flows)})
	if err != nil {
		return nil, fmt.Errorf("the following capabilities are required: CAP_BPF, CAP_PERFMON (%w)", err)
	}
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, everyPacket)
	if err != nil {
		return nil, fmt.Errorf("the following capabilities are required: CAP_NET_RAW (%w)", err)
	}
	const attachBPF = 50 // SO_ATTACH_BPF
	return flows, syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, attachBPF, program.FD())
}

func instructions(flows *ebpf.Map) asm.Instructions {
	const key, value = -24, -32 // on the stack
	const length, interfaceIndex = 0, 40
	load := func(at int32, size asm.Size, field int16) asm.Instructions {
		return asm.Instructions{asm.LoadAbs(at, size), asm.StoreMem(asm.RFP, key+field, asm.R0, asm.Word)}
	}
	out := asm.Instructions{
		asm.Mov.Reg(asm.R6, asm.R1),
		asm.LoadAbs(12, asm.Half),
		asm.JNE.Imm(asm.R0, 0x0800, "exit"), // no IPv4
	}
	out = append(out, load(26, asm.Word, 0)...)
	out = append(out, load(30, asm.Word, 4)...)
	out = append(out, load(34, asm.Half, 8)...)
	out = append(out, load(36, asm.Half, 12)...)
	return append(out,
		asm.LoadMem(asm.R7, asm.R6, interfaceIndex, asm.Word),
		asm.StoreMem(asm.RFP, key+16, asm.R7, asm.Word),
		asm.LoadMem(asm.R8, asm.R6, length, asm.Word),
		asm.LoadMapPtr(asm.R1, flows.FD()),
		asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, key),
		asm.FnMapLookupElem.Call(),
		asm.JEq.Imm(asm.R0, 0, "first"),
		asm.StoreXAdd(asm.R0, asm.R8, asm.DWord),
		asm.Ja.Label("exit"),
		asm.StoreMem(asm.RFP, value, asm.R8, asm.DWord).WithSymbol("first"),
		asm.LoadMapPtr(asm.R1, flows.FD()),
		asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, key),
		asm.Mov.Reg(asm.R3, asm.RFP), asm.Add.Imm(asm.R3, value),
		asm.Mov.Imm(asm.R4, 0),
		asm.FnMapUpdateElem.Call(),
		asm.Mov.Imm(asm.R0, 0).WithSymbol("exit"), // the socket itself gets nothing
		asm.Return(),
	)
}

type object struct {
	Metadata struct {
		Name, Namespace string
		OwnerReferences []struct{ Kind, Name string }
	}
	Spec struct {
		NodeName, ClusterIP string
		HostNetwork         bool
	}
	Status struct {
		PodIP     string
		Addresses []struct{ Type, Address string }
	}
}

// learn asks for what the exporter's role allows, and for no more: whose address is which.
func (e *exporter) learn() error {
	owners := map[string]owner{}
	pods, err := list("pods")
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if !pod.Spec.HostNetwork && pod.Status.PodIP != "" {
			owners[pod.Status.PodIP] = ownerOf(pod)
		}
	}
	services, err := list("services")
	if err != nil {
		return err
	}
	for _, service := range services {
		owners[service.Spec.ClusterIP] = owner{service.Metadata.Namespace, service.Metadata.Name, "Service", ""}
	}
	nodes, err := list("nodes")
	if err != nil {
		return err
	}
	for _, node := range nodes {
		for _, address := range node.Status.Addresses {
			owners[address.Address] = owner{"", node.Metadata.Name, "Node", ""}
		}
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.owners = owners
	return nil
}

// ownerOf takes what comes before the last dash for the Deployment's name, as Beyla does.
func ownerOf(pod object) owner {
	o := owner{pod.Metadata.Namespace, pod.Metadata.Name, "Pod", pod.Spec.NodeName}
	for _, reference := range pod.Metadata.OwnerReferences {
		o.kind, o.name = reference.Kind, reference.Name
		if at := strings.LastIndexByte(o.name, '-'); o.kind == "ReplicaSet" && at > 0 {
			o.kind, o.name = "Deployment", o.name[:at]
		}
	}
	return o
}

func list(resource string) ([]object, error) {
	token, err := os.ReadFile(serviceAccount + "/token")
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(serviceAccount + "/ca.crt")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest(http.MethodGet, "https://"+host+"/api/v1/"+resource, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+string(bytes.TrimSpace(token)))
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("listing %s: %s", resource, response.Status)
	}
	var all struct{ Items []object }
	return all.Items, json.NewDecoder(response.Body).Decode(&all)
}

func (e *exporter) metrics(w http.ResponseWriter, _ *http.Request) {
	// A packet passes several interfaces of a node: counted on the one that saw the most of its flow.
	once := map[flow]uint64{}
	var key flow
	var size, packets uint64
	for entries := e.flows.Iterate(); entries.Next(&key, &size); packets++ {
		key.Interface = 0
		once[key] = max(once[key], size)
	}
	e.mutex.Lock()
	owners := e.owners
	e.mutex.Unlock()
	series := map[string]uint64{}
	for key, size := range once {
		source, target := owners[address(key.Source)], owners[address(key.Target)]
		if source.node != "" && source.node != e.node {
			continue
		}
		direction := "response"
		if key.SourcePort == key.TargetPort {
			direction = "unknown"
		} else if key.SourcePort > key.TargetPort {
			direction = "request"
		}
		series[fmt.Sprintf("direction=%q,%s,%s,src_cidr=%q", direction, labels("dst", target), labels("src", source), e.cidrOf(address(key.Source)))] += size
	}
	lines := make([]string, 0, len(series))
	for labels, size := range series {
		lines = append(lines, fmt.Sprintf("beyla_network_flow_bytes_total{%s} %d\n", labels, size))
	}
	sort.Strings(lines)
	fmt.Fprintf(w, "# TYPE beyla_network_flow_bytes_total counter\n%s", strings.Join(lines, ""))
	fmt.Fprintf(w, "# TYPE beyla_bpf_network_packets_total counter\nbeyla_bpf_network_packets_total %d\n", packets)
	fmt.Fprintf(w, "# TYPE beyla_bpf_network_ignored_packets_total counter\nbeyla_bpf_network_ignored_packets_total 0\n")
}

func labels(side string, o owner) string {
	return fmt.Sprintf("k8s_%s_namespace=%q,k8s_%s_owner_name=%q,k8s_%s_owner_type=%q", side, o.namespace, side, o.name, side, o.kind)
}

func address(number uint32) string {
	return net.IPv4(byte(number>>24), byte(number>>16), byte(number>>8), byte(number)).String()
}
