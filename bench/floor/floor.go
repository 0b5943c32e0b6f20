// Package floor is what a program needs at least: net/http and encoding/json by hand, with
// keep-alive, and nothing that keeps a mistake from happening. The benchmarks measure against it.
package floor

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Reference is an entity at depth 1.
type Reference struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Href string `json:"href"`
}

// User is an IONOS user.
type User struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Href     string `json:"href"`
	Metadata struct {
		ETag                 string    `json:"etag"`
		CreatedDate          time.Time `json:"createdDate"`
		CreatedBy            string    `json:"createdBy"`
		CreatedByUserID      string    `json:"createdByUserId"`
		LastModifiedDate     time.Time `json:"lastModifiedDate"`
		LastModifiedBy       string    `json:"lastModifiedBy"`
		LastModifiedByUserID string    `json:"lastModifiedByUserId"`
		LastLogin            time.Time `json:"lastLogin"`
	} `json:"metadata"`
	Properties struct {
		FirstName         string `json:"firstname"`
		LastName          string `json:"lastname"`
		Email             string `json:"email"`
		Administrator     bool   `json:"administrator"`
		ForceSecAuth      bool   `json:"forceSecAuth"`
		SecAuthActive     bool   `json:"secAuthActive"`
		S3CanonicalUserID string `json:"s3CanonicalUserId"`
		Active            bool   `json:"active"`
	} `json:"properties"`
	Entities struct {
		Owns   Reference `json:"owns"`
		Groups Reference `json:"groups"`
		S3Keys Reference `json:"s3Keys"`
	} `json:"entities"`
}

// UserList is a page of users.
type UserList struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Href   string `json:"href"`
	Offset int    `json:"offset"`
	Limit  int    `json:"limit"`
	Links  struct {
		Prev string `json:"prev"`
		Self string `json:"self"`
		Next string `json:"next"`
	} `json:"_links"`
	Items []User `json:"items"`
}

// NewUser is a user to be created.
type NewUser struct {
	Properties NewUserProperties `json:"properties"`
}

// NewUserProperties are the properties of a NewUser.
type NewUserProperties struct {
	FirstName     string `json:"firstname"`
	LastName      string `json:"lastname"`
	Email         string `json:"email"`
	Password      string `json:"password"`
	Administrator bool   `json:"administrator"`
	ForceSecAuth  bool   `json:"forceSecAuth"`
	Active        bool   `json:"active"`
}

// Client calls IONOS with a token, or Triton with a signature of the date.
type Client struct {
	Base, Token string
	KeyID       string
	Sign        func([]byte) ([]byte, error)
	HTTP        *http.Client
}

func (c *Client) do(ctx context.Context, method, path string, body, into any, status int) (*http.Response, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.Base+path, reader)
	if err != nil {
		return nil, err
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Sign != nil {
		date := time.Now().UTC().Format(http.TimeFormat)
		signature, err := c.Sign([]byte("date: " + date))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Date", date)
		r.Header.Set("Authorization", fmt.Sprintf("Signature %s,signature=%q", c.KeyID, base64.StdEncoding.EncodeToString(signature)))
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != status {
		return nil, fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, resp.Body) // so that the connection is kept
	return resp, err
}

// GetUser returns one user.
func (c *Client) GetUser(ctx context.Context, id string) (*User, error) {
	var user User
	_, err := c.do(ctx, http.MethodGet, "/um/users/"+url.PathEscape(id)+"?pretty=false", nil, &user, http.StatusOK)
	return &user, err
}

// ListUsers returns a page at depth 1.
func (c *Client) ListUsers(ctx context.Context, offset, limit int) (*UserList, error) {
	var list UserList
	path := "/um/users?pretty=false&depth=1&offset=" + strconv.Itoa(offset) + "&limit=" + strconv.Itoa(limit)
	_, err := c.do(ctx, http.MethodGet, path, nil, &list, http.StatusOK)
	return &list, err
}

// CreateUser creates a user and returns the Location of the request with it.
func (c *Client) CreateUser(ctx context.Context, user *NewUser) (*User, string, error) {
	var made User
	resp, err := c.do(ctx, http.MethodPost, "/um/users?pretty=false", user, &made, http.StatusAccepted)
	if err != nil {
		return nil, "", err
	}
	return &made, resp.Header.Get("Location"), nil
}

// TritonUser is a user of a Triton account.
type TritonUser struct {
	ID          string    `json:"id"`
	Login       string    `json:"login"`
	Email       string    `json:"email"`
	CompanyName string    `json:"companyName"`
	FirstName   string    `json:"firstName"`
	LastName    string    `json:"lastName"`
	Phone       string    `json:"phone"`
	Created     time.Time `json:"created"`
	Updated     time.Time `json:"updated"`
}

// GetTritonUser returns one user of an account.
func (c *Client) GetTritonUser(ctx context.Context, account, user string) (*TritonUser, error) {
	var got TritonUser
	_, err := c.do(ctx, http.MethodGet, "/"+url.PathEscape(account)+"/users/"+url.PathEscape(user), nil, &got, http.StatusOK)
	return &got, err
}
