// Package otlp exports the spans of a process over OTLP/HTTP. It stands apart
// because the exporter is heavier than all else that a module needs: one that
// makes no spans of its own does without, and still hands trace contexts on.
//
//	plugin.Serve(hello.New(), plugin.ExportTraces(otlp.Setup))
package otlp
