// Package hostapi carries a module.Host to a module in a process of its own, and
// limits one to what was granted.
//
// All that depends on the host's services is written by hostgen from the
// interfaces of the package module: NewClient is a module.Host that calls the
// gateway, NewServer answers it, Grant refuses what a module did not name in
// Needs, and Parts makes a module.Host out of services. Each method of a service
// is a method of gRPC, in CBOR (see the package cbor). A gateway that does not
// know a service or a method answers module.ErrUnsupported; a side that does not
// know a field leaves it out. contract.txt lists what has been agreed: hostgen
// refuses to take something away.
package hostapi

//go:generate go run ./hostgen foyer/sdk/module
