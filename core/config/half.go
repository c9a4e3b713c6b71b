package config

import (
	"errors"

	"foyer/sdk/conf"
)

// errEmpty reports a file with nothing in it. At start that means the defaults;
// while the gateway runs, that somebody is about to write the file.
var errEmpty = errors.New("it is empty: perhaps it is being written")

// load is Load, but refuses a file that looks half-written compared to the
// running one. root is the content, nil if it cannot be read, a fault that Load
// reports.
func (w *watcher) load() (c *Config, root *conf.Node, warnings []Warning, err error) {
	root = w.parsed()
	if root != nil && w.runs != nil {
		if err := lost(w.src.File, "", w.runs, root).Err(); err != nil {
			return nil, nil, nil, err
		}
		if holds(w.runs) && !holds(root) {
			return nil, nil, nil, errEmpty
		}
	}
	c, warnings, err = Load(w.src)
	return c, root, warnings, err
}

// parsed is the content of the file, nil if it is missing or not YAML.
func (w *watcher) parsed() *conf.Node {
	if w.src.File == "" {
		return nil
	}
	text, err := readFile(w.src.File)
	if err != nil {
		return nil
	}
	root, faults := conf.Parse(w.src.File, text)
	if len(faults) > 0 {
		return nil
	}
	return root
}

// holds reports whether a file or a section says anything.
func holds(n *conf.Node) bool { return n.Kind != conf.Null && (n.Kind != conf.Map || len(n.Keys) > 0) }

// lost lists the sections of which only the name is left. At start that means the
// defaults, as {} always does; in a file being written, that their content comes
// next.
func lost(origin, path string, before, now *conf.Node) (all conf.Faults) {
	for i, k := range now.Keys {
		was, is, at := before.Get(k.Name), now.Items[i], k.Name
		if path != "" {
			at = path + "." + k.Name
		}
		switch {
		case was == nil || was.Kind != conf.Map || !holds(was):
		case is.Kind == conf.Null:
			all = append(all, conf.Fault{Origin: origin, Line: k.Line, Column: k.Column, Path: at,
				What: "has nothing below it any more: perhaps it is being written; for the defaults write {}, or leave the section out"})
		case is.Kind == conf.Map:
			all = append(all, lost(origin, at, was, is)...)
		}
	}
	return all
}
