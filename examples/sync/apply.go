package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cloudroster/cloudroster/wrapper"
)

// applier carries out a plan.
type applier struct {
	journal *journal
	// passwords takes the passwords of new users, one line each.
	passwords io.Writer
	workers   int
	progress  progress
}

// apply carries out every step that changes something, a few at a time. A failed step does not stop the
// others; an interrupt lets no further step begin, and ends the waits of those that have.
func (a *applier) apply(ctx context.Context, steps []step) error {
	var todo []*step
	for i := range steps {
		if steps[i].changes() {
			todo = append(todo, &steps[i])
		}
	}
	a.progress.start(len(todo))
	defer a.progress.finish()
	var (
		queue    = make(chan *step)
		wait     sync.WaitGroup
		mu       sync.Mutex
		failures []error
	)
	for range min(a.workers, len(todo)) {
		wait.Go(func() {
			for s := range queue {
				err := a.one(ctx, s)
				mu.Lock()
				a.progress.step(s, err)
				if err != nil {
					failures = append(failures, fmt.Errorf("%s %s: %w", s.action, s.key(), err))
				}
				mu.Unlock()
			}
		})
	}
	for _, s := range todo {
		select {
		case queue <- s:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(queue)
	wait.Wait()
	return errors.Join(append(failures, ctx.Err())...)
}

// one carries out one step, with a journal entry before and after it.
func (a *applier) one(ctx context.Context, s *step) error {
	if err := a.journal.add(entry{Step: s.key(), Action: s.action, State: started}); err != nil {
		return err
	}
	err := a.do(ctx, s)
	return errors.Join(err, a.journal.result(s, err))
}

func (a *applier) do(ctx context.Context, s *step) error {
	users := s.cloud.users
	switch s.action {
	case create:
		created, err := a.create(ctx, s)
		if err != nil {
			return err
		}
		s.id = created.ID
	case remove:
		// By id: the address may be somebody else's by now.
		err := users.Delete(ctx, s.id)
		if errors.Is(err, wrapper.ErrNotFound) {
			return nil
		}
		return err
	case update, deactivate:
		if s.change != (wrapper.UserUpdate{}) {
			if _, err := users.Update(ctx, s.id, s.change); err != nil {
				return err
			}
		}
	}
	return changeMemberships(ctx, s)
}

// create creates one user. The password is written down first: a user whose password nobody knows
// is of no use.
func (a *applier) create(ctx context.Context, s *step) (*wrapper.User, error) {
	password := rand.Text() + "a1"
	if _, err := fmt.Fprintf(a.passwords, "%s,%s,%s\n", s.cloud.name, s.email, password); err != nil {
		return nil, err
	}
	user := wrapper.UserCreate{
		Email: s.person.Email, FirstName: s.person.FirstName, LastName: s.person.LastName,
		Password: wrapper.Secret(password),
	}
	if s.cloud.ionos == nil {
		user.Login = s.person.Login // IONOS users log in with their address
	}
	return s.cloud.users.Create(ctx, user)
}

func changeMemberships(ctx context.Context, s *step) error {
	for _, id := range s.join {
		_, operation, err := s.cloud.ionos.AddGroupMember(ctx, id, s.id)
		if err != nil {
			return err
		}
		if err := operation.Wait(ctx); err != nil {
			return err
		}
	}
	for _, id := range s.leave {
		operation, err := s.cloud.ionos.RemoveGroupMember(ctx, id, s.id)
		if err != nil && !errors.Is(err, wrapper.ErrNotFound) {
			return err
		}
		if err == nil {
			err = operation.Wait(ctx)
		}
		if err != nil && !errors.Is(err, wrapper.ErrNotFound) {
			return err
		}
	}
	return nil
}
