// Command hostgen writes how a module.Host crosses a process boundary, from the
// interfaces of the package that it is given:
//
//	go run ./hostgen foyer/sdk/module
//
// It is run in the directory of the package hostapi and writes its *.gen.go and
// contract.txt. The interface Host names the services: a method that returns an
// interface is a service, each method of which becomes one of gRPC, and a method
// that returns a value and an error is a value to ask for. Needs has a field of
// the same name for each. What could not cross is refused with its position, and
// so is taking away what contract.txt lists, which would break modules that were
// built before: a name may be added, not changed.
package main
