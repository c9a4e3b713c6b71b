// Package storetest is the test suite that every engine of the store passes.
package storetest
