package wire

// Traces say where a process sends its spans.
type Traces struct {
	OTLPEndpoint string // OTLP/HTTP URL, "" = nowhere
	SampleRatio  float64
}
