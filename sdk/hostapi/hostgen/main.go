package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: hostgen PACKAGE")
		os.Exit(2)
	}
	if err := run(os.Args[1], "."); err != nil {
		fmt.Fprintln(os.Stderr, "hostgen:", err)
		os.Exit(1)
	}
}

// run writes the files into dir.
func run(pkg, dir string) error {
	agreed, err := os.ReadFile(filepath.Join(dir, contractFile))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	files, err := generate(pkg, string(agreed))
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil { //nolint:gosec // source
			return err
		}
	}
	return nil
}

// generate makes the files of the package hostapi, by name.
func generate(pkg, agreed string) (map[string][]byte, error) {
	checked, err := load(pkg)
	if err != nil {
		return nil, err
	}
	h, err := describe(checked)
	if err != nil {
		return nil, err
	}
	contract := h.contract()
	if err := onlyAdds(agreed, contract); err != nil {
		return nil, err
	}
	files := map[string][]byte{contractFile: []byte(contract)}
	for name, write := range map[string]func(*source, *host){
		"values.gen.go": values, "client.gen.go": client, "server.gen.go": server, "grant.gen.go": grant, "parts.gen.go": parts,
		"values.gen_test.go": fills,
	} {
		s := &source{pkg: pkg}
		write(s, h)
		if files[name], err = s.file(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}
