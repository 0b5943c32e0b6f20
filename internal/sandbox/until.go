package sandbox

import "time"

// until asks every few milliseconds whether something is done.
func until(wait time.Duration, done func() bool) bool {
	deadline, ticker := time.After(wait), time.NewTicker(10*time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-deadline:
			return done()
		}
	}
	return true
}
