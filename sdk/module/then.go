package module

// Then is what follows a step: it is stored in the step's transaction, so it
// happens if, and only if, the step was taken. Documents.Commit is a step that
// consists of nothing else.
type Then struct {
	Write []DocumentWrite
	Jobs  []NextJob
	Emit  []Emission
}

// NextJob is a job of the module's own Worker.
type NextJob struct {
	Kind    string
	Args    any // encodes to JSON
	Options JobOptions
}

// Emission is an event for every module that listens to it. Its name begins with
// the emitting module's name and "_".
type Emission struct {
	ID   string // an id that was already emitted is not emitted again
	Name string // such as "recording_saved"
	Room string // the room's UUID
	Body any    // encodes to JSON
}
