// Command progress is a web page that creates an IONOS user and shows how far the request is.
//
//	go run ./examples/progress            # then open http://127.0.0.1:8080/
//
// The server keeps no state: the operation's id is in the page's address, and that is all it takes to
// show the progress. Stop the program while a request runs, start it again, and reload the page.
//
// The cloud is the one that IONOS_TOKEN, or IONOS_USERNAME and IONOS_PASSWORD name, or one in memory
// (which does not survive a restart, of course).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/profile"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func main() {
	address := flag.String("listen", "127.0.0.1:8080", "the `address` to serve the page at")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *address); err != nil {
		fmt.Fprintln(os.Stderr, "progress:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, address string) error {
	client, about, err := connect()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           newHandler(client),
		ReadHeaderTimeout: 10 * time.Second,
		// A page that is still open must not keep the program from stopping.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	fmt.Printf("%s\nOpen http://%s/\n", about, listener.Addr())
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(last)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// connect uses IONOS if any of its variables is set: one that is named in part is an error.
func connect() (*wrapper.IONOS, string, error) {
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if value != "" && strings.HasPrefix(name, "IONOS_") {
			client, settings, err := profile.NewIONOS()
			if err != nil {
				return nil, "", err
			}
			return client, "Using IONOS Cloud, as named by the " + settings.Source + ".", nil
		}
	}
	memory := wrappertest.New(wrappertest.WithRequestTimes(5*time.Second, 10*time.Second))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(memory.HTTPClient()))
	return client, "No cloud is configured: using one in memory.", err
}
