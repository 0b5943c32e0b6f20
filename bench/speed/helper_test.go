package speed

import (
	"syscall"
	"testing"
)

// loop repeats a call, and reports the time that the processors worked for it beside the time that passed: this
// one depends on what else the machine does, and that one hardly.
func loop(b *testing.B, call func() error) {
	b.Helper()
	b.ReportAllocs()
	start := processorTime(b)
	for b.Loop() {
		if err := call(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((processorTime(b)-start)/float64(b.N), "cpu-ns/op")
}

// processorTime is that of this process, in nanoseconds: client, server and garbage collector.
func processorTime(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}
