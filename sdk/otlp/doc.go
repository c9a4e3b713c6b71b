// Package otlp exports the spans of a process over OTLP/HTTP. It is separate
// because the exporter is heavier than everything else a module needs: a module
// without spans of its own leaves it out, and still passes trace contexts on.
//
//	plugin.Serve(hello.New(), plugin.ExportTraces(otlp.Setup))
package otlp
