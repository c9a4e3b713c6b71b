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

// checked is a package with its types.
type checked struct {
	fset  *token.FileSet
	types *types.Package
}

// load checks the sources of a package; those it imports are taken as compiled.
func load(pkg string) (*checked, error) {
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,GoFiles,Export", pkg) //nolint:gosec,noctx // a developer's command
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", pkg, err)
	}
	exports, fset := map[string]string{}, token.NewFileSet()
	var files []*ast.File
	for in := json.NewDecoder(bytes.NewReader(out)); ; {
		var found struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
		}
		if err := in.Decode(&found); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the list of %s: %w", pkg, err)
		}
		exports[found.ImportPath] = found.Export
		if found.ImportPath != pkg {
			continue
		}
		for _, name := range found.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(found.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	return check(fset, pkg, files, importer.ForCompiler(fset, "gc", open))
}

func check(fset *token.FileSet, pkg string, files []*ast.File, imports types.Importer) (*checked, error) {
	conf := types.Config{Importer: imports}
	p, err := conf.Check(pkg, fset, files, nil)
	if err != nil {
		return nil, err
	}
	return &checked{fset, p}, nil
}
