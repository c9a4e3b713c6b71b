// Package agentdev is a stand-in for an agent worker, for the demo and tests:
// a real one needs a Python program and a speech model.
//
// It speaks the real protocol to a real LiveKit server: it registers under a
// name, accepts the jobs it is dispatched, joins their rooms with the job's
// token, and reports what it was given. It transcribes nothing.
package agentdev
