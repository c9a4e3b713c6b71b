package store

import (
	"fmt"
	"os"
	"sync"
)

// disk remembers that it failed to take what was written. The system reports that
// only once, and may claim the next time that all is well. From then on SQLite's
// log is kept whole, and Ping fails.
type disk struct {
	mu   sync.Mutex
	lost error
}

// sync waits until the file is on disk.
func (d *disk) sync(f *os.File) error {
	err := f.Sync()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost == nil && err != nil {
		d.lost = fmt.Errorf("bring the database to the disk: %w", err)
	}
	return d.lost
}

// failure is the first failure, nil if there was none.
func (d *disk) failure() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost
}
