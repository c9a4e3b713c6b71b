package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// seen is a file that the storage reports.
type seen struct {
	bucket string
	key    string // percent-encoded
	kind   string // media type
}

// parse reads the first record of a notification, in the form that the parser's name
// stands for.
func parse(parser string, records json.RawMessage) (seen, error) {
	if parser == parserS3 {
		return parseS3(records)
	}
	return parseMinIO(records)
}

// record is what both forms have in common.
type record struct {
	S3 *struct {
		Bucket *struct {
			Name *string `json:"name"`
		} `json:"bucket"`
		Object *struct {
			Key         *string `json:"key"`
			ContentType *string `json:"contentType"`
		} `json:"object"`
	} `json:"s3"`
}

func firstRecord(raw json.RawMessage) (r record, err error) {
	var records []record
	if err := json.Unmarshal(raw, &records); err != nil {
		return r, fmt.Errorf("read records: %w", err)
	}
	if len(records) == 0 {
		return r, errors.New("no records")
	}
	r = records[0]
	if r.S3 == nil || r.S3.Bucket == nil || r.S3.Bucket.Name == nil || r.S3.Object == nil || r.S3.Object.Key == nil {
		return r, errors.New("a record without bucket or key")
	}
	return r, nil
}

// parseMinIO reads MinIO's form: the key is percent-encoded, and the media type is
// given.
func parseMinIO(raw json.RawMessage) (seen, error) {
	r, err := firstRecord(raw)
	if err != nil {
		return seen{}, err
	}
	if r.S3.Object.ContentType == nil {
		return seen{}, errors.New("a record without content type")
	}
	return seen{*r.S3.Bucket.Name, *r.S3.Object.Key, *r.S3.Object.ContentType}, nil
}

// parseS3 reads Amazon's form: the key contains slashes, and the name determines the
// media type.
func parseS3(raw json.RawMessage) (seen, error) {
	r, err := firstRecord(raw)
	if err != nil {
		return seen{}, err
	}
	key := *r.S3.Object.Key
	if key == "" {
		return seen{}, errors.New("an empty key")
	}
	kinds := map[string]string{".mp4": "video/mp4", ".m4v": "video/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg"}
	return seen{*r.S3.Bucket.Name, encodeKey(key), kinds[strings.ToLower(path.Ext(key))]}, nil
}

// encodeKey encodes everything except letters, digits, _.-~ and what encodings consist
// of, so that keys that are already encoded stay as they are.
func encodeKey(key string) string {
	var b strings.Builder
	for _, c := range []byte(key) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if letter || strings.IndexByte("_.-~%+", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// keyRule matches the keys of recordings in the folder, which may itself be nested: the
// id, and an extension that is not compared with the mode. Anything after that is
// tolerated.
func keyRule(folder string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:[^%]+%2F)*` + regexp.QuoteMeta(folder) +
		`%2F([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\.[a-zA-Z0-9]{1,10}`)
}

// recording returns the id of the recording that the file belongs to.
func (x seen) recording(rule *regexp.Regexp) (uuid.UUID, bool) {
	if x.kind != "audio/ogg" && x.kind != "video/mp4" {
		return uuid.Nil, false
	}
	found := rule.FindStringSubmatch(x.key)
	if found == nil {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(found[1])
	return id, err == nil
}
