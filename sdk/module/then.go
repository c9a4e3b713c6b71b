package module

// Then is what follows a step: it is stored in the transaction of the step, and
// so happens if, and only if, the step was taken. Documents.Commit is a step of
// nothing else.
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

// Emission is an event for every module that listens to it. Its name begins
// with the name of the module that emits it and "_".
type Emission struct {
	ID   string // an id that was emitted already is not emitted again
	Name string // such as "recording_saved"
	Room string // the room's UUID
	Body any    // encodes to JSON
}
