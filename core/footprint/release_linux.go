package footprint

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// Release gives back what it can. Pages that hold nothing but the program file
// can be dropped; using one again costs a minor fault.
func Release() error {
	debug.FreeOSMemory()
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("find the program file: %w", err)
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return fmt.Errorf("read the memory map: %w", err)
	}
	defer f.Close()
	var of mapping
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		var kilobytes int
		switch {
		case strings.HasSuffix(line, " "+program):
			of = readMapping(line)
		case !strings.Contains(line, ":  "):
			of = mapping{} // of another file
		case of.droppable && strings.HasPrefix(line, "Anonymous:"):
			// The linker's tables are read-only by now, but were written at
			// start: the file does not contain them.
			_, err := fmt.Sscanf(line, "Anonymous: %d kB", &kilobytes)
			of.droppable = err == nil && kilobytes == 0
		case of.droppable && strings.HasPrefix(line, "Swap:"): // after Anonymous
			if _, err := fmt.Sscanf(line, "Swap: %d kB", &kilobytes); err != nil || kilobytes > 0 {
				continue
			}
			if err := of.drop(); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// mapping is a part of the program file in memory.
type mapping struct {
	from, to  uintptr
	droppable bool
}

func readMapping(line string) (m mapping) {
	var mode string
	_, err := fmt.Sscanf(line, "%x-%x %s", &m.from, &m.to, &mode)
	m.droppable = err == nil && !strings.Contains(mode, "w")
	return m
}

func (m mapping) drop() error {
	if _, _, errno := unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, unix.MADV_DONTNEED); errno != 0 {
		return fmt.Errorf("release pages of the program: %w", errno)
	}
	return nil
}
