// Package hostv1 is generated from host.proto: the services a module may call.
package hostv1
