// Package host gives each module the services the gateway has for it: those
// shared by all, and the module's own, such as its jobs and documents. Whatever a
// module does through them is done in its name.
package host
