package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// checked is a type-checked package.
type checked struct {
	fset  *token.FileSet
	types *types.Package
}

// listed is what the go command says about a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// list returns packages and their imports, all of them compiled.
func list(pkgs ...string) (map[string]listed, error) {
	args := append([]string{"list", "-deps", "-export", "-json=ImportPath,Dir,GoFiles,Export"}, pkgs...)
	cmd := exec.Command("go", args...) //nolint:gosec,noctx // a developer's command
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list %v: %w", pkgs, err)
	}
	all := map[string]listed{}
	for in := json.NewDecoder(bytes.NewReader(out)); ; {
		var found listed
		if err := in.Decode(&found); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the list of %v: %w", pkgs, err)
		}
		all[found.ImportPath] = found
	}
}

// load type-checks a package from source and its imports as compiled.
func load(pkg string) (*checked, error) {
	all, err := list(pkg)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	fset := token.NewFileSet()
	for _, name := range all[pkg].GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(all[pkg].Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return check(fset, pkg, files, all)
}

func check(fset *token.FileSet, pkg string, files []*ast.File, all map[string]listed) (*checked, error) {
	open := func(path string) (io.ReadCloser, error) { return os.Open(all[path].Export) }
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", open)}
	p, err := conf.Check(pkg, fset, files, nil)
	if err != nil {
		return nil, err
	}
	return &checked{fset, p}, nil
}
