package waiting

import (
	"context"
	"log"
	"testing"
	"testing/synctest"
	"time"

	ionoscloud "github.com/ionos-cloud/sdk-go/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const statusOperation = "requestsStatusGet"

// seen is what one way of waiting came to, the worst of some runs.
type seen struct {
	polls int
	late  time.Duration
}

// measure waits for changes that take about this long, in a bubble of fake time.
func measure(t *testing.T, duration time.Duration, wait func(ctx context.Context, cloud *wrappertest.Cloud) error) seen {
	t.Helper()
	const runs = 10
	var worst seen
	synctest.Test(t, func(t *testing.T) {
		for i := range runs {
			// Around the duration, since a schedule must not fit round numbers only.
			takes := duration + duration*time.Duration(i)/(10*runs) + time.Duration(i)*37*time.Millisecond
			cloud := wrappertest.New(wrappertest.WithRequestTimes(0, takes))
			start := time.Now()
			require.NoError(t, wait(t.Context(), cloud))
			worst.late = max(worst.late, time.Since(start)-takes)
			worst.polls = max(worst.polls, cloud.IONOS.Count(statusOperation))
		}
	})
	return worst
}

func ours(ctx context.Context, cloud *wrappertest.Cloud) error {
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		return err
	}
	_, operation, err := client.CreateGroup(ctx, gen.GroupProperties{Name: new("engineers")})
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

// vendor waits as the SDK's examples do, with its default pace: one look a second.
func vendor(ctx context.Context, cloud *wrappertest.Cloud) error {
	configuration := ionoscloud.NewConfiguration("", "", wrappertest.Token, cloud.IONOS.URL())
	configuration.HTTPClient = cloud.HTTPClient()
	client := ionoscloud.NewAPIClient(configuration)
	_, response, err := client.UserManagementApi.UmGroupsPost(ctx).Group(ionoscloud.Group{
		Properties: &ionoscloud.GroupProperties{Name: new("engineers")},
	}).Execute()
	if err != nil {
		return err
	}
	_, err = client.WaitForRequest(ctx, response.Header.Get("Location"))
	return err
}

func TestPollsAndLateness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		duration time.Duration
		share    float64 // of the vendor's polls; 0 where nothing is asked for
	}{
		{200 * time.Millisecond, 0},
		{2 * time.Second, 0},
		{10 * time.Second, 0},
		{30 * time.Second, 0},
		{2 * time.Minute, 1. / 4},
		{10 * time.Minute, 1. / 10},
	} {
		t.Run(c.duration.String(), func(t *testing.T) {
			us, they := measure(t, c.duration, ours), measure(t, c.duration, vendor)
			// Read by bench/report.
			log.Printf("waiting %s: ours %d polls %s late, vendor %d polls %s late, target %.3f",
				c.duration, us.polls, us.late.Round(10*time.Millisecond), they.polls, they.late.Round(10*time.Millisecond), c.share)
			if c.share > 0 {
				assert.LessOrEqual(t, float64(us.polls), c.share*float64(they.polls))
			}
		})
	}
}
