package contract

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Save writes a new file into a directory, which is created if necessary. Several test processes may save
// into one directory; [Coverage.Load] adds their files up.
func (c *Coverage) Save(directory string) error {
	content := map[string]map[string]int{}
	for i, times := range c.snapshot() {
		if content[i.kind] == nil {
			content[i.kind] = map[string]int{}
		}
		content[i.kind][i.name] = times
	}
	data, err := json.MarshalIndent(content, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	file, err := os.CreateTemp(directory, "coverage-*.json")
	if err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	_, err = file.Write(append(data, '\n'))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("save coverage: %w", err)
	}
	return nil
}

// Load adds all files of a directory that [Coverage.Save] has written. It returns an error if there is none, or
// if one names something that the document does not have.
func (c *Coverage) Load(directory string) error {
	files, err := filepath.Glob(filepath.Join(directory, "coverage-*.json"))
	if err != nil {
		return fmt.Errorf("load coverage: %w", err)
	}
	if len(files) == 0 {
		return fmt.Errorf("load coverage: no coverage-*.json in %s", directory)
	}
	for _, name := range files {
		if err := c.loadFile(name); err != nil {
			return fmt.Errorf("load coverage: %s: %w", name, err)
		}
	}
	return nil
}

func (c *Coverage) loadFile(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var content map[string]map[string]int
	if err := json.Unmarshal(data, &content); err != nil {
		return err
	}
	d := c.bound()
	c.mu.Lock()
	defer c.mu.Unlock()
	for kind, names := range content {
		for name, times := range names {
			at, ok := d.index[item{kind, name}]
			if !ok {
				return fmt.Errorf("the document has no %s %q; the file was saved with another one", kind, name)
			}
			c.counts[at] += times
		}
	}
	return nil
}
