// Package storetest is the one suite that every engine of the store passes.
package storetest
