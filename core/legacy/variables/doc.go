// Package variables parses the forms that only the replaced server's environment
// variables have: Python literals, and languages with their names.
package variables
