package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"foyer/sdk/conf"
)

// SecretsFile is the name of the file of generated secrets in Database.Dir.
const SecretsFile = "secrets.json"

const keyBytes = 48

// storedSecrets is the content of SecretsFile.
type storedSecrets struct {
	Key string `json:"key"` // secrets.key, base64 of random bytes
}

// EnsureSecrets fills Secrets.Key if it is not configured: from
// <Database.Dir>/secrets.json, which the first start creates with mode 0600 in a
// directory of mode 0700. Two simultaneous starts end up with the same key.
// Warnings report permissions that let others in.
func (c *Config) EnsureSecrets() ([]Warning, error) {
	if !c.Secrets.Key.IsZero() {
		return nil, nil
	}
	dir := c.Database.Dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for secrets: %w", err)
	}
	name := filepath.Join(dir, SecretsFile)
	stored, err := readSecrets(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createSecrets(dir, name); err != nil {
			return nil, fmt.Errorf("keep new secrets: %w", err)
		}
		stored, err = readSecrets(name) // of the start that came first
	}
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	c.Secrets.Key, c.Secrets.generated = conf.NewSecret(stored.Key), true
	return permissionWarnings(dir, name)
}

func readSecrets(name string) (storedSecrets, error) {
	var s storedSecrets
	text, err := os.ReadFile(name)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s is not what was written there: %w", name, err)
	}
	if len(s.Key) < 32 {
		return s, fmt.Errorf("%s holds no key: restore it, or remove the file to get a new key, which ends all sessions", name)
	}
	return s, nil
}

// createSecrets writes a temporary file and links it to name, which fails if name
// exists: nobody sees half a file, and the first start wins.
func createSecrets(dir, name string) error {
	random := make([]byte, keyBytes)
	rand.Read(random) // never fails: crypto/rand ends the program instead
	text, err := json.Marshal(storedSecrets{Key: base64.StdEncoding.EncodeToString(random)})
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".secrets-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func permissionWarnings(dir, name string) ([]Warning, error) {
	var warnings []Warning
	for _, x := range []struct {
		path      string
		forbidden fs.FileMode
		what      string
	}{
		{name, 0o077, "others can read or change it: chmod 600"},
		{dir, 0o022, "others can change files in it: chmod 700"},
	} {
		info, err := os.Stat(x.path)
		if err != nil {
			return nil, fmt.Errorf("look at permissions: %w", err)
		}
		if info.Mode().Perm()&x.forbidden != 0 {
			warnings = append(warnings, Warning{Origin: x.path, What: fmt.Sprintf("mode %04o: %s", info.Mode().Perm(), x.what)})
		}
	}
	return warnings, nil
}
