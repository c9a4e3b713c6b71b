package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// validateExternal also checks the binaries of modules that are on. They are
// checked again before every start.
func (l *loader) validateExternal() {
	taken := map[string]bool{"external": true}
	for _, b := range l.config.Modules.builtin {
		taken[b.module.Name()] = true
	}
	for i, e := range l.config.Modules.External {
		at := fmt.Sprintf("modules.external[%d]", i)
		if !moduleName.MatchString(e.Name) {
			l.fault(at+".name", "%q is not a name for a module: lower-case letters, digits and underscores", e.Name)
		} else if taken[e.Name] {
			l.fault(at+".name", "%q is taken by another module", e.Name)
		}
		taken[e.Name] = true
		is, err := sumOf(e)
		if !filepath.IsAbs(e.Path) {
			l.fault(at+".path", "%q is not an absolute path", e.Path)
		} else if err != nil {
			l.fault(at+".path", "%v", err)
		}
		if sum, err := hex.DecodeString(e.SHA256); err != nil || len(sum) != sha256.Size {
			l.fault(at+".sha256", "must be 64 hex digits, as sha256sum prints them")
		} else if is != nil && !bytes.Equal(is, sum) {
			l.fault(at+".sha256", "the checksum of %s is %x", e.Path, is)
		}
	}
}

// sumOf is the checksum of the module's binary, nil if the module is off.
func sumOf(e ExternalModule) ([]byte, error) {
	if !e.Enable || !filepath.IsAbs(e.Path) {
		return nil, nil
	}
	f, err := os.Open(e.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, err
	}
	return sum.Sum(nil), nil
}
