// Package host gives each module the services that the gateway has for it: what is
// the same for all, and what is the module's own, such as its jobs and documents.
// Whatever a module does through them is done in its name.
package host
